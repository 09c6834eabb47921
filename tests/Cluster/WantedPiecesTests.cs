using LimoCha.Actors.Storage;

namespace LimoCha.Actors.Cluster;

/// <summary>The pieces by which PostgreSQL finds a company's name.</summary>
public sealed class WantedPiecesTests
{
    private const string Characters = "aBk7 0-9Zé中国安装9876%";

    [Fact]
    public async Task A_text_has_all_pieces_that_a_part_of_it_asks_for_and_beside_fours_there_are_few_pairs()
    {
        await using var host = await TestHost.StartAsync(DatabaseKind.PostgreSql);
        var random = new Random(7);
        var texts = Enumerable.Range(0, 5_000).Select(_ => new string([.. Enumerable.Range(0, random.Next(2, 40)).Select(_ => Characters[random.Next(Characters.Length)])])).ToArray();
        var parts = texts.Select(text =>
        {
            var from = random.Next(text.Length - 1);
            var part = text.Substring(from, random.Next(2, text.Length - from + 1));
            return random.Next(2) == 0 ? part.ToUpperInvariant() : part;
        }).ToArray();

        (await host.QueryAsync<long>("SELECT count(*) FROM unnest(@texts, @parts) AS u(value, part) WHERE NOT text_pieces(value) @> wanted_pieces(part)", new { texts, parts })).Should().Be(0);
        (await host.QueryAsync<string[]>("SELECT wanted_pieces('单位 495000')")).Should().BeEquivalentTo("单位", "4950", "9500", "5000");
        (await host.QueryAsync<string[]>("SELECT wanted_pieces('Ab12')")).Should().BeEquivalentTo("ab12");
        (await host.QueryAsync<string[]>("SELECT wanted_pieces('ab1')")).Should().BeEquivalentTo("ab", "b1");
    }
}
