using System.Security.Claims;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Staff;

namespace LimoCha.Actors.Identity;

/// <summary>
/// Asks a user's actor whether a session still stands and with which role. An answer is good for half a second, so an
/// ended session, a disabled account or a changed role takes effect everywhere within that.
/// </summary>
public sealed class SessionCheck(IGrainFactory grains, TimeProvider clock)
{
    private static readonly TimeSpan Good = TimeSpan.FromMilliseconds(500);
    private readonly Remembered<(Guid User, Guid Session), ClaimsPrincipal?> answers = new(Good, clock);

    /// <summary>The principal as its actor is now, or null when the session is over.</summary>
    public ValueTask<ClaimsPrincipal?> FindAsync(Guid userId, Guid sessionId) => answers.GetAsync(
        (userId, sessionId),
        async session => (await grains.Grain<IUserGrain>(session.User).CheckSessionAsync(session.Session))?.ToPrincipal(session.Session));

    /// <summary>Something of the session has changed through this process: it shows at once.</summary>
    public void Forget(Guid userId, Guid sessionId) => answers.Forget((userId, sessionId));
}
