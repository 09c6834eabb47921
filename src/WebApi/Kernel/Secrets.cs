using System.Security.Cryptography;
using System.Text;

namespace LimoCha.Actors.Kernel;

/// <summary>Keys derived from the deployment's one secret (HKDF, RFC 5869), a label each.</summary>
public sealed class Secrets(byte[] secret)
{
    private const int Bytes = 32;

    /// <summary>Signs access tokens.</summary>
    public byte[] TokenKey { get; } = Derive(secret, "limocha/access-token/1");

    /// <summary>Authenticates refresh tokens.</summary>
    public byte[] RefreshKey { get; } = Derive(secret, "limocha/refresh-token/1");

    /// <summary>Encrypts the keys of page cookies where they are kept.</summary>
    public byte[] KeyRingKey { get; } = Derive(secret, "limocha/key-ring/1");

    private readonly byte[] nameKey = Derive(secret, "limocha/user-name/1");

    /// <summary>The key of a user name's actor: a keyed hash, so that no name stands in a key.</summary>
    public string NameKey(string normalizedName) =>
        $"name-{Convert.ToHexStringLower(HMACSHA256.HashData(nameKey, Encoding.UTF8.GetBytes(normalizedName)))}";

    /// <summary>The key of the actor that knows whose passkey it is.</summary>
    public string PasskeyKey(byte[] credentialId) =>
        $"passkey-{Convert.ToHexStringLower(HMACSHA256.HashData(nameKey, credentialId))}";

    /// <summary>From the settings, or from the data folder where it is made once and readable by its owner alone.</summary>
    public static Secrets Load(WebSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (settings.Secret is { Length: > 0 } given)
        {
            var bytes = new byte[given.Length];
            return Convert.TryFromBase64String(given, bytes, out var length) && length >= Bytes
                ? new(bytes[..length])
                : throw new InvalidOperationException("Web:Secret is not base64 of at least 32 bytes; make one with: openssl rand -base64 32");
        }

        if (settings.Mode == HostMode.Client)
        {
            throw new InvalidOperationException("Web:Secret is missing; a process without a silo of its own needs it, the same as all others. Make one with: openssl rand -base64 32");
        }

        return new(Convert.FromBase64String(OwnerFile.MadeOnce(settings.DataFolder, "secret")));
    }

    private static byte[] Derive(byte[] secret, string label) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, Bytes, info: Encoding.UTF8.GetBytes(label));
}
