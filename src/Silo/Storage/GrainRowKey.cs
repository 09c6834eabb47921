using System.Text;
using Orleans.Storage;

namespace LimoCha.Actors.Storage;

/// <summary>
/// A grain's identity as <c>OrleansStorage</c> keeps it; the same columns and hashes as the AdoNet provider, so that
/// either provider finds the other's rows.
/// </summary>
internal readonly record struct GrainRowKey(int IdHash, long N0, long N1, int TypeHash, string Type, string? Extension)
{
    private static readonly OrleansDefaultHasher Hasher = new();

    /// <summary>The time in a UUIDv7 key, from the column that holds it: how the table's index begins.</summary>
    public static string TimeOf(string n0) => $"((({n0} & 4294967295) << 16) | (({n0} >> 32) & 65535))";

    public static GrainRowKey Of(string stateName, GrainId grain)
    {
        var typeHash = Hasher.Hash(Encoding.UTF8.GetBytes(stateName));
        byte[] bytes;
        long n0 = 0, n1 = 0;
        if (grain.TryGetGuidKey(out var guid, out var extension))
        {
            bytes = guid.ToByteArray();
            n0 = BitConverter.ToInt64(bytes, 0);
            n1 = BitConverter.ToInt64(bytes, 8);
        }
        else if (grain.TryGetIntegerKey(out n1, out extension))
        {
            bytes = BitConverter.GetBytes(n1);
        }
        else
        {
            extension = grain.Key.ToString();
            bytes = [];
        }

        if (extension is not null)
        {
            bytes = [.. bytes, .. Encoding.UTF8.GetBytes(extension)];
        }

        if (BitConverter.IsLittleEndian)
        {
            Array.Reverse(bytes);
        }

        return new(Hasher.Hash(bytes), n0, n1, typeHash, stateName, extension);
    }

    /// <summary>The Guid of a row whose grain has a Guid key.</summary>
    public static Guid GuidOf(long n0, long n1)
    {
        Span<byte> bytes = stackalloc byte[16];
        BitConverter.TryWriteBytes(bytes, n0);
        BitConverter.TryWriteBytes(bytes[8..], n1);
        return new(bytes);
    }
}
