using System.Data.Common;
using Dapper;
using LimoCha.Actors.Hosting;
using LimoCha.Actors.Storage;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;
using Npgsql;

namespace LimoCha.Actors.Privacy;

/// <summary>A key as it is kept: wrapped, with the name of the master key that opens it.</summary>
internal sealed record WrappedKey
{
    public Guid Id { get; init; }
    public byte[] Wrapped { get; init; } = [];
    public string Master { get; init; } = "";
}

/// <summary>The table of wrapped keys in its own database. What is deleted there is overwritten, and no log keeps it.</summary>
internal sealed class KeyTable : IAsyncDisposable
{
    private const long AdvisoryLock = 0x4C4D4B657973; // "LMKeys"
    private readonly NpgsqlDataSource? postgres;
    private readonly string connectionString;
    private readonly SemaphoreSlim sqliteWriter = new(1, 1);

    static KeyTable() => DapperTypes.Register();

    public KeyTable(IOptions<PrivacyOptions> privacy, IOptions<StorageOptions> storage)
    {
        connectionString = KeyStoreDefaults.ConnectionString(privacy.Value, storage.Value);
        if (storage.Value.Provider == DatabaseKind.PostgreSql)
        {
            postgres = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString) { MaxPoolSize = 4, IncludeErrorDetail = false });
        }
    }

    private DatabaseKind Kind => postgres is null ? DatabaseKind.Sqlite : DatabaseKind.PostgreSql;

    private string Table => postgres is null ? "subject_key" : "limocha_keys.subject_key";

    /// <summary>Makes the table where there is none.</summary>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync(cancellationToken);
        if (postgres is null)
        {
            await connection.ExecuteAsync("PRAGMA journal_mode = DELETE; CREATE TABLE IF NOT EXISTS subject_key (id TEXT NOT NULL PRIMARY KEY, wrapped BLOB NOT NULL, master TEXT NOT NULL)");
            return;
        }

        await connection.ExecuteAsync(
            $"""
            BEGIN;
            SELECT pg_advisory_xact_lock({AdvisoryLock});
            CREATE SCHEMA IF NOT EXISTS limocha_keys;
            CREATE TABLE IF NOT EXISTS {Table} (id uuid NOT NULL PRIMARY KEY, wrapped bytea NOT NULL, master text NOT NULL);
            COMMIT
            """);
    }

    /// <summary>Adds keys; one that is there already stays as it is.</summary>
    public Task AddAsync(IEnumerable<WrappedKey> keys, CancellationToken cancellationToken) =>
        WriteAsync($"INSERT INTO {Table} (id, wrapped, master) VALUES (@Id, @Wrapped, @Master) ON CONFLICT (id) DO NOTHING", keys, cancellationToken);

    /// <summary>Puts keys under another master key.</summary>
    public Task RewrapAsync(IEnumerable<WrappedKey> keys, CancellationToken cancellationToken) =>
        WriteAsync($"UPDATE {Table} SET wrapped = @Wrapped, master = @Master WHERE id = @Id", keys, cancellationToken);

    /// <summary>Reads keys by id.</summary>
    public async Task<IReadOnlyList<WrappedKey>> ReadAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync(cancellationToken);
        var parameters = new DynamicParameters();
        parameters.Add("ids", KeyList.Of(Kind, ids));
        return await connection.QueryAsync<WrappedKey>(new CommandDefinition($"SELECT id, wrapped, master FROM {Table} WHERE {KeyList.In(Kind, "id", "ids")}", parameters, cancellationToken: cancellationToken));
    }

    /// <summary>Keys that are not under this master key.</summary>
    public async Task<IReadOnlyList<WrappedKey>> NotUnderAsync(string master, int most, CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync(cancellationToken);
        return await connection.QueryAsync<WrappedKey>(new CommandDefinition($"SELECT id, wrapped, master FROM {Table} WHERE master <> @master LIMIT {most}", new { master }, cancellationToken: cancellationToken));
    }

    /// <summary>How many keys are under which master key.</summary>
    public async Task<IReadOnlyList<MasterKeyUse>> CountAsync(CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync(cancellationToken);
        return await connection.QueryAsync<MasterKeyUse>(new CommandDefinition($"SELECT master AS MasterKey, count(*) AS SubjectKeys FROM {Table} GROUP BY master ORDER BY master", cancellationToken: cancellationToken));
    }

    /// <summary>Deletes a key so that its bytes are gone.</summary>
    public async Task DeleteAsync(Guid id, CancellationToken cancellationToken)
    {
        await WriteAsync($"DELETE FROM {Table} WHERE id = @id", new { id }, cancellationToken);
        if (postgres is not null)
        {
            // The dead row goes now rather than with the next automatic vacuum.
            await using var connection = await OpenAsync(cancellationToken);
            await connection.ExecuteAsync(new CommandDefinition($"VACUUM {Table}", cancellationToken: cancellationToken));
        }
    }

    public async ValueTask DisposeAsync()
    {
        sqliteWriter.Dispose();
        if (postgres is not null)
        {
            await postgres.DisposeAsync();
        }
    }

    private async Task WriteAsync(string sql, object parameters, CancellationToken cancellationToken)
    {
        var gate = postgres is null ? sqliteWriter : null;
        await (gate?.WaitAsync(cancellationToken) ?? Task.CompletedTask);
        try
        {
            await using var connection = await OpenAsync(cancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            await connection.ExecuteAsync(new CommandDefinition(sql, parameters, transaction, cancellationToken: cancellationToken));
            await transaction.CommitAsync(cancellationToken);
            await SocketThreads.Leave();
        }
        finally
        {
            gate?.Release();
        }
    }

    private async Task<DbConnection> OpenAsync(CancellationToken cancellationToken)
    {
        if (postgres is not null)
        {
            return await postgres.OpenConnectionAsync(cancellationToken);
        }

        var connection = new SqliteConnection(connectionString);
        await connection.OpenAsync(cancellationToken);
        await connection.ExecuteAsync("PRAGMA secure_delete = ON; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 10000");
        return connection;
    }
}
