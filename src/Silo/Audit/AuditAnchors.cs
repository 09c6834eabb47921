using System.Globalization;
using System.Text.Json;
using Dapper;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Privacy;
using LimoCha.Actors.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LimoCha.Actors.Audit;

/// <summary>The end of a partition's chain at a day's end, signed.</summary>
[NotPersonal]
public sealed record AnchorRow
{
    public const string Columns = "day, partition, seq, hash, jws";
    public string Day { get; init; } = "";
    public int Partition { get; init; }
    public long Seq { get; init; }
    public string Hash { get; init; } = "";
    public string Jws { get; init; } = "";
}

/// <summary>
/// Anchors the trail once a day: the end of each chain, signed, in the database and in the log, from where it leaves the machine. Who
/// rewrote the whole chain could not rewrite that.
/// </summary>
internal sealed partial class AuditAnchors(Database database, IAuditLog log, SigningKeys signing, CompanyDays days, TimeProvider clock, ILogger<AuditAnchors> logger) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(10);

    /// <summary>Anchors the end of every chain under the day; what is anchored already stays.</summary>
    public async Task AnchorAsync(DateOnly day, CancellationToken cancellationToken)
    {
        for (var partition = 0; partition < AuditPartitions.Count; partition++)
        {
            var head = await log.HeadAsync(partition, cancellationToken);
            if (head.Seq == 0)
            {
                continue;
            }

            var name = day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            var jws = await signing.SignAsync(JsonSerializer.Serialize(new { day = name, partition, seq = head.Seq, hash = head.Hash }), "audit-anchor", cancellationToken);
            var written = await database.ExecuteAsync(
                "INSERT INTO audit_anchor (day, partition, seq, hash, jws) VALUES (@name, @partition, @Seq, @Hash, @jws) ON CONFLICT (day, partition) DO NOTHING",
                new { name, partition, head.Seq, head.Hash, jws }, cancellationToken);
            if (written == 1)
            {
                LogAnchored(logger, name, partition, head.Seq, head.Hash);
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, clock);
        DateOnly? anchored = null;
        do
        {
            try
            {
                var yesterday = days.Today.AddDays(-1);
                if (anchored != yesterday)
                {
                    await AnchorAsync(yesterday, stoppingToken);
                    anchored = yesterday;
                }
            }
            catch (Exception error) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(logger, StorageErrors.Describe(error));
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Audit anchor {Day}: partition {Partition} ends at {Seq} with {Hash}")]
    private static partial void LogAnchored(ILogger logger, [NotPersonal] string day, int partition, long seq, [NotPersonal] string hash);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The audit trail could not be anchored: {Why}")]
    private static partial void LogFailed(ILogger logger, [NotPersonal] string why);
}
