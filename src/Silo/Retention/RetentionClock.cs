using System.Diagnostics.Metrics;
using LimoCha.Actors.Consent;
using LimoCha.Actors.Privacy;
using LimoCha.Actors.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LimoCha.Actors.Retention;

/// <summary>
/// Takes out what its purpose does not need any more (B1): every hour, in every silo; doing it twice changes nothing. Customers in the
/// recycle bin have a clock of their own (C3), and so have kept answers.
/// </summary>
internal sealed partial class RetentionClock(IEnumerable<IRetained> kept, PrivacyCatalogs catalogs, TimeProvider clock, ILogger<RetentionClock> logger) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromHours(1);
    private static readonly Counter<long> Purged = StorageMetrics.Meter.CreateCounter<long>("limocha.retention.purged", description: "What its purpose does not need any more, by purpose.");

    /// <summary>Purges once.</summary>
    internal async Task<int> PurgeAsync(CancellationToken cancellationToken = default)
    {
        var (catalog, all) = (await catalogs.GetAsync(), 0);
        foreach (var what in kept)
        {
            if (catalog.Find(what.Purpose)?.RetentionDays is { } days)
            {
                var purged = await what.PurgeAsync(clock.GetUtcNow().AddDays(-days), cancellationToken);
                Purged.Add(purged, new KeyValuePair<string, object?>("purpose", what.Purpose));
                all += purged;
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
                LogFailed(logger, error.GetType().Name);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "What its purpose does not need any more could not be taken out ({Why}); trying again in an hour")]
    private static partial void LogFailed(ILogger logger, [NotPersonal] string why);
}
