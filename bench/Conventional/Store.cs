using System.Text.Json;
using Microsoft.Data.Sqlite;
using Npgsql;
using NpgsqlTypes;

namespace LimoCha.Bench;

/// <summary>Where the conventional stack keeps tasks and its outbox.</summary>
internal interface IStore : IOutbox
{
    Task CreateAsync();

    /// <summary>The task and its outbox row, in one transaction.</summary>
    Task AddAsync(Guid id, NewTask task, Guid creator, Card card);
}

/// <summary>
/// PostgreSQL. Reviewer's note: pooled, both statements in one round trip and one transaction, prepared, two indexes like the
/// product's; nothing is done twice and nothing waits that need not.
/// </summary>
internal sealed class PostgresStore(string connectionString) : IStore
{
    private readonly NpgsqlDataSource database = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString) { MaxPoolSize = 64, MaxAutoPrepare = 50, AutoPrepareMinUsages = 1 });

    public async Task CreateAsync()
    {
        await using var setup = database.CreateCommand("""
            CREATE TABLE IF NOT EXISTS users (id uuid PRIMARY KEY, enabled boolean NOT NULL);
            CREATE TABLE IF NOT EXISTS task (
                id uuid PRIMARY KEY, version integer NOT NULL, title text NOT NULL, description text, stage integer NOT NULL, priority integer NOT NULL,
                creator_id uuid NOT NULL, assignee_id uuid NOT NULL REFERENCES users, created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL);
            CREATE INDEX IF NOT EXISTS ix_task_assignee ON task (assignee_id, id);
            CREATE TABLE IF NOT EXISTS outbox (task_id uuid PRIMARY KEY, user_id uuid NOT NULL, version integer NOT NULL, card jsonb NOT NULL, created_at timestamptz NOT NULL);
            CREATE INDEX IF NOT EXISTS ix_outbox_user ON outbox (user_id);
            INSERT INTO users SELECT ('01900000-0000-7000-8000-' || lpad(i::text, 12, '0'))::uuid, true FROM generate_series(0, 20000) i ON CONFLICT DO NOTHING;
            """);
        await setup.ExecuteNonQueryAsync();
    }

    public async Task AddAsync(Guid id, NewTask task, Guid creator, Card card)
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new("INSERT INTO task (id, version, title, description, stage, priority, creator_id, assignee_id, created_at, updated_at) VALUES ($1, 1, $2, $3, 1, 1, $4, $5, $6, $6)")
                {
                    Parameters =
                    {
                        new NpgsqlParameter<Guid> { TypedValue = id }, new NpgsqlParameter<string> { TypedValue = task.Title },
                        new NpgsqlParameter { Value = (object?)task.Description ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text },
                        new NpgsqlParameter<Guid> { TypedValue = creator }, new NpgsqlParameter<Guid> { TypedValue = task.AssigneeId },
                        new NpgsqlParameter<DateTimeOffset> { TypedValue = card.At },
                    },
                },
                new("INSERT INTO outbox (task_id, user_id, version, card, created_at) VALUES ($1, $2, 1, $3, $4)")
                {
                    Parameters =
                    {
                        new NpgsqlParameter<Guid> { TypedValue = id }, new NpgsqlParameter<Guid> { TypedValue = task.AssigneeId },
                        new NpgsqlParameter { Value = JsonSerializer.Serialize(card, JsonSerializerOptions.Web), NpgsqlDbType = NpgsqlDbType.Jsonb },
                        new NpgsqlParameter<DateTimeOffset> { TypedValue = card.At },
                    },
                },
            },
        };
        await batch.ExecuteNonQueryAsync();
    }

    public async Task DeleteAsync(List<Guid> ids)
    {
        await using var command = database.CreateCommand("DELETE FROM outbox WHERE task_id = ANY($1)");
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. ids] });
        await command.ExecuteNonQueryAsync();
    }
}

/// <summary>
/// SQLite. Reviewer's note: write-ahead log with the same synchronous, cache and checkpoint settings as the product, one open connection with prepared statements
/// behind a lock (SQLite has one writer; more connections only wait on each other's file lock), one transaction a task.
/// </summary>
internal sealed class SqliteStore(string connectionString) : IStore, IDisposable
{
    private readonly SqliteConnection connection = new(connectionString);
    private readonly SemaphoreSlim writer = new(1, 1);
    private SqliteCommand add = default!;
    private SqliteCommand delete = default!;

    public async Task CreateAsync()
    {
        await connection.OpenAsync();
        await using var setup = connection.CreateCommand();
        setup.CommandText = """
            PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 8192;
            CREATE TABLE IF NOT EXISTS users (id TEXT PRIMARY KEY, enabled INTEGER NOT NULL) WITHOUT ROWID;
            CREATE TABLE IF NOT EXISTS task (
                id TEXT PRIMARY KEY, version INTEGER NOT NULL, title TEXT NOT NULL, description TEXT, stage INTEGER NOT NULL, priority INTEGER NOT NULL,
                creator_id TEXT NOT NULL, assignee_id TEXT NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL) WITHOUT ROWID;
            CREATE INDEX IF NOT EXISTS ix_task_assignee ON task (assignee_id, id);
            CREATE TABLE IF NOT EXISTS outbox (task_id TEXT PRIMARY KEY, user_id TEXT NOT NULL, version INTEGER NOT NULL, card TEXT NOT NULL, created_at TEXT NOT NULL) WITHOUT ROWID;
            CREATE INDEX IF NOT EXISTS ix_outbox_user ON outbox (user_id);
            """;
        await setup.ExecuteNonQueryAsync();
        add = connection.CreateCommand();
        add.CommandText = """
            INSERT INTO task (id, version, title, description, stage, priority, creator_id, assignee_id, created_at, updated_at) VALUES ($id, 1, $title, $description, 1, 1, $creator, $assignee, $at, $at);
            INSERT INTO outbox (task_id, user_id, version, card, created_at) VALUES ($id, $assignee, 1, $card, $at);
            """;
        foreach (var name in new[] { "$id", "$title", "$description", "$creator", "$assignee", "$at", "$card" })
        {
            add.Parameters.Add(new SqliteParameter(name, SqliteType.Text));
        }

        delete = connection.CreateCommand();
        delete.CommandText = "DELETE FROM outbox WHERE task_id IN (SELECT value FROM json_each($ids))";
        delete.Parameters.Add(new SqliteParameter("$ids", SqliteType.Text));
    }

    public async Task AddAsync(Guid id, NewTask task, Guid creator, Card card)
    {
        var json = JsonSerializer.Serialize(card, JsonSerializerOptions.Web);
        await writer.WaitAsync();
        try
        {
            using var transaction = connection.BeginTransaction();
            add.Transaction = transaction;
            object[] values = [id.ToString(), task.Title, (object?)task.Description ?? DBNull.Value, creator.ToString(), task.AssigneeId.ToString(), card.At.ToString("O"), json];
            for (var i = 0; i < values.Length; i++)
            {
                add.Parameters[i].Value = values[i];
            }

            add.ExecuteNonQuery();
            transaction.Commit();
        }
        finally
        {
            writer.Release();
        }
    }

    public async Task DeleteAsync(List<Guid> ids)
    {
        await writer.WaitAsync();
        try
        {
            delete.Parameters[0].Value = JsonSerializer.Serialize(ids);
            delete.ExecuteNonQuery();
        }
        finally
        {
            writer.Release();
        }
    }

    public void Dispose()
    {
        connection.Dispose();
        writer.Dispose();
    }
}
