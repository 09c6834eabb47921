using System.Collections.Concurrent;
using System.Security.Claims;
using LimoCha.Actors.Kernel;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace LimoCha.Actors.Identity;

/// <summary>
/// Validates an access token once and remembers that it was valid until it expires; a token comes with every request of
/// its ten minutes. Whether its session still stands is asked elsewhere, each time.
/// </summary>
internal sealed class RememberedTokens(TimeProvider clock) : TokenHandler
{
    private const int Most = 50_000;
    private readonly JsonWebTokenHandler handler = new() { MapInboundClaims = false };
    private readonly ConcurrentDictionary<string, Known> valid = new();

    /// <summary>Whose token this is, and of which session, when it is remembered as valid.</summary>
    public (Guid UserId, Guid SessionId)? Find(ReadOnlySpan<char> token) => Remembered(token)?.Session;

    public override async Task<TokenValidationResult> ValidateTokenAsync(string token, TokenValidationParameters validationParameters)
    {
        if (Remembered(token) is { } known)
        {
            return known.Validated;
        }

        var result = await handler.ValidateTokenAsync(token, validationParameters);
        if (result.IsValid)
        {
            if (valid.Count >= Most)
            {
                valid.Clear();
            }

            valid[token] = new(result, ActorPrincipal.SessionOf(new ClaimsPrincipal(result.ClaimsIdentity)));
        }

        return result;
    }

    public override Task<TokenValidationResult> ValidateTokenAsync(SecurityToken token, TokenValidationParameters validationParameters) =>
        handler.ValidateTokenAsync(token, validationParameters);

    public override SecurityToken ReadToken(string token) => handler.ReadToken(token);

    private Known? Remembered(ReadOnlySpan<char> token)
    {
        var tokens = valid.GetAlternateLookup<ReadOnlySpan<char>>();
        if (tokens.TryGetValue(token, out var known) && known.Validated.SecurityToken.ValidTo <= clock.GetUtcNow().UtcDateTime)
        {
            tokens.TryRemove(token, out _);
            return null;
        }

        return known;
    }

    private sealed record Known(TokenValidationResult Validated, (Guid UserId, Guid SessionId)? Session);
}
