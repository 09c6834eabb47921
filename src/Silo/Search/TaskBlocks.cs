using Dapper;
using LimoCha.Actors.Privacy;
using LimoCha.Actors.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LimoCha.Actors.Search;

/// <summary>
/// Makes the skip index of the tasks' texts: blocks of tasks that follow one another by id, each with the signature of its texts
/// (<c>0013-text-search.sql</c>). In the background, by one silo at a time, of tasks that are half a minute old; a block whose text changed
/// or that a late task came into has lost its signature and is made again. PostgreSQL only: SQLite's lists are read through.
/// </summary>
public sealed partial class TaskBlocks(Database database, IOptions<StorageOptions> storage, TimeProvider clock, ILogger<TaskBlocks> logger) : BackgroundService
{
    /// <summary>The most tasks in a block: those are read for one that has the text.</summary>
    internal const int MostTasks = 256;

    /// <summary>So many blocks at a time: what waits for the lock waits for as long as they take.</summary>
    private const int AtOnce = 4;

    /// <summary>The trigger takes for late what is older than ten seconds.</summary>
    private static readonly TimeSpan Late = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// The lowest id that is not settled yet, by the database's clock, which the trigger goes by. As a query of its own: a clock's reading may differ
    /// from row to row, and only what is one value is looked up in an index.
    /// </summary>
    private const string SettledId = "(SELECT (lpad(to_hex((extract(epoch FROM clock_timestamp() - @settled) * 1000)::bigint), 12, '0') || '00000000000000000000')::uuid)";

    private const long Lock = 5502938347127201;

    /// <summary>Makes the next blocks; false when what is left does not fill as many.</summary>
    /// <param name="settled">How old a task has to be.</param>
    /// <param name="cancellationToken">Ends it, and nothing is half done.</param>
    internal async Task<bool> MakeAsync(TimeSpan settled, CancellationToken cancellationToken = default)
    {
        await using var connection = await database.OpenProjectorAsync();
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        // In turn with late tasks: one that is being written is waited for, and those that come then wait for the blocks.
        await connection.ExecuteAsync("SELECT pg_advisory_xact_lock(@Lock)", new { Lock });
        var again = await connection.QueryFirstOrDefaultAsync<BlockRow>("SELECT after_id, last_id FROM task_block WHERE signature IS NULL ORDER BY last_id LIMIT 1");
        var after = again?.AfterId ?? await connection.QueryFirstOrDefaultAsync<Guid>("SELECT last_id FROM task_block ORDER BY last_id DESC LIMIT 1");
        var texts = (await connection.QueryAsync<TextRow>(
            $"""
            SELECT id, title, description FROM task
            WHERE id > @after AND id {(again is null ? "< " + SettledId : "<= @LastId")}
            ORDER BY id LIMIT {AtOnce * MostTasks}
            """, new { after, settled, again?.LastId })).AsList();
        var complete = texts.Count < AtOnce * MostTasks;
        var blocks = Divide(texts, rest: again is not null && complete).ToList();
        if (again is not null)
        {
            // As far as the block reached, without a gap; what is left of a large one is for the next time.
            await connection.ExecuteAsync("DELETE FROM task_block WHERE last_id = @LastId", again);
            if (complete)
            {
                blocks = [.. blocks.SkipLast(1), new(again.LastId, blocks is [.., var last] ? last.Signature : TextSignature.Of([]))];
            }
            else if (blocks[^1].LastId != again.LastId)
            {
                blocks.Add(new(again.LastId, null));
            }
        }

        foreach (var block in blocks)
        {
            await connection.ExecuteAsync("INSERT INTO task_block (after_id, last_id, signature) VALUES (@after, @LastId, @Signature)", new { after, block.LastId, block.Signature });
            after = block.LastId;
        }

        await transaction.CommitAsync(cancellationToken);
        return again is not null || !complete;
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (database.Kind != DatabaseKind.PostgreSql)
        {
            return;
        }

        // What was written as not late has been committed by then, or given up.
        var settled = Late + TimeSpan.FromSeconds(storage.Value.CommandTimeoutSeconds) + Margin;
        using var timer = new PeriodicTimer(Period, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                while (await MakeAsync(settled, stoppingToken))
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
                (pieces, tasks) = ([], 0);
            }
        }
    }

    private sealed record Block(Guid LastId, byte[]? Signature);

    private sealed record BlockRow(Guid AfterId, Guid LastId);

    [Personal(DataClass.Content)]
    private sealed record TextRow(Guid Id, string Title, string? Description)
    {
        public override string ToString() => nameof(TextRow);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The skip index of tasks could not be made ({Why}); searches read through, and it will be tried again")]
    private static partial void LogFailed(ILogger logger, [NotPersonal] string why);
}
