using Dapper;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.ReadModel;
using LimoCha.Actors.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;
using Orleans.Configuration;
using Orleans.Services;

namespace LimoCha.Actors.Recovery;

/// <summary>The recovery sweep of a silo.</summary>
public interface IRecoverySweep : IGrainService;

/// <summary>
/// Finds what a crash left behind. Every silo compares, for its part of the ring, the stored version of each actor with
/// the version of its row in the read model, and wakes those that differ; their outbox then goes out again. It does so
/// at the start, when the membership changes, and on a slow period. It also wakes actors whose due time has come.
/// </summary>
[Reentrant]
public sealed partial class RecoverySweep : GrainService, IRecoverySweep
{
    private const int Page = 500;
    private const int AtOnce = 16;

    private readonly IGrainFactory grains;
    private readonly Database database;
    private readonly ClusterOptions cluster;
    private readonly RecoveryOptions options;
    private readonly TimeProvider clock;
    private readonly ILogger<RecoverySweep> logger;
    private TaskCompletionSource wanted = New();

    /// <summary>Made by Orleans, one a silo.</summary>
    public RecoverySweep(
        GrainId id, Silo silo, ILoggerFactory loggerFactory, IGrainFactory grains, Database database,
        IOptions<ClusterOptions> cluster, IOptions<RecoveryOptions> options, TimeProvider clock)
        : base(id, silo, loggerFactory)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        ArgumentNullException.ThrowIfNull(options);
        this.grains = grains;
        this.database = database;
        this.cluster = cluster.Value;
        this.options = options.Value;
        this.clock = clock;
        logger = loggerFactory.CreateLogger<RecoverySweep>();
    }

    /// <inheritdoc />
    public override Task OnRangeChange(IRingRange oldRange, IRingRange newRange, bool increased)
    {
        wanted.TrySetResult();
        return base.OnRangeChange(oldRange, newRange, increased);
    }

    /// <inheritdoc />
    protected override async Task StartInBackground()
    {
        await base.StartInBackground();
        _ = RunAsync("sweep", SweepAsync, () => Task.WhenAny(wanted.Task, DelayAsync(options.SweepPeriod)));
        _ = RunAsync("due", DueAsync, () => DelayAsync(options.DuePeriod));
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Task DelayAsync(TimeSpan period) => Task.Delay(period, clock, StoppedCancellationTokenSource.Token);

    private async Task RunAsync(string what, Func<CancellationToken, Task> work, Func<Task> wait)
    {
        var stopping = StoppedCancellationTokenSource.Token;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await work(stopping);
            }
            catch (Exception error) when (!stopping.IsCancellationRequested)
            {
                LogFailed(logger, what, error.GetType().Name, StorageErrors.Describe(error));
            }
            catch (OperationCanceledException)
            {
                return;
            }

            await wait().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }
    }

    private async Task SweepAsync(CancellationToken stopping)
    {
        wanted = New();
        var after = new StoredRow { GrainIdHash = int.MinValue, GrainIdN0 = long.MinValue, GrainIdN1 = long.MinValue, GrainTypeHash = int.MinValue };
        var recovered = 0;
        while (true)
        {
            IReadOnlyList<(GrainId Grain, int Version)> behind;
            await using (var connection = await database.OpenAsync(stopping))
            {
                var rows = (await connection.QueryAsync<StoredRow>(
                    $"""
                    SELECT GrainIdHash, GrainIdN0, GrainIdN1, GrainTypeHash, GrainTypeString, Version
                    FROM OrleansStorage
                    WHERE (GrainIdHash, GrainIdN0, GrainIdN1, GrainTypeHash) > (@GrainIdHash, @GrainIdN0, @GrainIdN1, @GrainTypeHash)
                      AND ServiceId = @ServiceId AND PayloadBinary IS NOT NULL
                    ORDER BY GrainIdHash, GrainIdN0, GrainIdN1, GrainTypeHash
                    LIMIT {Page}
                    """,
                    new { after.GrainIdHash, after.GrainIdN0, after.GrainIdN1, after.GrainTypeHash, cluster.ServiceId })).AsList();
                if (rows.Count == 0)
                {
                    break;
                }

                after = rows[^1];
                behind = await BehindAsync(connection, rows);
            }

            await Parallel.ForEachAsync(behind, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = stopping }, async (actor, token) =>
                await grains.GetGrain<IDurableGrain>(actor.Grain).RecoverAsync(token));
            recovered += behind.Count;
        }

        if (recovered > 0)
        {
            StorageMetrics.Recovered.Add(recovered);
            LogRecovered(logger, recovered);
        }
    }

    private async Task<IReadOnlyList<(GrainId, int)>> BehindAsync(System.Data.Common.DbConnection connection, List<StoredRow> rows)
    {
        var range = RingRange;
        List<(GrainId, int)> behind = [];
        foreach (var kind in rows.GroupBy(row => row.GrainTypeString).Where(group => ReadTables.ByKind.ContainsKey(group.Key)))
        {
            var type = GrainType.Create(kind.Key);
            var stored = kind.Select(row => (row.Id, row.Version, Grain: GrainId.Create(type, GrainIdKeyExtensions.CreateGuidKey(row.Id))))
                .Where(row => range.InRange(row.Grain)).ToList();
            var projected = (await connection.QueryAsync<VersionRow>(
                $"SELECT id, version FROM {ReadTables.ByKind[kind.Key].Name} WHERE {database.In("id", "ids")}",
                database.Keys("ids", stored.Select(row => row.Id)))).ToDictionary(row => row.Id, row => row.Version);
            behind.AddRange(stored.Where(row => projected.GetValueOrDefault(row.Id) != row.Version).Select(row => (row.Grain, row.Version)));
        }

        return behind;
    }

    private async Task DueAsync(CancellationToken stopping)
    {
        List<Guid> due;
        await using (var connection = await database.OpenAsync(stopping))
        {
            due = (await connection.QueryAsync<Guid>($"SELECT id FROM task WHERE wake_at <= @now ORDER BY wake_at LIMIT {Page}", new { now = clock.GetUtcNow() })).AsList();
        }

        var range = RingRange;
        var type = GrainType.Create("task");
        foreach (var id in due)
        {
            var grain = GrainId.Create(type, GrainIdKeyExtensions.CreateGuidKey(id));
            if (range.InRange(grain))
            {
                await grains.GetGrain<IDueGrain>(grain).OnDueAsync(stopping);
            }
        }
    }

    private sealed record StoredRow
    {
        public int GrainIdHash { get; init; }
        public long GrainIdN0 { get; init; }
        public long GrainIdN1 { get; init; }
        public int GrainTypeHash { get; init; }
        public string GrainTypeString { get; init; } = "";
        public int Version { get; init; }
        public Guid Id => GrainRowKey.GuidOf(GrainIdN0, GrainIdN1);
    }

    private sealed record VersionRow
    {
        public Guid Id { get; init; }
        public int Version { get; init; }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The recovery sweep brought {Count} actors up to date")]
    private static partial void LogRecovered(ILogger logger, int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The {What} pass failed ({Error}): {Why}; it will run again")]
    private static partial void LogFailed(ILogger logger, string what, string error, string why);
}
