using Dapper;
using LimoCha.Actors.Storage;

namespace LimoCha.Actors.Search;

/// <summary>Ranges of ids, in the order of a list by id: no row outside of them has what was looked for, as far as they reach.</summary>
/// <param name="After">Where each begins, itself not in it.</param>
/// <param name="Last">Where each ends.</param>
/// <param name="All">False when there are more beyond the last.</param>
public sealed record IdRanges(Guid[] After, Guid[] Last, bool All);

/// <summary>Where tasks with a text may be, by the skip index (<see cref="TaskBlocks"/>).</summary>
public static class TaskSearch
{
    /// <summary>More blocks than these are not read: a text that many have is found by reading through.</summary>
    private const int MostBlocks = 512;

    /// <summary>More pieces of a long text hardly leave fewer blocks.</summary>
    private const int MostPieces = 16;

    private static readonly Guid Highest = Guid.AllBitsSet;

    /// <summary>Where to look, newest or oldest first; null when reading through is as well.</summary>
    public static async Task<IdRanges?> WhereAsync(Database database, string text, bool newestFirst, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(database);
        ArgumentNullException.ThrowIfNull(text);
        // The first bit of each piece before the second of any, and the last pieces first, where numbers differ: what lacks a rare piece of a text of
        // common ones is seen to soon.
        var pieces = TextPieces.Wanted(text.Trim()).Reverse().Take(MostPieces).Select(piece => TextSignature.BitsOf(piece).ToArray()).ToList();
        var bits = Enumerable.Range(0, TextSignature.BitsEach).SelectMany(i => pieces.Select(piece => piece[i])).Distinct().ToList();
        if (database.Kind != DatabaseKind.PostgreSql || bits.Count == 0)
        {
            return null;
        }

        var order = newestFirst ? "DESC" : "ASC";
        await using var connection = await database.OpenAsync(cancellationToken);
        // By the index, whose walk ends when there are enough: the planner thinks that hardly a block fulfils such a condition, and would read and sort all.
        // In one statement: what becomes a block meanwhile is in the last range or in a block, never in neither.
        var ranges = (await connection.QueryAsync<RangeRow>(new CommandDefinition(
            $"""
            SELECT after_id, last_id FROM (
                (SELECT b.last_id AS after_id, @Highest AS last_id FROM task_block b ORDER BY b.last_id DESC LIMIT 1)
                UNION ALL
                (SELECT after_id, last_id FROM (SELECT * FROM task_block ORDER BY last_id {order} OFFSET 0) blocks
                 WHERE signature IS NULL OR {string.Join(" AND ", bits.Select(bit => $"get_bit(signature, {bit}) = 1"))}
                 LIMIT {MostBlocks + 1})) ranges
            ORDER BY last_id {order}
            """, new { Highest }, cancellationToken: cancellationToken))).AsList();
        if (ranges.Count == 0)
        {
            return null;
        }

        var newest = ranges.Single(range => range.LastId == Highest);
        var blocks = ranges.Where(range => range.LastId != Highest).Take(MostBlocks);
        var all = ranges.Count <= MostBlocks + 1;
        RangeRow[] read = newestFirst ? [newest, .. blocks] : all ? [.. blocks, newest] : [.. blocks];
        return new([.. read.Select(range => range.AfterId)], [.. read.Select(range => range.LastId)], all);
    }

    private sealed record RangeRow(Guid AfterId, Guid LastId);
}
