using System.Threading.Channels;
using LimoCha.Actors.Devices;
using LimoCha.Actors.Kernel;
using Microsoft.Extensions.Hosting;

namespace LimoCha.Actors.ReadModel;

/// <summary>
/// Tells the gateways which rows changed, for live pages. A convenience, not a promise: a page that missed something
/// has it with the next change or reload. What waits while a call is under way goes out in the next one.
/// </summary>
public sealed class ChangeFeed(IGrainFactory grains, TimeProvider clock) : BackgroundService, IChangeFeed
{
    private const int MaxWaiting = 1_000;
    private static readonly TimeSpan ListAge = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Answer = TimeSpan.FromSeconds(2);

    private readonly Channel<ReadModelChange> waiting = Channel.CreateBounded<ReadModelChange>(
        new BoundedChannelOptions(MaxWaiting) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    /// <inheritdoc />
    public void Publish(IEnumerable<ReadModelChange> changes)
    {
        ArgumentNullException.ThrowIfNull(changes);
        foreach (var change in changes)
        {
            waiting.Writer.TryWrite(change);
        }
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        IReadOnlyList<GatewayRef> gateways = [];
        long listedAt = 0;
        while (await waiting.Reader.WaitToReadAsync(stoppingToken))
        {
            var batch = new List<ReadModelChange>();
            while (waiting.Reader.TryRead(out var change))
            {
                batch.Add(change);
            }

            try
            {
                if (listedAt == 0 || clock.GetElapsedTime(listedAt) > ListAge)
                {
                    gateways = await grains.GetGrain<IGatewayRegistryGrain>(0).ListAsync(stoppingToken);
                    listedAt = clock.GetTimestamp();
                }

                await Task.WhenAll(gateways.Select(gateway => gateway.Observer.ChangedAsync(batch).WaitAsync(Answer, clock, stoppingToken)));
            }
            catch (Exception) when (!stoppingToken.IsCancellationRequested)
            {
                listedAt = 0;
            }
        }
    }
}
