using System.Buffers;
using System.Globalization;
using System.Text;

namespace LimoCha.Actors.Search;

/// <summary>
/// The pieces of a text by which it is found, as numbers: every two characters that follow one another, because Chinese words have two, and every
/// four of Latin letters and digits, because pairs of those are everywhere. What a text contains has no piece that the text has not.
/// </summary>
/// <remarks>
/// Without case, by the rules of ASCII. Where a database that ignores case may see more than that (Ä and ä), the character is in no piece.
/// </remarks>
internal static class TextPieces
{
    /// <summary>Four Latin letters or digits are one piece in a search; fewer are pairs.</summary>
    private const int Word = 4;

    private const int None = -1;

    /// <summary>Adds the pieces of a text that is to be found.</summary>
    public static void Add(HashSet<ulong> pieces, string? text) => Collect(pieces, text, search: false);

    /// <summary>The pieces that a text must have to contain this one; none when that says nothing.</summary>
    public static IReadOnlyCollection<ulong> Wanted(string text)
    {
        HashSet<ulong> pieces = [];
        Collect(pieces, text, search: true);
        return pieces;
    }

    private static void Collect(HashSet<ulong> pieces, string? text, bool search)
    {
        if (text is null or { Length: < 2 })
        {
            return;
        }

        var characters = ArrayPool<int>.Shared.Rent(text.Length);
        var length = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            characters[length++] = Fold(rune);
        }

        for (var at = 0; at < length;)
        {
            var word = WordAt(characters.AsSpan(at, length - at));
            for (var i = at; i <= at + word - Word; i++)
            {
                pieces.Add(Mix(Packed(characters.AsSpan(i, Word))));
            }

            // In a search a word's pairs say less than its fours; the pairs at its ends say something.
            var last = at + Math.Max(word, 1) - 1;
            for (var i = search && word >= Word ? last : at; i <= last && i + 1 < length; i++)
            {
                if (characters[i] != None && characters[i + 1] != None)
                {
                    pieces.Add(Mix((1UL << 63) | ((ulong)characters[i] << 21) | (uint)characters[i + 1]));
                }
            }

            at = last + 1;
        }

        ArrayPool<int>.Shared.Return(characters);
    }

    private static int WordAt(ReadOnlySpan<int> characters)
    {
        var length = 0;
        while (length < characters.Length && characters[length] is >= 0 and < 128 && char.IsAsciiLetterOrDigit((char)characters[length]))
        {
            length++;
        }

        return length;
    }

    private static int Fold(Rune rune) => rune.IsAscii ? Rune.ToLowerInvariant(rune).Value : HasCase(rune) ? None : rune.Value;

    private static bool HasCase(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.LowercaseLetter or UnicodeCategory.UppercaseLetter or UnicodeCategory.TitlecaseLetter or UnicodeCategory.OtherNotAssigned
        || Rune.ToLowerInvariant(rune) != Rune.ToUpperInvariant(rune);

    private static ulong Packed(ReadOnlySpan<int> characters)
    {
        var packed = 0UL;
        foreach (var character in characters)
        {
            packed = (packed << 7) | (uint)character;
        }

        return packed;
    }

    /// <summary>SplitMix64's last step: neighbours become numbers that have nothing in common.</summary>
    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
