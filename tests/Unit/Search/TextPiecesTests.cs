using System.Text;
using CsCheck;
using LimoCha.Actors.Search;

namespace LimoCha.Actors.Unit.Search;

public sealed class TextPiecesTests
{
    private static readonly Rune[] Characters = [.. "aBk7 0-9é中国安装ßΩ%𠮷𐐀ı".EnumerateRunes()];
    private static readonly Gen<Rune[]> Text = Gen.Int[0, Characters.Length - 1].Select(i => Characters[i]).Array[0, 40];

    [Fact]
    public void What_a_text_contains_has_no_piece_that_the_text_has_not() =>
        Gen.Select(Text, Gen.Int[0, 40], Gen.Int[0, 40], Gen.Bool).Sample((text, a, b, upper) =>
        {
            var (from, to) = (Math.Min(Math.Min(a, b), text.Length), Math.Min(Math.Max(a, b), text.Length));
            var part = Concat(text[from..to]);
            var has = Pieces(Concat(text));
            var wanted = TextPieces.Wanted(upper ? part.ToUpperInvariant() : part.ToLowerInvariant());
            var signature = TextSignature.Of(has);
            return wanted.All(has.Contains) && wanted.SelectMany(TextSignature.BitsOf).All(bit => (signature[bit / 8] >> (bit % 8) & 1) == 1);
        });

    [Theory]
    [InlineData("安装", 1)]
    [InlineData("SO-2026", 3 + 1)]
    [InlineData("20261126", 5)]
    [InlineData("客户20261126号", 1 + 1 + 5 + 1)]
    [InlineData("ab", 1)]
    [InlineData("装", 0)]
    [InlineData("é", 0)]
    [InlineData("", 0)]
    public void Words_of_four_letters_and_more_are_looked_for_by_fours_and_all_else_by_pairs(string text, int pieces) =>
        TextPieces.Wanted(text).Should().HaveCount(pieces);

    [Fact]
    public void Of_blocks_without_a_piece_one_of_a_hundred_at_most_seems_to_have_it()
    {
        HashSet<ulong> pieces = [];
        for (var i = 0; pieces.Count < TextSignature.MostPieces; i++)
        {
            TextPieces.Add(pieces, $"{i:D7}");
        }

        var signature = TextSignature.Of(pieces);
        var others = Enumerable.Range(0, 20_000).Select(i => TextPieces.Wanted($"{(char)(0x4E00 + i % 150)}{(char)(0x5E00 + i / 150)}").Single()).ToList();
        others.Count(piece => TextSignature.BitsOf(piece).All(bit => (signature[bit / 8] >> (bit % 8) & 1) == 1)).Should().BeInRange(1, 200);
    }

    private static string Concat(Rune[] runes) => string.Concat(runes);

    private static HashSet<ulong> Pieces(string text)
    {
        HashSet<ulong> pieces = [];
        TextPieces.Add(pieces, text);
        return pieces;
    }
}
