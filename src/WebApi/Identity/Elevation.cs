using LimoCha.Actors.Kernel;
using LimoCha.Actors.Staff;

namespace LimoCha.Actors.Identity;

/// <summary>A session whose person proved again that it is them (E4): the same for the API and the pages.</summary>
public sealed class Elevation(SignIn signIn, SessionCheck sessions, IGrainFactory grains)
{
    /// <summary>The caller as their actor has them now; null when the session is over.</summary>
    public async Task<Actor?> ActorAsync(Guid userId, Guid sessionId) => (await sessions.FindAsync(userId, sessionId))?.ToActor();

    /// <summary>Raises the session for ten minutes, or says why not.</summary>
    public async Task<Refusal?> ProveAsync(Guid sessionId, StepUpRequest request, CallContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (await signIn.ProveAsync(context.By.UserId, request) is { } refusal)
        {
            return refusal;
        }

        var outcome = await grains.Grain<IUserGrain>(context.By.UserId).ElevateSessionAsync(sessionId, context with { IfVersion = null }, cancellationToken);
        sessions.Forget(context.By.UserId, sessionId);
        return outcome.Refusal;
    }
}
