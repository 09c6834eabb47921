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

    /// <summary>So many groups of blocks are looked at before all are.</summary>
    private const int FirstGroups = 2;

    /// <summary>So many of the first are enough for a page, mostly; if they are not, it is read through.</summary>
    private const int EnoughBlocks = 128;

    /// <summary>More pieces of a long text hardly leave fewer blocks, and neither do more of their bits.</summary>
    private const int MostPieces = 16;
    private const int MostBits = 32;

    private static readonly Guid Highest = Guid.AllBitsSet;

    /// <summary>Where to look, newest or oldest first; null when reading through is as well.</summary>
    public static async Task<IdRanges?> WhereAsync(Database database, string text, bool newestFirst, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(database);
        ArgumentNullException.ThrowIfNull(text);
        // The first bit of each piece before the second of any, and the last pieces first, where numbers differ: what lacks a rare piece of a text of
        // common ones is seen to soon.
        var pieces = TextPieces.Wanted(text.Trim()).Reverse().Take(MostPieces).Select(piece => TextSignature.BitsOf(piece).ToArray()).ToList();
        int[] bits = [.. Enumerable.Range(0, TextSignature.BitsEach).SelectMany(i => pieces.Select(piece => piece[i])).Distinct().Take(MostBits)];
        if (database.Kind != DatabaseKind.PostgreSql || bits.Length == 0)
        {
            return null;
        }

        await using var connection = await database.OpenAsync(cancellationToken);
        // What stands in many blocks is in some of the first.
        var first = newestFirst ? await RangesAsync(FirstGroups) : [];
        if (first.Count >= EnoughBlocks)
        {
            return Ranges(first, all: false, newestFirst);
        }

        var found = await RangesAsync(null);
        return found.Count > MostBlocks ? Ranges(found[..MostBlocks], all: false, newestFirst) : Ranges(found, all: true, newestFirst);

        Task<List<RangeRow>> RangesAsync(long? groups) => connection.QueryAsync<RangeRow>(new CommandDefinition(
            "SELECT after_id, last_id FROM task_blocks_with(@bits, @parts, @froms, @groups, @newestFirst, @most)",
            new
            {
                bits = bits.Select(bit => (long)bit).ToArray(), parts = bits.Select(bit => TaskGroups.SliceOf(bit).Part).ToArray(), froms = bits.Select(bit => TaskGroups.SliceOf(bit).From).ToArray(),
                groups, newestFirst, most = (long)MostBlocks + 2,
            },
            cancellationToken: cancellationToken));
    }

    /// <summary>Without a gap as far as they reach: oldest first, what is in no block yet follows all blocks or none.</summary>
    private static IdRanges? Ranges(List<RangeRow> ranges, bool all, bool newestFirst)
    {
        var read = all || newestFirst ? ranges : ranges.Where(range => range.LastId != Highest).ToList();
        return ranges.Count == 0 ? null : new([.. read.Select(range => range.AfterId)], [.. read.Select(range => range.LastId)], all);
    }

    private sealed record RangeRow(Guid AfterId, Guid LastId);
}
