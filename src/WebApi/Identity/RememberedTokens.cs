using System.Collections.Concurrent;
using System.Security.Claims;
using LimoCha.Actors.Kernel;
using Microsoft.IdentityModel.JsonWebTokens;

namespace LimoCha.Actors.Identity;

/// <summary>
/// Validates an access token once and remembers until it expires whose it is; a token comes with every request of its ten minutes, and a connection
/// holds no more of it than that. Whether its session still stands is asked elsewhere, each time.
/// </summary>
internal sealed class RememberedTokens(Tokens tokens, TimeProvider clock)
{
    private const int Most = 50_000;
    private readonly JsonWebTokenHandler handler = new() { MapInboundClaims = false };
    private readonly ConcurrentDictionary<string, Known> valid = new();

    /// <summary>Whose token this is, and of which session, when it is remembered as valid.</summary>
    public (Guid UserId, Guid SessionId)? Find(ReadOnlySpan<char> token)
    {
        var known = valid.GetAlternateLookup<ReadOnlySpan<char>>();
        if (!known.TryGetValue(token, out var found))
        {
            return null;
        }

        if (found.Until <= clock.GetUtcNow().UtcDateTime)
        {
            known.TryRemove(token, out _);
            return null;
        }

        return found.Session;
    }

    /// <summary>Whose token this is, and of which session; null when it is not valid.</summary>
    public async Task<(Guid UserId, Guid SessionId)?> ValidateAsync(string token)
    {
        var result = await handler.ValidateTokenAsync(token, tokens.Validation);
        if (!result.IsValid || ActorPrincipal.SessionOf(new ClaimsPrincipal(result.ClaimsIdentity)) is not { } session)
        {
            return null;
        }

        if (valid.Count >= Most)
        {
            valid.Clear();
        }

        valid[token] = new(session, result.SecurityToken.ValidTo);
        return session;
    }

    private readonly record struct Known((Guid UserId, Guid SessionId) Session, DateTime Until);
}
