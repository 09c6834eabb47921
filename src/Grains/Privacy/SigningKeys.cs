using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace LimoCha.Actors.Privacy;

/// <summary>A public key (RFC 7517), to verify receipts and anchors with.</summary>
[NotPersonal]
public sealed record PublicKey(string Kty, string Crv, string X, string Y, string Kid, string Use, string Alg);

/// <summary>
/// Signs what has to be provable offline: compact JWS (RFC 7515) with ES256 under a key of the deployment, which the key store holds.
/// </summary>
public sealed class SigningKeys(ISubjectKeys keys)
{
    private const string Name = "signing/1";

    /// <summary>The signature of a payload.</summary>
    public async ValueTask<string> SignAsync(string payload, string type, CancellationToken cancellationToken = default) =>
        (await SignerAsync(cancellationToken)).Sign(payload, type);

    /// <summary>Signs without waiting, once it has been had.</summary>
    public async ValueTask<Signer> SignerAsync(CancellationToken cancellationToken = default) => new(await keys.DeploymentKeyAsync(Name, cancellationToken));

    /// <summary>True when it was signed here and not changed since.</summary>
    public async ValueTask<bool> VerifiesAsync(string jws, CancellationToken cancellationToken = default) =>
        Verifies(jws, [(await SignerAsync(cancellationToken)).PublicKey]);

    /// <summary>The same, offline: with public keys alone.</summary>
    public static bool Verifies(string jws, IEnumerable<PublicKey> known)
    {
        ArgumentNullException.ThrowIfNull(jws);
        ArgumentNullException.ThrowIfNull(known);
        var parts = jws.Split('.');
        if (parts.Length != 3)
        {
            return false;
        }

        try
        {
            var header = JsonSerializer.Deserialize<JsonElement>(Base64Url.DecodeFromChars(parts[0]));
            var key = header.GetProperty("alg").GetString() == "ES256" ? known.FirstOrDefault(one => one.Kid == header.GetProperty("kid").GetString()) : null;
            if (key is null)
            {
                return false;
            }

            using var ecdsa = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new() { X = Base64Url.DecodeFromChars(key.X), Y = Base64Url.DecodeFromChars(key.Y) } });
            return ecdsa.VerifyData(Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), Base64Url.DecodeFromChars(parts[2]), HashAlgorithmName.SHA256);
        }
        catch (Exception error) when (error is FormatException or JsonException or KeyNotFoundException or CryptographicException)
        {
            return false;
        }
    }

    /// <summary>The payload's text, whatever its signature says.</summary>
    public static string PayloadOf(string jws)
    {
        ArgumentNullException.ThrowIfNull(jws);
        return jws.Split('.') is { Length: 3 } parts && Base64Url.IsValid(parts[1]) ? Encoding.UTF8.GetString(Base64Url.DecodeFromChars(parts[1])) : "";
    }
}

/// <summary>A signing key at hand.</summary>
public sealed class Signer(SubjectKey key)
{
    private readonly ECParameters parameters = new() { Curve = ECCurve.NamedCurves.nistP256, D = key.Bytes };

    /// <summary>Its public half.</summary>
    public PublicKey PublicKey
    {
        get
        {
            using var ecdsa = ECDsa.Create(parameters);
            var point = ecdsa.ExportParameters(includePrivateParameters: false).Q;
            var (x, y) = (Base64Url.EncodeToString(point.X), Base64Url.EncodeToString(point.Y));
            // RFC 7638: the key's thumbprint names it.
            var thumbprint = Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes($$"""{"crv":"P-256","kty":"EC","x":"{{x}}","y":"{{y}}"}""")));
            return new("EC", "P-256", x, y, thumbprint, "sig", "ES256");
        }
    }

    /// <summary>The compact JWS of a payload.</summary>
    public string Sign(string payload, string type)
    {
        using var ecdsa = ECDsa.Create(parameters);
        var head = $"{Encode(JsonSerializer.Serialize(new { alg = "ES256", kid = PublicKey.Kid, typ = type }))}.{Encode(payload)}";
        return $"{head}.{Base64Url.EncodeToString(ecdsa.SignData(Encoding.ASCII.GetBytes(head), HashAlgorithmName.SHA256))}";
    }

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
}
