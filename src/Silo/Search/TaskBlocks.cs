using Dapper;
using LimoCha.Actors.Privacy;
using LimoCha.Actors.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace LimoCha.Actors.Search;

/// <summary>
/// Makes the skip index of the tasks' texts: blocks of tasks that follow one another by id, each with the signature of its texts
/// (<c>0013-text-search.sql</c>, <c>0014-late-tasks.sql</c>), and groups of blocks (<see cref="TaskGroups"/>). In the background, by one silo at a time. A block is there before it is signed: from
/// then on whatever comes into it or changes in it is counted, and a block is signed only if nothing was since its texts were read.
/// PostgreSQL only: SQLite's lists are read through.
/// </summary>
public sealed partial class TaskBlocks(Database database, TimeProvider clock, ILogger<TaskBlocks> logger) : BackgroundService
{
    /// <summary>The most tasks in a block: those are read for one that has the text.</summary>
    internal const int MostTasks = 256;

    /// <summary>So many tasks at a time.</summary>
    private const int AtOnce = 16 * MostTasks;

    /// <summary>Tasks come in the order of their ids, give or take this. One that comes later costs making its block again.</summary>
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    /// <summary>Between two looks while there is something to do. Each look costs some ten statements, however little it finds.</summary>
    private static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// The least id of what is younger than @settled, in SQL. The clock's reading as a query of its own: it may differ from row to row, and only what is one value
    /// is looked up in an index.
    /// </summary>
    internal const string SettledId = "(SELECT (lpad(to_hex((extract(epoch FROM clock_timestamp() - @settled) * 1000)::bigint), 12, '0') || '00000000000000000000')::uuid)";

    /// <summary>One silo at a time makes blocks.</summary>
    private const long MakersLock = 5502938347127202;

    /// <summary>Waits for the tasks that are being written, while others wait for the blocks. Not for long: who writes for long must not stop everybody.</summary>
    private const string WaitForWriters = "SET LOCAL lock_timeout = '200ms'; SELECT pg_advisory_xact_lock(5502938347127201)";

    /// <summary>Signs the next block that is not signed, begins another, and makes a group; false when there is nothing to do now.</summary>
    /// <param name="settled">How old a task has to be for a block to begin with it.</param>
    /// <param name="cancellationToken">Ends it, and nothing is half done.</param>
    internal async Task<bool> MakeAsync(TimeSpan settled, CancellationToken cancellationToken = default)
    {
        await using var connection = await database.OpenProjectorAsync();
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (!await connection.QuerySingleAsync<bool>("SELECT pg_try_advisory_xact_lock(@MakersLock)", new { MakersLock }))
        {
            return false;
        }

        var open = await connection.QueryFirstOrDefaultAsync<OpenBlock>("SELECT after_id, last_id, touched FROM task_block WHERE signature IS NULL ORDER BY last_id LIMIT 1");
        var signed = open is null ? [] : await SignAsync(connection, open);
        var next = await NextAsync(connection, settled);
        var group = await TaskGroups.WriteSlicesAsync(connection);
        if (open is null && next is null && group is null)
        {
            return false;
        }

        try
        {
            await connection.ExecuteAsync(WaitForWriters);
        }
        catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            return false;
        }

        if (open is not null && await connection.ExecuteAsync("DELETE FROM task_block WHERE last_id = @LastId AND touched = @Touched AND signature IS NULL", open) == 1)
        {
            await InsertAsync(connection, open.AfterId, signed);
        }

        if (next is not null)
        {
            await InsertAsync(connection, next.AfterId, [new(next.LastId, null)]);
        }

        if (group is not null)
        {
            await TaskGroups.AddAsync(connection, group);
        }

        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (database.Kind != DatabaseKind.PostgreSql)
        {
            return;
        }

        using var timer = new PeriodicTimer(Period, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                while (await MakeAsync(Settled, stoppingToken))
                {
                    // Millions at once, as after an upgrade, leave the database to the others for most of the time.
                    await Task.Delay(Breath, clock, stoppingToken);
                }
            }
            catch (Exception error) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(logger, StorageErrors.Describe(error));
            }
        }
    }

    /// <summary>The blocks that an open one becomes, as far as it reached, without a gap; what is left of a large one stays open.</summary>
    private static async Task<List<Block>> SignAsync(NpgsqlConnection connection, OpenBlock open)
    {
        var texts = await connection.QueryAsync<TextRow>(
            $"SELECT id, title, description FROM task WHERE id > @AfterId AND id <= @LastId ORDER BY id LIMIT {AtOnce}", open);
        var complete = texts.Count < AtOnce;
        var blocks = Divide(texts, rest: complete).ToList();
        if (complete)
        {
            return [.. blocks.SkipLast(1), new(open.LastId, blocks is [.., var last] ? last.Signature : TextSignature.Of([]))];
        }

        return blocks[^1].LastId == open.LastId ? blocks : [.. blocks, new(open.LastId, null)];
    }

    /// <summary>What follows the last block, as much as fills some; null when that is less than one.</summary>
    private static async Task<OpenBlock?> NextAsync(NpgsqlConnection connection, TimeSpan settled)
    {
        var after = await connection.QueryFirstOrDefaultAsync<Guid>("SELECT last_id FROM task_block ORDER BY last_id DESC LIMIT 1");
        var ids = await connection.QueryAsync<Guid>($"SELECT id FROM task WHERE id > @after AND id < {SettledId} ORDER BY id LIMIT {AtOnce}", new { after, settled });
        var full = ids.Count - ids.Count % MostTasks;
        return full == 0 ? null : new(after, ids[full - 1], 0);
    }

    /// <summary>Blocks that follow one another, in one statement: whoever writes tasks waits for it.</summary>
    private static Task<int> InsertAsync(NpgsqlConnection connection, Guid after, IReadOnlyList<Block> blocks) => connection.ExecuteAsync(
        "INSERT INTO task_block (after_id, last_id, signature) SELECT * FROM unnest(@afters, @lasts, @signatures)",
        new
        {
            afters = blocks.Take(blocks.Count - 1).Select(block => block.LastId).Prepend(after).ToArray(),
            lasts = blocks.Select(block => block.LastId).ToArray(),
            signatures = blocks.Select(block => block.Signature).ToArray(),
        });

    /// <summary>Full blocks, and a block of the rest when it is wanted.</summary>
    private static IEnumerable<Block> Divide(IReadOnlyList<TextRow> texts, bool rest)
    {
        var (pieces, tasks) = (new HashSet<ulong>(), 0);
        for (var i = 0; i < texts.Count; i++)
        {
            TextPieces.Add(pieces, texts[i].Title);
            TextPieces.Add(pieces, texts[i].Description);
            tasks++;
            if (tasks == MostTasks || pieces.Count >= TextSignature.MostPieces || (rest && i == texts.Count - 1))
            {
                yield return new(texts[i].Id, TextSignature.Of(pieces));
                pieces.Clear();
                tasks = 0;
            }
        }
    }

    private sealed record Block(Guid LastId, byte[]? Signature);

    private sealed record OpenBlock(Guid AfterId, Guid LastId, int Touched);

    [Personal(DataClass.Content)]
    private sealed record TextRow(Guid Id, string Title, string? Description)
    {
        public override string ToString() => nameof(TextRow);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The skip index of tasks could not be made ({Why}); searches read through, and it will be tried again")]
    private static partial void LogFailed(ILogger logger, [NotPersonal] string why);
}
