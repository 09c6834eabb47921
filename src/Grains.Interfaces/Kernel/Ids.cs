using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace LimoCha.Actors.Kernel;

/// <summary>Entity ids: UUIDv7 (RFC 9562 §5.7), so that they sort by creation time, from the injected clock.</summary>
public static class Ids
{
    private const int RandomBytes = 10;

    /// <summary>Random bytes in stock: the system is asked for some hundred ids at a time, because each time costs more than the rest of the id.</summary>
    [ThreadStatic] private static byte[]? stock;
    [ThreadStatic] private static int used;

    /// <summary>A new id stamped with the clock's current time.</summary>
    public static Guid New(TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(clock);
        stock ??= [];
        if (used + RandomBytes > stock.Length)
        {
            stock = RandomNumberGenerator.GetBytes(100 * RandomBytes);
            used = 0;
        }

        var random = stock.AsSpan(used, RandomBytes);
        used += RandomBytes;
        return Stamped(clock.GetUtcNow(), random);
    }

    /// <summary>The id of something that follows from something else: the same inputs give the same id, so that a repeat makes nothing new.</summary>
    /// <param name="at">The time that the id is stamped with.</param>
    /// <param name="from">What it follows from.</param>
    /// <param name="what">Which of the things that follow.</param>
    public static Guid Derived(DateTimeOffset at, Guid from, string what)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{from:N}/{what}"), hash);
        return Stamped(at, hash[..RandomBytes]);
    }

    /// <summary>RFC 9562 §5.7: 48 bits of time, the version, and what is random, with the variant in it.</summary>
    private static Guid Stamped(DateTimeOffset at, ReadOnlySpan<byte> random)
    {
        Span<byte> id = stackalloc byte[6 + RandomBytes];
        BinaryPrimitives.WriteInt64BigEndian(id, at.ToUnixTimeMilliseconds() << 16);
        random.CopyTo(id[6..]);
        id[6] = (byte)((id[6] & 0x0F) | 0x70);
        id[8] = (byte)((id[8] & 0x3F) | 0x80);
        return new(id, bigEndian: true);
    }
}
