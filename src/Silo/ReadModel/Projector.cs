using System.Diagnostics;
using System.Threading.Channels;
using LimoCha.Actors.Devices;
using LimoCha.Actors.Hosting;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Privacy;
using LimoCha.Actors.Recovery;
using LimoCha.Actors.Storage;
using Microsoft.Extensions.Logging;
using Npgsql;
using NpgsqlTypes;

namespace LimoCha.Actors.ReadModel;

/// <summary>
/// Writes what the silo's actors project, many at a time: rows and facts of a batch in one transaction. What fails is
/// tried again one by one and then left to the actor, which still has it in its outbox.
/// </summary>
/// <remarks>
/// On PostgreSQL these transactions do not wait for the disk (synchronous_commit off). Nothing acknowledged hangs on them:
/// a crash of the database loses the end of its log, a state that had dropped confirmed facts stands later in that log
/// than their projection, so it is lost too or both are there; and what only the projection lost the sweep finds by version.
/// <para>It is of the silo's lifecycle, there before the actors and after them: a hosted service ends before the silo does, and actors that leave wait until what
/// they did is projected.</para>
/// </remarks>
public sealed partial class Projector(Database database, IChangeFeed changes, RecoverySignal recovery, TimeProvider clock, ILogger<Projector> logger)
    : IProjector, ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private const int MaxBatch = 256;

    /// <summary>After a batch of this size others are on their way: a short pause makes one large batch of them.</summary>
    private const int BusyBatch = 4;
    private static readonly TimeSpan BusyPause = TimeSpan.FromMilliseconds(20);

    private const int MaxQueue = 50_000;

    private readonly Channel<Pending> queue = Channel.CreateBounded<Pending>(new BoundedChannelOptions(MaxQueue) { SingleReader = true });

    private readonly CancellationTokenSource stopping = new();
    private Task running = Task.CompletedTask;

    /// <summary>Holds the projector back while it is set to something unfinished; for tests of lag.</summary>
    internal Task Gate { get; set; } = Task.CompletedTask;

    /// <inheritdoc />
    public async Task ProjectAsync(ProjectionEntry entry)
    {
        using var span = Tracing.Start("project");
        var pending = new Pending(entry);
        if (!queue.Writer.TryWrite(pending))
        {
            throw new StorageUnavailableException("The read model is too far behind.");
        }

        await pending.Done.Task;
    }

    /// <inheritdoc />
    public void Participate(ISiloLifecycle observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        observer.Subscribe(nameof(Projector), ServiceLifecycleStage.RuntimeInitialize, Start, StopAsync);
    }

    /// <inheritdoc />
    public void Dispose() => stopping.Dispose();

    private Task Start(CancellationToken cancellationToken)
    {
        StorageMetrics.Meter.CreateObservableGauge("limocha.projection.queue", () => queue.Reader.Count, "{entry}", "Entries that wait to be projected");
        running = Task.Run(RunAsync, CancellationToken.None);
        return Task.CompletedTask;
    }

    /// <summary>What is queued is written still; what comes later is the next activation's.</summary>
    private async Task StopAsync(CancellationToken cancellationToken)
    {
        queue.Writer.TryComplete();
        await stopping.CancelAsync();
        await running.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task RunAsync()
    {
        while (await queue.Reader.WaitToReadAsync())
        {
            await Gate.WaitAsync(stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            var batch = new List<Pending>(MaxBatch);
            while (batch.Count < MaxBatch && queue.Reader.TryRead(out var pending))
            {
                batch.Add(pending);
            }

            await WriteAsync(batch);
            if (batch.Count is >= BusyBatch and < MaxBatch)
            {
                await Task.Delay(BusyPause, clock, stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task WriteAsync(List<Pending> batch)
    {
        try
        {
            await CommitAsync([.. batch.Select(pending => pending.Entry)]);
        }
        catch (Exception error) when (batch.Count > 1 && StorageErrors.IsRowsFault(error))
        {
            foreach (var pending in batch)
            {
                await WriteAsync([pending]);
            }

            return;
        }
        catch (Exception error) when (batch is [{ Entry.First: true } only] && StorageErrors.IsRowsFault(error))
        {
            // It is there already: a repeat after a crash.
            await WriteAsync([only with { Entry = only.Entry with { First = false } }]);
            return;
        }
        catch (Exception error)
        {
            LogFailed(logger, batch.Count, StorageErrors.Describe(error));
            recovery.Want();
            foreach (var pending in batch)
            {
                pending.Done.TrySetException(new StorageUnavailableException($"The read model could not be written: {StorageErrors.Describe(error)}."));
            }

            return;
        }

        var now = clock.GetUtcNow();
        StorageMetrics.ProjectionBatch.Record(batch.Count);
        foreach (var pending in batch)
        {
            pending.Done.TrySetResult();
            if (pending.Entry.Writes is [var first, ..])
            {
                StorageMetrics.ProjectionLag.Record((now - first.At).TotalSeconds);
            }
        }

        changes.Publish([.. batch.Select(pending => new ReadModelChange(pending.Entry.Kind, pending.Entry.Id, pending.Entry.Version))]);
    }

    private async Task CommitAsync(List<ProjectionEntry> entries)
    {
        // In one statement each: what is new, and what may be there. A row that is in both comes as an insert first.
        var parts = entries.ToLookup(entry => entry.First).OrderByDescending(part => part.Key).Select(part => (
            First: part.Key,
            Tables: part.SelectMany(entry => entry.Rows).GroupBy(row => row.GetType()).Select(group => (Table: ReadTables.ByRow[group.Key], Rows: Newest(group))),
            Writes: part.SelectMany(entry => entry.Writes.Select(write => new LogRow(entry, write))).OrderBy(row => row.Key).ToList())).ToList();

        if (database.Kind == DatabaseKind.PostgreSql)
        {
            await using var connection = await database.OpenProjectorAsync();
            await using var batch = new NpgsqlBatch(connection);
            foreach (var (first, tables, writes) in parts)
            {
                foreach (var (table, rows) in tables)
                {
                    table.AddTo(batch, rows, first);
                }

                if (writes.Count > 0)
                {
                    batch.BatchCommands.Add(EventLog(writes, first));
                }
            }

            await batch.ExecuteNonQueryAsync();
            return;
        }

        await database.Sqlite.CommitAsync(durable: false, writer =>
        {
            foreach (var (_, tables, writes) in parts)
            {
                foreach (var (table, rows) in tables)
                {
                    table.Upsert(writer, rows);
                }

                Append(writer, writes);
            }

            return parts.Count;
        });
    }

    /// <summary>One row a key: a statement cannot touch a row twice.</summary>
    private static List<IProjectedRow> Newest(IEnumerable<IProjectedRow> rows) =>
        [.. rows.OrderBy(row => row.Id).ThenByDescending(row => row.Version).DistinctBy(row => row.Id)];

    private const string AppendFirst = """
        INSERT INTO event_log (kind, id, version, at, facts)
        SELECT * FROM unnest($1::text[], $2::uuid[], $3::integer[], $4::timestamptz[], $5::text[])
        """;

    private static NpgsqlBatchCommand EventLog(List<LogRow> writes, bool first)
    {
        var command = new NpgsqlBatchCommand(first ? AppendFirst : $"{AppendFirst} ON CONFLICT DO NOTHING");
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. writes.Select(row => row.Entry.Kind)] });
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. writes.Select(row => row.Entry.Id)] });
        command.Parameters.Add(new NpgsqlParameter<int[]> { TypedValue = [.. writes.Select(row => row.Write.Version)] });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset[]> { TypedValue = [.. writes.Select(row => row.Write.At)], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new NpgsqlParameter<ReadOnlyMemory<byte>[]> { TypedValue = [.. writes.Select(row => row.Write.Json)], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        return command;
    }

    private static void Append(SqliteWriter writer, List<LogRow> writes)
    {
        var statement = writer.Prepared("INSERT INTO event_log (kind, id, version, at, facts) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING");
        foreach (var (entry, write) in writes)
        {
            statement.Set(1, entry.Kind);
            statement.Set(2, entry.Id);
            statement.Set(3, write.Version);
            statement.Set(4, write.At);
            statement.SetText(5, write.Json.Span);
            statement.Run();
        }
    }

    private sealed record Pending(ProjectionEntry Entry)
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed record LogRow(ProjectionEntry Entry, LoggedWrite Write)
    {
        public (Guid, int) Key => (Entry.Id, Write.Version);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A projection of {Count} entries failed: {Why}; the actors keep them and try again")]
    private static partial void LogFailed(ILogger logger, int count, [NotPersonal] string why);
}
