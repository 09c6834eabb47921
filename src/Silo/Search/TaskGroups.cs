using System.Numerics;
using Dapper;
using LimoCha.Actors.Storage;
using Npgsql;

namespace LimoCha.Actors.Search;

/// <summary>
/// The blocks' signatures turned (<c>0019-task-slices.sql</c>): for blocks that follow one another, a slice for each bit of a signature, in which the
/// blocks are that have it. A search reads some dozens of slices of a group instead of a page of each of its blocks.
/// </summary>
internal static class TaskGroups
{
    /// <summary>Blocks of a group.</summary>
    public const int Blocks = 256;

    private const int SliceBytes = Blocks / 8;

    /// <summary>Slices that are one row.</summary>
    private const int SlicesEach = 32;

    /// <summary>The newest blocks stay by themselves: what comes late comes to them, and a group that it came to is made again whole.</summary>
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(15);

    /// <summary>The row that has a bit's slice, and where in it the slice begins, as PostgreSQL counts.</summary>
    public static (short Part, int From) SliceOf(int bit) => ((short)(bit / SlicesEach), bit % SlicesEach * Blocks + 1);

    /// <summary>Writes the slices of the next blocks that can be a group; null when there are none.</summary>
    public static async Task<Group?> WriteSlicesAsync(NpgsqlConnection connection)
    {
        // Between groups, or after the last one.
        var gap = await connection.QueryFirstOrDefaultAsync<Gap>(
            $"""
            SELECT after_id, until_id FROM (
                SELECT f.after_id, coalesce((SELECT g.after_id FROM task_block_group g WHERE g.last_id > f.after_id ORDER BY g.last_id LIMIT 1), {TaskBlocks.SettledId}) AS until_id
                FROM (SELECT @Empty AS after_id UNION ALL SELECT last_id FROM task_block_group) f) gap
            WHERE after_id < until_id AND EXISTS (
                SELECT FROM task_block b WHERE b.last_id > gap.after_id AND b.last_id <= gap.until_id ORDER BY b.last_id OFFSET {Blocks} - 1 LIMIT 1)
            ORDER BY after_id LIMIT 1
            """, new { Guid.Empty, Settled });
        if (gap is null)
        {
            return null;
        }

        var blocks = await connection.QueryAsync<Signed>(
            "SELECT last_id, signature FROM task_block WHERE last_id > @AfterId AND last_id <= @UntilId ORDER BY last_id LIMIT @Blocks", new { gap.AfterId, gap.UntilId, Blocks });
        if (blocks.Any(block => block.Signature is null))
        {
            return null;
        }

        var id = await connection.QuerySingleAsync<long>("SELECT nextval('task_block_group_id')");
        var rows = Turn([.. blocks.Select(block => block.Signature!)]);
        await connection.ExecuteAsync(
            "INSERT INTO task_slice (group_id, part, bits) SELECT @id, part, ('x' || encode(bits, 'hex'))::bit(8192) FROM unnest(@parts, @rows) s(part, bits)",
            new { id, parts = Enumerable.Range(0, rows.Length).Select(part => (short)part).ToArray(), rows });
        return new(id, gap.AfterId, [.. blocks.Select(block => block.LastId)]);
    }

    /// <summary>Makes it a group, if its blocks are still signed. Whoever calls holds the lock that keeps changes of blocks away.</summary>
    public static async Task AddAsync(NpgsqlConnection connection, Group group)
    {
        var added = await connection.ExecuteAsync(
            """
            INSERT INTO task_block_group (id, after_id, last_id, blocks) SELECT @Id, @AfterId, @last, @Blocks
            WHERE (SELECT count(*) FROM task_block WHERE last_id > @AfterId AND last_id <= @last AND signature IS NOT NULL) = cardinality(@Blocks)
            """, new { group.Id, group.AfterId, last = group.Blocks[^1], group.Blocks });
        if (added == 0)
        {
            await connection.ExecuteAsync("DELETE FROM task_slice WHERE group_id = @Id", group);
        }
    }

    /// <summary>Signatures of blocks as rows of slices. A block's bit is counted from the highest of the first byte on, as in PostgreSQL's strings of bits.</summary>
    internal static byte[][] Turn(IReadOnlyList<byte[]> signatures)
    {
        var rows = new byte[TextSignature.Bytes * 8 / SlicesEach][];
        for (var part = 0; part < rows.Length; part++)
        {
            rows[part] = new byte[SlicesEach * SliceBytes];
        }

        for (var block = 0; block < signatures.Count; block++)
        {
            var (at, mask) = (block >> 3, (byte)(0x80 >> (block & 7)));
            for (var i = 0; i < TextSignature.Bytes; i++)
            {
                for (uint left = signatures[block][i]; left != 0; left &= left - 1)
                {
                    var bit = i * 8 + BitOperations.TrailingZeroCount(left);
                    rows[bit / SlicesEach][bit % SlicesEach * SliceBytes + at] |= mask;
                }
            }
        }

        return rows;
    }

    /// <summary>Blocks whose slices are written.</summary>
    internal sealed record Group(long Id, Guid AfterId, Guid[] Blocks);

    private sealed record Gap(Guid AfterId, Guid UntilId);

    private sealed record Signed(Guid LastId, byte[]? Signature);
}
