using LimoCha.Actors.Kernel;
using LimoCha.Actors.Staff;

namespace LimoCha.Actors.Devices;

/// <summary>How the cluster comes to know of this process and its devices.</summary>
public sealed partial class DeviceGateway
{
    private const int AnnouncedAtOnce = 32;
    /// <summary>The registry may move to another silo and know nobody then: people who moved with it get no cards until it does.</summary>
    private static readonly TimeSpan RegisterPeriod = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AnnouncePeriod = TimeSpan.FromSeconds(1);
    private volatile TaskCompletionSource toAnnounce = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The cluster holds observers weakly; this object lives as long as the process, and so does the reference.
        var me = new GatewayRef(Ids.New(clock), grains.CreateObjectReference<IDeviceGateway>(this)) { TakesMany = true };
        DeviceMetrics.CountDevices(() => links.Count, () => links.Values.Sum(link => link.Unacknowledged.Count));
        gateways.Add(me.Epoch, this);
        using var timer = new PeriodicTimer(RegisterPeriod, clock);
        var others = Task.WhenAll(ResendAsync(stoppingToken), AnnounceAsync(me, stoppingToken));
        try
        {
            do
            {
                try
                {
                    var known = await grains.GetGrain<IGatewayRegistryGrain>(0).RegisterAsync(me, stoppingToken);
                    if (!started.TrySetResult(me) && !known)
                    {
                        LogAnnounce(logger, links.Count);
                        foreach (var link in links.Values)
                        {
                            link.ToAnnounce = true;
                        }

                        toAnnounce.TrySetResult();
                    }
                }
                catch (Exception error) when (!stoppingToken.IsCancellationRequested)
                {
                    LogRegisterFailed(logger, error.GetType().Name);
                }
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        finally
        {
            gateways.Remove(me.Epoch);
            started.TrySetCanceled(CancellationToken.None);
            await others.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <inheritdoc />
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (started.Task.IsCompletedSuccessfully)
        {
            try
            {
                await grains.GetGrain<IGatewayRegistryGrain>(0).UnregisterAsync((await started.Task).Epoch, cancellationToken);
            }
            catch (Exception error) when (IsPassing(error) || error is ObjectDisposedException or InvalidOperationException)
            {
                LogRegisterFailed(logger, error.GetType().Name);
            }
        }
    }

    /// <summary>The same may work in a moment, or this process ends.</summary>
    private static bool IsPassing(Exception error) => FailureHandler.IsAway(error) || error is OperationCanceledException;

    /// <summary>Announces the devices that are to be, at once when all are; one that cannot be now is the next time.</summary>
    private async Task AnnounceAsync(GatewayRef me, CancellationToken stopping)
    {
        var some = new ParallelOptions { MaxDegreeOfParallelism = AnnouncedAtOnce, CancellationToken = stopping };
        while (!stopping.IsCancellationRequested)
        {
            await toAnnounce.Task.WaitAsync(AnnouncePeriod, clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            // Before the look: what is to be announced from now on asks anew.
            toAnnounce = new(TaskCreationOptions.RunContinuationsAsynchronously);
            await Parallel.ForEachAsync(links.Values.Where(link => link.ToAnnounce), some, async (link, token) =>
            {
                try
                {
                    link.ToAnnounce = false;
                    if (!(await grains.Grain<IUserGrain>(link.UserId).AttachAsync(me, link.Announcement(), token)).Ok)
                    {
                        link.Sink.Close();
                    }
                }
                catch (Exception error) when (!token.IsCancellationRequested)
                {
                    link.ToAnnounce = true;
                    LogAnnounceFailed(logger, error.GetType().Name);
                }
            });
        }
    }
}
