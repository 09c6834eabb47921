using LimoCha.Actors.Kernel;

namespace LimoCha.Actors.Staff;

/// <summary>
/// Staff members as their actors answered within the last second, for rules that look at somebody else (an assignee's
/// department, whether the account is enabled). One a silo.
/// </summary>
public sealed class StaffDirectory(IGrainFactory grains, TimeProvider clock)
{
    private static readonly TimeSpan Good = TimeSpan.FromSeconds(1);
    private readonly Remembered<Guid, UserView?> known = new(Good, clock);

    /// <summary>The staff member, or null when there is none.</summary>
    public ValueTask<UserView?> FindAsync(Guid userId) =>
        known.GetAsync(userId, async id => (await grains.Grain<IUserGrain>(id).GetAsync(Actor.System)).Value);
}
