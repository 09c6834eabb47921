using System.Collections.Concurrent;
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
    private readonly ConcurrentDictionary<string, TokenValidationResult> valid = new();

    public override async Task<TokenValidationResult> ValidateTokenAsync(string token, TokenValidationParameters validationParameters)
    {
        if (valid.TryGetValue(token, out var known))
        {
            if (known.SecurityToken.ValidTo > clock.GetUtcNow().UtcDateTime)
            {
                return known;
            }

            valid.TryRemove(token, out _);
        }

        var result = await handler.ValidateTokenAsync(token, validationParameters);
        if (result.IsValid)
        {
            if (valid.Count >= Most)
            {
                valid.Clear();
            }

            valid[token] = result;
        }

        return result;
    }

    public override Task<TokenValidationResult> ValidateTokenAsync(SecurityToken token, TokenValidationParameters validationParameters) =>
        handler.ValidateTokenAsync(token, validationParameters);

    public override SecurityToken ReadToken(string token) => handler.ReadToken(token);
}
