using System.Buffers.Text;
using System.Security.Claims;
using System.Security.Cryptography;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Privacy;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace LimoCha.Actors.Identity;

/// <summary>A sign-in's or refresh's answer (RFC 6749 §5.1).</summary>
/// <param name="TokenType">Bearer.</param>
/// <param name="AccessToken">A JWT, good for ten minutes.</param>
/// <param name="ExpiresIn">Seconds the access token is good for.</param>
/// <param name="RefreshToken">For one refresh, which answers the next one.</param>
[Personal(DataClass.Credential)]
public sealed record TokenAnswer(string TokenType, string AccessToken, int ExpiresIn, string RefreshToken);

/// <summary>Makes and reads tokens. The access token says who and which session; role and department are asked of the actor.</summary>
public sealed class Tokens(Secrets secrets, IOptions<WebSettings> settings, TimeProvider clock)
{
    /// <summary>Issuer and audience of access tokens.</summary>
    public const string Issuer = "limocha";
    private const int RefreshBytes = 16 + 16 + 4 + 32;
    private readonly TimeSpan lifetime = settings.Value.AccessTokenLifetime;
    private readonly JsonWebTokenHandler handler = new() { SetDefaultTimesOnTokenCreation = false };

    /// <summary>How access tokens are validated.</summary>
    public TokenValidationParameters Validation { get; } = new()
    {
        ValidIssuer = Issuer, ValidAudience = Issuer, ValidAlgorithms = [SecurityAlgorithms.HmacSha256], ValidateIssuerSigningKey = true,
        IssuerSigningKey = new SymmetricSecurityKey(secrets.TokenKey), ClockSkew = TimeSpan.FromSeconds(5),
        LifetimeValidator = (notBefore, expires, _, _) => expires > clock.GetUtcNow().UtcDateTime,
        NameClaimType = JwtRegisteredClaimNames.Sub,
    };

    /// <summary>Both tokens of a session.</summary>
    public TokenAnswer Issue(Guid userId, Guid sessionId, int generation)
    {
        var now = clock.GetUtcNow();
        var access = handler.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = Issuer, Audience = Issuer, IssuedAt = now.UtcDateTime, Expires = (now + lifetime).UtcDateTime,
            Subject = new([new(JwtRegisteredClaimNames.Sub, userId.ToString()), new(ActorPrincipal.SessionClaim, sessionId.ToString())]),
            SigningCredentials = new(new SymmetricSecurityKey(secrets.TokenKey), SecurityAlgorithms.HmacSha256),
        });
        return new("Bearer", access, (int)lifetime.TotalSeconds, Refresh(userId, sessionId, generation));
    }

    /// <summary>The parts of a refresh token that we made; null for anything else.</summary>
    public (Guid UserId, Guid SessionId, int Generation)? Read(string refreshToken)
    {
        if (!Base64Url.IsValid(refreshToken, out var length) || length != RefreshBytes)
        {
            return null;
        }

        Span<byte> bytes = stackalloc byte[RefreshBytes];
        Base64Url.DecodeFromChars(refreshToken, bytes);
        var mac = HMACSHA256.HashData(secrets.RefreshKey, bytes[..36]);
        return CryptographicOperations.FixedTimeEquals(mac, bytes[36..])
            ? (new Guid(bytes[..16]), new Guid(bytes[16..32]), BitConverter.ToInt32(bytes[32..36]))
            : null;
    }

    private string Refresh(Guid userId, Guid sessionId, int generation)
    {
        Span<byte> bytes = stackalloc byte[RefreshBytes];
        userId.TryWriteBytes(bytes);
        sessionId.TryWriteBytes(bytes[16..]);
        BitConverter.TryWriteBytes(bytes[32..], generation);
        HMACSHA256.HashData(secrets.RefreshKey, bytes[..36], bytes[36..]);
        return Base64Url.EncodeToString(bytes);
    }
}
