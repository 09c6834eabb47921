using LimoCha.Actors.Devices;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Privacy;
using LimoCha.Actors.Staff;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LimoCha.Actors.Recovery;

/// <summary>
/// After each change of the cluster the user actors of this silo look again what is open. A silo that was given up may
/// have run on for a moment, and its tasks told its own users' actors and not those that replaced them.
/// </summary>
internal sealed partial class InboxLooks(IClusterMembershipService membership, LocalUsers users, IGrainFactory grains, TimeProvider clock, ILogger<InboxLooks> logger) : BackgroundService
{
    private const int AtOnce = 16;

    /// <summary>Until a silo that was given up has noticed.</summary>
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(3);

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var looked = membership.CurrentSnapshot.Version;
        await foreach (var update in membership.MembershipUpdates.WithCancellation(stoppingToken))
        {
            if (update.Version <= looked)
            {
                continue;
            }

            await Task.Delay(Settled, clock, stoppingToken);
            looked = membership.CurrentSnapshot.Version;
            await Parallel.ForEachAsync(users.Ids, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = stoppingToken }, async (user, token) =>
            {
                try
                {
                    await grains.Grain<IUserGrain>(user).LookAgainAsync(token);
                }
                catch (Exception error) when (!token.IsCancellationRequested)
                {
                    LogFailed(logger, user, error.GetType().Name);
                }
            });
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The actor of user {User} could not look again what is open ({Error})")]
    private static partial void LogFailed(ILogger logger, Guid user, [NotPersonal] string error);
}
