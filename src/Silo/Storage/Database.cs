using System.Data.Common;
using System.Runtime.CompilerServices;
using Dapper;
using LimoCha.Actors.Hosting;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;
using Npgsql;
using SQLitePCL;

namespace LimoCha.Actors.Storage;

/// <summary>The one database of a deployment: connections, and the few things in which its kinds differ.</summary>
public sealed class Database : IAsyncDisposable
{
    private readonly NpgsqlDataSource? postgres;
    private readonly NpgsqlDataSource? postgresWriter;
    private readonly NpgsqlDataSource? postgresProjector;
    private readonly SqliteWriter? sqlite;
    private readonly string connectionString;
    private readonly ConditionalWeakTable<sqlite3, object> set = [];
    private volatile bool disposed;

    static Database() => DapperTypes.Register();

    /// <summary>Opens nothing yet.</summary>
    public Database(IOptions<StorageOptions> options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var storage = options.Value;
        Kind = storage.Provider;
        if (Kind == DatabaseKind.PostgreSql)
        {
            var builder = new NpgsqlConnectionStringBuilder(storage.ConnectionString)
            {
                CommandTimeout = storage.CommandTimeoutSeconds, MaxAutoPrepare = 100, AutoPrepareMinUsages = 2,
                // No statement here leaves anything in its session that would have to be reset.
                IncludeErrorDetail = false, NoResetOnClose = true,
            };
            connectionString = builder.ConnectionString;
            var given = builder.Options;
            // What lists ask for is rare or common: a plan for both would be wrong for one.
            builder.Options = $"{given} -c plan_cache_mode=force_custom_plan".Trim();
            postgres = NpgsqlDataSource.Create(builder);
            // Batches join a short array with a large table by its key. A plan made while the table was small would
            // scan it; these connections are told never to.
            builder.Options = $"{given} -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c plan_cache_mode=force_generic_plan".Trim();
            builder.MaxPoolSize = Math.Max(storage.Lanes * 2 + 4, 8);
            postgresWriter = NpgsqlDataSource.Create(builder);
            builder.Options += " -c synchronous_commit=off";
            postgresProjector = NpgsqlDataSource.Create(builder);
        }
        else
        {
            var builder = new SqliteConnectionStringBuilder(storage.ConnectionString)
            {
                Pooling = true, DefaultTimeout = storage.CommandTimeoutSeconds,
            };
            connectionString = builder.ConnectionString;
            sqlite = new(connectionString);
        }
    }

    /// <summary>Which kind it is.</summary>
    public DatabaseKind Kind { get; }

    /// <summary>For providers that open their own connections.</summary>
    public string ConnectionString => connectionString;

    /// <summary>SQLite's writer.</summary>
    public SqliteWriter Sqlite => sqlite ?? throw new InvalidOperationException("The database is not SQLite.");

    /// <summary>An open connection for queries.</summary>
    public async Task<DbConnection> OpenAsync(CancellationToken cancellationToken = default)
    {
        if (postgres is not null)
        {
            return await OpenAsync(postgres, cancellationToken);
        }

        return OpenSqlite();
    }

    /// <summary>An open connection for the few callers that cannot wait asynchronously.</summary>
    public DbConnection Open()
    {
        if (postgres is null)
        {
            return OpenSqlite();
        }

        var connection = postgres.CreateConnection();
        connection.Open();
        return connection;
    }

    /// <summary>An open connection for batches of states. PostgreSQL only.</summary>
    public Task<NpgsqlConnection> OpenWriterAsync() => OpenAsync(postgresWriter!, default);

    /// <summary>
    /// An open connection for looks that follow an index however large the table has become: a plan that was made while it was small
    /// would scan it, every second anew.
    /// </summary>
    public async Task<DbConnection> OpenIndexedAsync(CancellationToken cancellationToken) =>
        postgresWriter is not null ? await OpenAsync(postgresWriter, cancellationToken) : await OpenAsync(cancellationToken);

    /// <summary>An open connection for batches of the read model: commits do not wait for the disk. PostgreSQL only.</summary>
    public Task<NpgsqlConnection> OpenProjectorAsync() => OpenAsync(postgresProjector!, default);

    /// <summary>Runs a statement that writes, in turn with the other writers where there can be one only.</summary>
    public async Task<int> ExecuteAsync(string sql, object? parameters = null, CancellationToken cancellationToken = default) =>
        await WriteAsync(connection => connection.ExecuteAsync(new CommandDefinition(sql, parameters, cancellationToken: cancellationToken)), cancellationToken);

    /// <summary>Does something that writes, in turn with the other writers where there can be one only.</summary>
    public async Task<T> WriteAsync<T>(Func<DbConnection, Task<T>> write, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(write);
        if (sqlite is not null)
        {
            return await sqlite.RunAsync(write, cancellationToken);
        }

        await using var connection = await OpenAsync(cancellationToken);
        return await write(connection);
    }

    /// <summary>A condition "column is one of @parameter", which <see cref="Keys"/> makes.</summary>
    public string In(string column, string parameter) => KeyList.In(Kind, column, parameter);

    /// <summary>
    /// A condition "column contains <paramref name="text"/>, whatever the case", with the pattern as @parameter. PostgreSQL compares what has
    /// no case, as Chinese and numbers have none, in half the time when it is not asked to ignore it.
    /// </summary>
    public string Contains(string column, string parameter, string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var compare = Kind == DatabaseKind.PostgreSql && text.Any(letter => char.ToUpperInvariant(letter) != char.ToLowerInvariant(letter) || char.IsSurrogate(letter)) ? "ILIKE" : "LIKE";
        return $"{column} {compare} @{parameter} ESCAPE '\\'";
    }

    /// <summary>Keys as the driver takes them for <see cref="In"/>.</summary>
    public DynamicParameters Keys(string parameter, IEnumerable<Guid> ids)
    {
        var parameters = new DynamicParameters();
        parameters.Add(parameter, KeyList.Of(Kind, ids));
        return parameters;
    }

    private SqliteConnection OpenSqlite()
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        var connection = new SqliteConnection(connectionString);
        connection.Open();
        // The driver's pool hands the same handle out again, with its settings.
        if (!set.TryGetValue(connection.Handle!, out _))
        {
            // What is read is mapped: a page costs no call into the system, and a commit of the writer takes none of it away.
            connection.Execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA secure_delete = ON; PRAGMA mmap_size = 1073741824");
            set.AddOrUpdate(connection.Handle!, connection.Handle!);
        }

        return connection;
    }

    private static async Task<NpgsqlConnection> OpenAsync(NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        try
        {
            return await source.OpenConnectionAsync(cancellationToken);
        }
        finally
        {
            await SocketThreads.Leave();
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        disposed = true;
        if (postgres is not null)
        {
            await postgres.DisposeAsync();
            await postgresWriter!.DisposeAsync();
            await postgresProjector!.DisposeAsync();
        }
        else
        {
            await Sqlite.DisposeAsync();
            SqliteConnection.ClearAllPools();
        }
    }
}
