using Microsoft.Data.Sqlite;
using Microsoft.Win32.SafeHandles;
using SQLitePCL;

namespace LimoCha.Actors.Storage;

/// <summary>
/// SQLite's one writing connection, taken in turns, so that nobody waits in the driver's busy loop. Statements stay prepared on it, and
/// its page cache stays warm: a commit of another connection would empty it.
/// </summary>
/// <remarks>
/// SQLite itself would wait for the disk within the commit, and nobody could write meanwhile. Here a commit goes to the log (synchronous = NORMAL, which syncs
/// around checkpoints, so that the file is whole after any crash), and what has to be durable is synced there after its turn, together with all
/// that was committed before the sync. After a sync that failed the system may take for written what is not: nothing goes on before a checkpoint has
/// brought the whole log into the file.
/// <para>A checkpoint would hold all writers up too. It is made beside them, on another connection, and what they added meanwhile in a turn after it.
/// It has a thread of its own; a sync of the log is too short for that: to go to another thread and back would take as long.</para>
/// </remarks>
/// <param name="connectionString">The database file.</param>
/// <param name="sync">Brings a file's contents to the disk.</param>
public sealed class SqliteWriter(string connectionString, Action<SafeFileHandle> sync) : IAsyncDisposable
{
    private const int Constraint = 19;
    private const int Busy = 5;
    private const int IoError = 10;
    private const int IoErrorAtSync = IoError | 4 << 8;
    /// <summary>SQLITE_DBSTATUS_CACHE_WRITE, which SQLitePCLRaw has no name for: pages that the connection has written to the log.</summary>
    private const int PagesWritten = 9;

    /// <summary>A checkpoint each 32 MiB of log: what is written again and again is copied once.</summary>
    private const int LogPages = 8192;

    // 64 MiB of pages. Nobody else writes: busy is only who empties the log while somebody reads.
    private const string Settings = "PRAGMA journal_mode = WAL; PRAGMA secure_delete = ON; PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 0; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 5000";

    private readonly SemaphoreSlim turn = new(1, 1);
    private readonly SemaphoreSlim syncing = new(1, 1);
    private readonly SemaphoreSlim checkpointing = new(1, 1);
    private readonly Dictionary<string, SqliteStatement> prepared = [];
    private SqliteConnection? connection;
    private SafeFileHandle? log;
    private long committed;
    private long synced;
    private volatile bool torn;
    private bool closed;
    private Task checkpoint = Task.CompletedTask;
    private int checkpointed;

    /// <summary>On the disk as the operating system does it.</summary>
    public SqliteWriter(string connectionString)
        : this(connectionString, RandomAccess.FlushToDisk)
    {
    }

    /// <summary>Does something that writes, in turn; what it commits is on the disk then.</summary>
    public Task<T> RunAsync<T>(Func<SqliteConnection, Task<T>> write, CancellationToken cancellationToken = default) => InTurnAsync(durable: true, write, cancellationToken);

    /// <summary>
    /// Writes in a transaction, in turn. One that is not <paramref name="durable"/> is on the disk with the next that is: a crash of the
    /// machine may lose it, never tear it.
    /// </summary>
    public Task<T> CommitAsync<T>(bool durable, Func<SqliteWriter, T> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        return InTurnAsync(
            durable,
            open =>
            {
                using var begun = open.BeginTransaction(deferred: false);
                var result = write(this);
                begun.Commit();
                return Task.FromResult(result);
            }, CancellationToken.None);
    }

    /// <summary>Brings all that the log has into the file and empties the log: what was deleted is in neither then.</summary>
    public Task EmptyLogAsync(CancellationToken cancellationToken = default) => InTurnAsync(durable: false, EmptyAsync, cancellationToken);

    /// <summary>The statement, compiled once; within <see cref="CommitAsync"/> only.</summary>
    public SqliteStatement Prepared(string sql)
    {
        if (!prepared.TryGetValue(sql, out var statement))
        {
            statement = new(connection!, sql);
            prepared.Add(sql, statement);
        }

        return statement;
    }

    /// <summary>Who came before is served, who comes later is told that it is closed.</summary>
    public async ValueTask DisposeAsync()
    {
        await turn.WaitAsync();
        try
        {
            closed = true;
            await CloseAsync();
        }
        finally
        {
            turn.Release();
        }

        await checkpoint.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task<T> InTurnAsync<T>(bool durable, Func<SqliteConnection, Task<T>> write, CancellationToken cancellationToken)
    {
        T result;
        long mine;
        await turn.WaitAsync(cancellationToken);
        try
        {
            ObjectDisposedException.ThrowIf(closed, this);
            if (connection is null)
            {
                connection = new(connectionString);
                connection.Open();
                Execute(connection, Settings);
                checkpointed = 0;
            }

            if (torn)
            {
                await EmptyAsync(connection);
                torn = false;
            }

            result = await write(connection);
            // There since the first write, and the same file for as long as this connection is open.
            log ??= File.OpenHandle($"{connection.DataSource}-wal", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            mine = ++committed;
            CheckpointWhenDue(connection);
        }
        catch (Exception error) when (error is not SqliteException { SqliteErrorCode: Constraint })
        {
            await CloseAsync();
            throw;
        }
        finally
        {
            turn.Release();
        }

        if (durable)
        {
            await SyncAsync(mine);
        }

        return result;
    }

    /// <summary>What was committed up to here is on the disk then.</summary>
    private async Task SyncAsync(long mine)
    {
        await syncing.WaitAsync();
        try
        {
            if (synced < mine && !TrySync())
            {
                throw new SqliteException("The log could not be brought to the disk.", IoError, IoErrorAtSync);
            }
        }
        finally
        {
            syncing.Release();
        }
    }

    /// <summary>While <see cref="syncing"/>.</summary>
    private bool TrySync()
    {
        var all = Volatile.Read(ref committed);
        if (log is null || torn)
        {
            return false;
        }

        try
        {
            sync(log);
            synced = all;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            torn = true;
        }

        return !torn;
    }

    /// <summary>In turn.</summary>
    private async Task<bool> EmptyAsync(SqliteConnection open)
    {
        await checkpointing.WaitAsync();
        try
        {
            return await CheckpointAsync(open, "TRUNCATE") is 0L ? true : throw new SqliteException("The log cannot be emptied while somebody reads it.", Busy);
        }
        finally
        {
            checkpointing.Release();
        }
    }

    /// <summary>In turn.</summary>
    private void CheckpointWhenDue(SqliteConnection open)
    {
        // The count has 31 bits and begins anew after them.
        if (checkpoint.IsCompleted && ((Written(open) - checkpointed) & int.MaxValue) >= LogPages)
        {
            checkpoint = Task.Run(CheckpointBesideAsync);
        }
    }

    private async Task CheckpointBesideAsync()
    {
        try
        {
            await checkpointing.WaitAsync();
            try
            {
                await using var aside = new SqliteConnection(connectionString);
                await aside.OpenAsync();
                await CheckpointAsync(aside, "PASSIVE");
            }
            finally
            {
                checkpointing.Release();
            }

            await InTurnAsync(
                durable: false,
                open =>
                {
                    checkpointed = Written(open);
                    return CheckpointAsync(open, "PASSIVE");
                }, CancellationToken.None);
        }
        catch (Exception error) when (error is SqliteException or ObjectDisposedException)
        {
            // The log is as good as the file, only longer; after the next write it is tried again, or when it is opened.
        }
    }

    /// <summary>On a thread of its own: one of the pool's that waits for the disk would leave a core idle while requests are queued.</summary>
    private static Task<object?> CheckpointAsync(SqliteConnection open, string mode) =>
        Task.Factory.StartNew(
            () => Execute(open, $"PRAGMA wal_checkpoint({mode})"),
            CancellationToken.None, TaskCreationOptions.LongRunning | TaskCreationOptions.RunContinuationsAsynchronously, TaskScheduler.Default);

    private static int Written(SqliteConnection open) =>
        raw.sqlite3_db_status(open.Handle, PagesWritten, out var pages, out _, resetFlg: 0) == raw.SQLITE_OK ? pages : 0;

    private static object? Execute(SqliteConnection open, string sql)
    {
        using var command = open.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    /// <summary>What is left of it after a failure is not known: the next turn opens another. Who still waits for the disk gets it first.</summary>
    private async Task CloseAsync()
    {
        foreach (var statement in prepared.Values)
        {
            statement.Dispose();
        }

        prepared.Clear();
        await syncing.WaitAsync();
        try
        {
            TrySync();
        }
        finally
        {
            log?.Dispose();
            log = null;
            syncing.Release();
        }

        if (connection is { } old)
        {
            connection = null;
            await old.DisposeAsync();
        }
    }
}
