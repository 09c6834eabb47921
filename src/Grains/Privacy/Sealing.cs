using System.Security.Cryptography;
using System.Text;

namespace LimoCha.Actors.Privacy;

/// <summary>A key of one subject. Whoever destroys it makes everything sealed under it unreadable, in every copy.</summary>
public sealed class SubjectKey(Guid id, byte[] bytes)
{
    /// <summary>The length of a key: AES-256.</summary>
    public const int Length = 32;

    /// <summary>Names the key in what it sealed; says nothing about the subject.</summary>
    public Guid Id => id;

    internal byte[] Bytes => bytes;
}

/// <summary>
/// Seals personal data: AES-256-GCM (NIST SP 800-38D) with a random nonce. What is sealed in one place does not open in
/// another, because the place is authenticated with it.
/// </summary>
public static class Sealing
{
    private const byte Format = 1;
    private const int Nonce = 12;
    private const int Tag = 16;
    private const int Header = 1 + 16 + Nonce + Tag;

    /// <summary>Base64 of format, key id, nonce, tag and ciphertext.</summary>
    public static string Seal(SubjectKey key, string place, ReadOnlySpan<byte> plain) => Convert.ToBase64String(SealBytes(key, place, plain));

    /// <summary>The same as bytes, for what is large.</summary>
    public static byte[] SealBytes(SubjectKey key, string place, ReadOnlySpan<byte> plain)
    {
        ArgumentNullException.ThrowIfNull(key);
        var bytes = new byte[Header + plain.Length];
        var whole = bytes.AsSpan();
        whole[0] = Format;
        key.Id.TryWriteBytes(whole[1..], bigEndian: true, out _);
        var nonce = whole.Slice(17, Nonce);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(key.Bytes, Tag);
        aes.Encrypt(nonce, plain, whole[Header..], whole.Slice(17 + Nonce, Tag), Encoding.UTF8.GetBytes(place));
        return bytes;
    }

    /// <summary>The key that opens it.</summary>
    public static Guid KeyOf(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        Span<byte> head = stackalloc byte[18];
        Convert.TryFromBase64Chars(text.AsSpan(0, 24), head, out _);
        return new(head[1..17], bigEndian: true);
    }

    /// <summary>What was sealed; throws <see cref="CryptographicException"/> when it is not as it was, or not of this place.</summary>
    public static byte[] Open(SubjectKey key, string place, string text) => OpenBytes(key, place, Convert.FromBase64String(text));

    /// <summary>The same of bytes.</summary>
    public static byte[] OpenBytes(SubjectKey key, string place, ReadOnlySpan<byte> bytes)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (bytes.Length < Header || bytes[0] != Format)
        {
            throw new CryptographicException("This is not something that was sealed here.");
        }

        var plain = new byte[bytes.Length - Header];
        using var aes = new AesGcm(key.Bytes, Tag);
        aes.Decrypt(bytes.Slice(17, Nonce), bytes[Header..], bytes.Slice(17 + Nonce, Tag), plain, Encoding.UTF8.GetBytes(place));
        return plain;
    }
}
