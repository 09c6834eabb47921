using System.Diagnostics.Metrics;
using Dapper;
using LimoCha.Actors.Consent;
using LimoCha.Actors.Privacy;
using LimoCha.Actors.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LimoCha.Actors.Retention;

/// <summary>
/// Takes out what its purpose does not need any more (B1): every hour, in one silo of them all, for there may be much; doing it twice changes
/// nothing. Customers in the recycle bin have a clock of their own (C3), and so have kept answers.
/// </summary>
internal sealed partial class RetentionClock(IEnumerable<IRetained> kept, Database database, PrivacyCatalogs catalogs, TimeProvider clock, ILogger<RetentionClock> logger) : BackgroundService
{
    /// <summary>Whoever holds it on PostgreSQL purges.</summary>
    internal const long Lock = 5502938347127204;
    private static readonly TimeSpan Period = TimeSpan.FromHours(1);
    private static readonly Counter<long> Purged = StorageMetrics.Meter.CreateCounter<long>("limocha.retention.purged", description: "What its purpose does not need any more, by purpose.");

    /// <summary>Purges once, unless another silo is at it.</summary>
    internal async Task<int> PurgeAsync(CancellationToken cancellationToken = default)
    {
        if (database.Kind == DatabaseKind.Sqlite)
        {
            return await PurgeAllAsync(cancellationToken);
        }

        // Of the session, not of a transaction: one that lasts for minutes keeps the server from cleaning up.
        await using var connection = await database.OpenAsync(cancellationToken);
        if (!await connection.QuerySingleAsync<bool>("SELECT pg_try_advisory_lock(@Lock)", new { Lock }))
        {
            return 0;
        }

        try
        {
            return await PurgeAllAsync(cancellationToken);
        }
        finally
        {
            await connection.ExecuteAsync("SELECT pg_advisory_unlock(@Lock)", new { Lock });
        }
    }

    private async Task<int> PurgeAllAsync(CancellationToken cancellationToken)
    {
        var (catalog, all) = (await catalogs.GetAsync(), 0);
        foreach (var what in kept)
        {
            if (catalog.Find(what.Purpose)?.RetentionDays is { } days)
            {
                try
                {
                    var purged = await what.PurgeAsync(clock.GetUtcNow().AddDays(-days), cancellationToken);
                    Purged.Add(purged, new KeyValuePair<string, object?>("purpose", what.Purpose));
                    all += purged;
                }
                catch (Exception error) when (!cancellationToken.IsCancellationRequested && error is not OutOfMemoryException)
                {
                    // The others do not wait for it.
                    LogFailed(logger, what.Purpose, error.GetType().Name);
                }
            }
        }

        return all;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await PurgeAsync(stoppingToken);
            }
            catch (Exception error) when (!stoppingToken.IsCancellationRequested && error is not OutOfMemoryException)
            {
                // In an hour again.
                LogFailed(logger, "all purposes", error.GetType().Name);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "What {Purpose} does not need any more could not be taken out ({Why}); trying again in an hour")]
    private static partial void LogFailed(ILogger logger, [NotPersonal] string purpose, [NotPersonal] string why);
}
