using System.Security.Cryptography;
using System.Text;

namespace LimoCha.Actors.Kernel;

/// <summary>Entity ids: UUIDv7 (RFC 9562 §5.7), so that they sort by creation time, from the injected clock.</summary>
public static class Ids
{
    /// <summary>A new id stamped with the clock's current time.</summary>
    public static Guid New(TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(clock);
        return Guid.CreateVersion7(clock.GetUtcNow());
    }

    /// <summary>The id of something that follows from something else: the same inputs give the same id, so that a repeat makes nothing new.</summary>
    /// <param name="at">The time that the id is stamped with.</param>
    /// <param name="from">What it follows from.</param>
    /// <param name="what">Which of the things that follow.</param>
    public static Guid Derived(DateTimeOffset at, Guid from, string what)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{from:N}/{what}"), hash);
        Span<byte> id = stackalloc byte[16];
        Guid.CreateVersion7(at).TryWriteBytes(id, bigEndian: true, out _);
        // RFC 9562 §5.7: 48 bits of time, the version, and the hash where the random bits stand.
        hash[..10].CopyTo(id[6..]);
        id[6] = (byte)((id[6] & 0x0F) | 0x70);
        id[8] = (byte)((id[8] & 0x3F) | 0x80);
        return new(id, bigEndian: true);
    }
}
