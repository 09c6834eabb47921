using Microsoft.Extensions.Hosting;

namespace LimoCha.Actors.Recovery;

/// <summary>
/// After each change of the cluster the user actors of this silo look again what is open. A silo that was given up may
/// have run on for a moment, and its tasks told its own users' actors and not those that replaced them.
/// </summary>
internal sealed class InboxLooks(IClusterMembershipService membership, UserWalk users, TimeProvider clock) : BackgroundService
{
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
            await users.WalkAsync("look again what is open", (user, token) => user.LookAgainAsync(token), stoppingToken);
        }
    }
}
