using System.Text;
using Orleans;

namespace LimoCha.Actors.Storage;

/// <summary>
/// A grain's identity as <c>OrleansStorage</c> keeps it; the same columns and hashes as the AdoNet provider, so that
/// either provider finds the other's rows.
/// </summary>
internal readonly record struct GrainRowKey(int IdHash, long N0, long N1, int TypeHash, string Type, string? Extension)
{
    private const int MaxOnStack = 256;

    /// <summary>The time in a UUIDv7 key, from the column that holds it: how the table's index begins.</summary>
    public static string TimeOf(string n0) => $"((({n0} & 4294967295) << 16) | (({n0} >> 32) & 65535))";

    public static GrainRowKey Of(string stateName, GrainId grain)
    {
        Span<byte> number = stackalloc byte[16];
        long n0 = 0, n1 = 0;
        if (grain.TryGetGuidKey(out var guid, out var extension))
        {
            guid.TryWriteBytes(number);
            n0 = BitConverter.ToInt64(number);
            n1 = BitConverter.ToInt64(number[sizeof(long)..]);
        }
        else if (grain.TryGetIntegerKey(out n1, out extension))
        {
            number = number[..sizeof(long)];
            BitConverter.TryWriteBytes(number, n1);
        }
        else
        {
            extension = grain.Key.ToString();
            number = [];
        }

        return new(Hash(number, extension, reversed: BitConverter.IsLittleEndian), n0, n1, Hash([], stateName, reversed: false), stateName, extension);
    }

    /// <summary>The Guid of a row whose grain has a Guid key.</summary>
    public static Guid GuidOf(long n0, long n1)
    {
        Span<byte> bytes = stackalloc byte[16];
        BitConverter.TryWriteBytes(bytes, n0);
        BitConverter.TryWriteBytes(bytes[8..], n1);
        return new(bytes);
    }

    private static int Hash(ReadOnlySpan<byte> number, string? text, bool reversed)
    {
        var length = number.Length + Encoding.UTF8.GetByteCount(text ?? "");
        var bytes = length <= MaxOnStack ? stackalloc byte[length] : new byte[length];
        number.CopyTo(bytes);
        Encoding.UTF8.GetBytes(text, bytes[number.Length..]);
        if (reversed)
        {
            bytes.Reverse();
        }

        return (int)StableHash.ComputeHash(bytes);
    }
}
