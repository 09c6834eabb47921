using Microsoft.Data.Sqlite;

namespace LimoCha.Actors.Storage;

/// <summary>
/// SQLite's one writing connection, taken in turns, so that nobody waits in the driver's busy loop. Statements stay prepared on it, and
/// its page cache stays warm: a commit of another connection would empty it.
/// </summary>
public sealed class SqliteWriter(string connectionString) : IAsyncDisposable
{
    private const int Constraint = 19;

    // 64 MiB of pages, and a checkpoint each 32 MiB of log: what is written again and again is copied once.
    private const string Settings = "PRAGMA journal_mode = WAL; PRAGMA secure_delete = ON; PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 8192; PRAGMA synchronous = FULL";

    private readonly SemaphoreSlim turn = new(1, 1);
    private readonly Dictionary<string, SqliteStatement> prepared = [];
    private SqliteConnection? connection;
    private bool synced = true;

    /// <summary>Does something that writes, in turn; what it commits is on the disk then.</summary>
    public Task<T> RunAsync<T>(Func<SqliteConnection, Task<T>> write, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(write);
        return InTurnAsync(durable: true, write, cancellationToken);
    }

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

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        turn.Dispose();
    }

    private async Task<T> InTurnAsync<T>(bool durable, Func<SqliteConnection, Task<T>> write, CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            if (connection is null)
            {
                connection = new(connectionString);
                connection.Open();
                Execute(Settings);
                synced = true;
            }

            if (synced != durable)
            {
                Execute(durable ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
                synced = durable;
            }

            return await write(connection);
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
    }

    private void Execute(string sql)
    {
        using var command = connection!.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>What is left of it after a failure is not known: the next turn opens another.</summary>
    private async Task CloseAsync()
    {
        foreach (var statement in prepared.Values)
        {
            statement.Dispose();
        }

        prepared.Clear();
        if (connection is { } old)
        {
            connection = null;
            await old.DisposeAsync();
        }
    }
}
