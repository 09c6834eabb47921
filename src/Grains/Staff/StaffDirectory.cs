using LimoCha.Actors.Kernel;

namespace LimoCha.Actors.Staff;

/// <summary>
/// Staff members for rules that look at somebody else (an assignee's department, whether the account is enabled): as they are now where their
/// actor is in this silo, and as it answered within the last second where it is elsewhere. One a silo.
/// </summary>
public sealed class StaffDirectory(LocalUsers here, IGrainFactory grains, TimeProvider clock)
{
    private static readonly TimeSpan Good = TimeSpan.FromSeconds(1);
    private readonly Remembered<Guid, UserView?> known = new(Good, clock);

    /// <summary>The staff member, or null when there is none.</summary>
    public ValueTask<UserView?> FindAsync(Guid userId) =>
        here.TryGet(userId, out var user)
            ? ValueTask.FromResult<UserView?>(user.View)
            : known.GetAsync(userId, async id => (await grains.Grain<IUserGrain>(id).GetAsync(Actor.System)).Value);
}
