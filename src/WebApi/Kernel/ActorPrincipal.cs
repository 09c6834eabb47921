using System.Security.Claims;

namespace LimoCha.Actors.Kernel;

/// <summary>An identity that knows its actor and session, so that nobody has to read them out of claims again.</summary>
internal sealed class ActorIdentity : ClaimsIdentity
{
    public ActorIdentity(Actor actor, Guid sessionId)
        : base("limocha")
    {
        (Who, SessionId, UserKey) = (actor, sessionId, actor.UserId.ToString());
        AddClaim(new(ClaimTypes.NameIdentifier, UserKey));
        AddClaim(new(ClaimTypes.Role, actor.Role.ToString()));
        AddClaim(new(ActorPrincipal.SessionClaim, sessionId.ToString()));
    }

    public Actor Who { get; }

    public Guid SessionId { get; }

    /// <summary>The user's id as text.</summary>
    public string UserKey { get; }
}

/// <summary>Who is behind a principal.</summary>
public static class ActorPrincipal
{
    /// <summary>The session's claim in tokens and cookies.</summary>
    public const string SessionClaim = "sid";

    /// <summary>The actor of a principal that authentication made.</summary>
    public static Actor ToActor(this ClaimsPrincipal principal) => Identity(principal).Who;

    /// <summary>The session of a principal that authentication made.</summary>
    public static Guid SessionId(this ClaimsPrincipal principal) => Identity(principal).SessionId;

    /// <summary>The user's id as text, of a principal that authentication made.</summary>
    public static string UserKey(this ClaimsPrincipal principal) => Identity(principal).UserKey;

    /// <summary>Whose session the claims of a token or cookie name; null when they name none.</summary>
    public static (Guid UserId, Guid SessionId)? SessionOf(ClaimsPrincipal principal)
    {
        ArgumentNullException.ThrowIfNull(principal);
        return Guid.TryParse(principal.FindFirstValue("sub") ?? principal.FindFirstValue(ClaimTypes.NameIdentifier), out var userId)
            && Guid.TryParse(principal.FindFirstValue(SessionClaim), out var sessionId) ? (userId, sessionId) : null;
    }

    /// <summary>The principal of an actor in a session.</summary>
    public static ClaimsPrincipal ToPrincipal(this Actor actor, Guid sessionId)
    {
        ArgumentNullException.ThrowIfNull(actor);
        return new(new ActorIdentity(actor, sessionId));
    }

    private static ActorIdentity Identity(ClaimsPrincipal principal)
    {
        ArgumentNullException.ThrowIfNull(principal);
        return principal.Identity as ActorIdentity ?? principal.Identities.OfType<ActorIdentity>().First();
    }
}
