using System.Data.Common;
using Dapper;
using DbUp;
using DbUp.Builder;
using DbUp.Engine.Output;
using LimoCha.Actors.Privacy;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LimoCha.Actors.Storage;

/// <summary>
/// Brings the schema up to this version before anything else starts. Scripts run once each, in order of name; several
/// processes that start together wait for the first.
/// </summary>
public sealed partial class SchemaUpgrade(Database database, TimeProvider clock, ILogger<SchemaUpgrade> logger) : IHostedLifecycleService
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private const long AdvisoryLock = 0x4C696D6F436861; // "LimoCha"

    /// <summary>SQLite serves one process; within it, silos take turns.</summary>
    private static readonly SemaphoreSlim OneInProcess = new(1, 1);

    /// <inheritdoc />
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        if (database.Kind == DatabaseKind.PostgreSql)
        {
            await using var connection = await OpenAsync(cancellationToken);
            if (await IsCurrentAsync(connection, "PostgreSql"))
            {
                return;
            }

            await connection.ExecuteAsync("SELECT pg_advisory_lock(@AdvisoryLock)", new { AdvisoryLock });
            try
            {
                Upgrade(DeployChanges.To.PostgresqlDatabase(database.ConnectionString), "PostgreSql");
            }
            finally
            {
                await connection.ExecuteAsync("SELECT pg_advisory_unlock(@AdvisoryLock)", new { AdvisoryLock });
            }
        }
        else
        {
            var file = new SqliteConnectionStringBuilder(database.ConnectionString).DataSource;
            if (Path.GetDirectoryName(Path.GetFullPath(file)) is { Length: > 0 } folder)
            {
                Directory.CreateDirectory(folder);
            }

            await using (var connection = await database.OpenAsync(cancellationToken))
            {
                if (await IsCurrentAsync(connection, "Sqlite"))
                {
                    return;
                }
            }

            await OneInProcess.WaitAsync(cancellationToken);
            try
            {
                Upgrade(DeployChanges.To.SqliteDatabase(database.ConnectionString), "Sqlite");
            }
            finally
            {
                OneInProcess.Release();
            }
        }
    }

    /// <inheritdoc />
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>A server that is still starting, as after a restart of everything, is waited for.</summary>
    private async Task<DbConnection> OpenAsync(CancellationToken cancellationToken)
    {
        var since = clock.GetTimestamp();
        while (true)
        {
            try
            {
                return await database.OpenAsync(cancellationToken);
            }
            catch (Npgsql.NpgsqlException error) when (error.IsTransient && clock.GetElapsedTime(since) < Patience)
            {
                LogWaiting(logger, StorageErrors.Describe(error));
                await Task.Delay(Pause, clock, cancellationToken);
            }
        }
    }

    /// <summary>True when every script has run: most starts need no more than this look.</summary>
    private static async Task<bool> IsCurrentAsync(DbConnection connection, string folder)
    {
        try
        {
            var run = (await connection.QueryAsync<string>("SELECT scriptname FROM schemaversions")).ToHashSet();
            return typeof(SchemaUpgrade).Assembly.GetManifestResourceNames().Where(name => IsScript(name, folder)).All(run.Contains);
        }
        catch (DbException)
        {
            // There is no such table yet; whatever else is wrong, the upgrade says it.
            return false;
        }
    }

    private static bool IsScript(string name, string folder) => name.Contains($".Schema.{folder}.", StringComparison.Ordinal);

    private void Upgrade(UpgradeEngineBuilder builder, string folder)
    {
        var engine = builder
            .WithScriptsEmbeddedInAssembly(typeof(SchemaUpgrade).Assembly, name => IsScript(name, folder))
            .WithTransactionPerScript()
            .WithVariablesDisabled()
            .LogTo(new NoOpUpgradeLog())
            .Build();
        var result = engine.PerformUpgrade();
        if (!result.Successful)
        {
            throw new InvalidOperationException($"The schema script {result.ErrorScript?.Name} failed; the database is as it was before it.", result.Error);
        }

        foreach (var script in result.Scripts)
        {
            LogApplied(logger, script.Name);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Waiting for the database: {Why}")]
    private static partial void LogWaiting(ILogger logger, [NotPersonal] string why);

    [LoggerMessage(Level = LogLevel.Information, Message = "Schema script {Script} applied")]
    private static partial void LogApplied(ILogger logger, [NotPersonal] string script);
}
