using LimoCha.Actors.Devices;
using LimoCha.Actors.Privacy;
using LimoCha.Actors.Staff;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LimoCha.Actors.Recovery;

/// <summary>
/// Keeps the actors of this silo awake whose people have devices connected. One that sleeps would have to be read, and find its devices at every
/// gateway, for the next card, and each of them would get its whole set again.
/// </summary>
internal sealed partial class ConnectedUsers(UserWalk users, IGrainFactory grains, TimeProvider clock, ILogger<ConnectedUsers> logger) : BackgroundService
{
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
        var then = clock.GetUtcNow();
        var gateways = (await grains.GetGrain<IGatewayRegistryGrain>(0).ListAsync(stoppingToken)).Select(gateway => gateway.Epoch).ToHashSet();
        await users.WalkAsync("be told to stay awake", (user, token) => user.KeepAsync(gateways, then, token), stoppingToken);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Who has devices connected is not told to stay awake, because the gateways could not be asked for ({Error}); trying again")]
    private static partial void LogNoRegistry(ILogger logger, [NotPersonal] string error);
}
