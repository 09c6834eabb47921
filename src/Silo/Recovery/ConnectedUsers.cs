using LimoCha.Actors.Devices;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Privacy;
using LimoCha.Actors.Staff;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LimoCha.Actors.Recovery;

/// <summary>
/// Keeps the actors of this silo awake whose people have devices connected. One that sleeps would have to be read, and find its devices at every
/// gateway, for the next card, and each of them would get its whole set again.
/// </summary>
internal sealed partial class ConnectedUsers(LocalUsers users, IGrainFactory grains, TimeProvider clock, ILogger<ConnectedUsers> logger) : BackgroundService
{
    private const int AtOnce = 16;

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(LocalUsers.KeepPeriod, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await KeepAsync(stoppingToken);
            }
            catch (Exception error) when (!stoppingToken.IsCancellationRequested)
            {
                LogNoRegistry(logger, error.GetType().Name);
            }
        }
    }

    /// <summary>Tells all of them now.</summary>
    internal async Task KeepAsync(CancellationToken stoppingToken)
    {
        var gateways = (await grains.GetGrain<IGatewayRegistryGrain>(0).ListAsync(stoppingToken)).Select(gateway => gateway.Epoch).ToHashSet();
        await Parallel.ForEachAsync(users.Ids, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = stoppingToken }, async (id, token) =>
        {
            try
            {
                // In a turn and not by a message, which would keep everybody awake.
                await (users.TryGet(id, out var user) ? user.InTurnAsync(actor => actor.KeepAsync(gateways, token)) : Task.CompletedTask);
            }
            catch (Exception error) when (!token.IsCancellationRequested)
            {
                LogFailed(logger, id, error.GetType().Name);
            }
        });
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Who has devices connected is not told to stay awake, because the gateways could not be asked for ({Error}); trying again")]
    private static partial void LogNoRegistry(ILogger logger, [NotPersonal] string error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The actor of user {User} could not be told to stay awake ({Error}); trying again")]
    private static partial void LogFailed(ILogger logger, Guid user, [NotPersonal] string error);
}
