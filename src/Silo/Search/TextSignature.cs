namespace LimoCha.Actors.Search;

/// <summary>A Bloom filter of pieces of text, five bits a piece; as large as a row without a second storage place can be.</summary>
internal static class TextSignature
{
    /// <summary>What fits into one page of PostgreSQL with the rest of its row.</summary>
    public const int Bytes = 7_168;

    /// <summary>With so many pieces, one of 250 blocks that do not have a piece seems to.</summary>
    public const int MostPieces = 4_500;

    /// <summary>Bits of a piece.</summary>
    public const int BitsEach = 5;

    /// <summary>The signature of these pieces.</summary>
    public static byte[] Of(IEnumerable<ulong> pieces)
    {
        ArgumentNullException.ThrowIfNull(pieces);
        var signature = new byte[Bytes];
        foreach (var piece in pieces)
        {
            foreach (var bit in BitsOf(piece))
            {
                signature[bit >> 3] |= (byte)(1 << (bit & 7));
            }
        }

        return signature;
    }

    /// <summary>Where a piece's bits are, numbered as PostgreSQL's get_bit does: from the lowest of the first byte on.</summary>
    public static IEnumerable<int> BitsOf(ulong piece)
    {
        // Kirsch and Mitzenmacher 2006: two hashes make as many as are wanted.
        var (first, step) = ((uint)piece, (uint)(piece >> 32) | 1);
        for (var i = 0u; i < BitsEach; i++)
        {
            yield return (int)((first + i * step) % (Bytes * 8));
        }
    }
}
