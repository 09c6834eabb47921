using LimoCha.Actors.Kernel;
using Orleans.Runtime;

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
            : known.GetAsync(userId, AskAsync);

    private async Task<UserView?> AskAsync(Guid userId)
    {
        try
        {
            return await LookAsync(userId);
        }
        catch (SiloUnavailableException)
        {
            // The silo that had the actor left while it was asked; the next one has it now, and a look may be repeated.
            return await LookAsync(userId);
        }
    }

    private async Task<UserView?> LookAsync(Guid userId) => (await grains.Grain<IUserGrain>(userId).GetAsync(Actor.System)).Value;
}
