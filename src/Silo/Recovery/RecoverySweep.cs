using Dapper;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Privacy;
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
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(2);

    /// <summary>
    /// After a page with nothing left behind a pass pauses so many times as long as the page took, and no longer than so long: one that somebody
    /// wanted leaves three quarters of a core, and of the database, to others; one that is due, nineteen twentieths.
    /// </summary>
    private static readonly (int Times, TimeSpan Longest) WhenWanted = (3, TimeSpan.FromSeconds(1)), WhenDue = (19, TimeSpan.FromSeconds(10));

    private static readonly string Time = GrainRowKey.TimeOf("GrainIdN0");

    /// <summary>One statement for all kinds: it is asked every second, mostly for nothing.</summary>
    private static readonly string WhatIsDue = string.Join(
        " UNION ALL ", ReadTables.Due.Select((kind, i) => $"SELECT * FROM (SELECT '{kind}' AS kind, id FROM {ReadTables.ByKind[kind].Name} WHERE wake_at <= @now ORDER BY wake_at LIMIT {Page}) d{i}"));

    /// <summary>
    /// The page before a row. By itself the comparison of rows is no place in an index for SQLite, when the index begins with an expression: each
    /// page would be looked for from the newest row on. So where it begins is said apart.
    /// </summary>
    internal static readonly string PageBefore = $"""
        SELECT {Time} AS Time, GrainIdN0, GrainIdN1, GrainTypeHash, GrainTypeString, Version
        FROM OrleansStorage
        WHERE {Time} <= @Time AND ({Time}, GrainIdN0, GrainIdN1, GrainTypeHash) < (@Time, @GrainIdN0, @GrainIdN1, @GrainTypeHash)
          AND ServiceId = @ServiceId AND PayloadBinary IS NOT NULL
        ORDER BY {Time} DESC, GrainIdN0 DESC, GrainIdN1 DESC, GrainTypeHash DESC
        LIMIT {Page}
        """;

    private readonly IGrainFactory grains;
    private readonly Database database;
    private readonly ClusterOptions cluster;
    private readonly RecoveryOptions options;
    private readonly TimeProvider clock;
    private readonly ILogger<RecoverySweep> logger;
    private readonly RecoverySignal signal;

    /// <summary>Made by Orleans, one a silo.</summary>
    public RecoverySweep(
        GrainId id, Silo silo, ILoggerFactory loggerFactory, IGrainFactory grains, Database database,
        IOptions<ClusterOptions> cluster, IOptions<RecoveryOptions> options, RecoverySignal signal, TimeProvider clock)
        : base(id, silo, loggerFactory)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        ArgumentNullException.ThrowIfNull(options);
        this.grains = grains;
        this.database = database;
        this.cluster = cluster.Value;
        this.options = options.Value;
        this.signal = signal;
        this.clock = clock;
        logger = loggerFactory.CreateLogger<RecoverySweep>();
    }

    /// <inheritdoc />
    public override Task OnRangeChange(IRingRange oldRange, IRingRange newRange, bool increased)
    {
        signal.Want();
        return base.OnRangeChange(oldRange, newRange, increased);
    }

    /// <inheritdoc />
    protected override async Task StartInBackground()
    {
        await base.StartInBackground();
        _ = RunAsync("sweep", SweepAsync, () => Task.WhenAny(signal.Wanted, DelayAsync(options.SweepPeriod)));
        _ = RunAsync("due", DueAsync, () => DelayAsync(options.DuePeriod));
    }

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
                await DelayAsync(AfterFailure).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
                continue;
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
        var wanted = signal.Begin();
        // From the newest on: what a crash left behind is most likely there.
        var before = new StoredRow { Time = long.MaxValue, GrainIdN0 = long.MaxValue, GrainIdN1 = long.MaxValue, GrainTypeHash = int.MaxValue };
        var recovered = 0;
        while (true)
        {
            var from = clock.GetTimestamp();
            IReadOnlyList<(GrainId Grain, int Version)> behind;
            await using (var connection = await database.OpenIndexedAsync(stopping))
            {
                var rows = await connection.QueryAsync<StoredRow>(PageBefore, new { before.Time, before.GrainIdN0, before.GrainIdN1, before.GrainTypeHash, cluster.ServiceId });
                if (rows.Count == 0)
                {
                    break;
                }

                before = rows[^1];
                behind = await BehindAsync(connection, rows);
            }

            await Parallel.ForEachAsync(behind, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = stopping }, async (actor, token) =>
                await grains.GetGrain<IDurableGrain>(actor.Grain).RecoverAsync(token));
            recovered += behind.Count;
            if (behind.Count == 0)
            {
                await Task.WhenAny(signal.Wanted, DelayAsync(PauseAfter(clock.GetElapsedTime(from), wanted)));
                stopping.ThrowIfCancellationRequested();
                if (!wanted && signal.Wanted.IsCompleted)
                {
                    // From the newest on again, and faster.
                    break;
                }
            }
        }

        StorageMetrics.Recovered.Add(recovered);
        if (recovered > 0)
        {
            LogRecovered(logger, recovered);
        }
    }

    /// <summary>How long a pass waits after a page that took so long.</summary>
    internal static TimeSpan PauseAfter(TimeSpan page, bool wanted)
    {
        var (times, longest) = wanted ? WhenWanted : WhenDue;
        return page < longest / times ? page * times : longest;
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
        List<DueRow> due;
        await using (var connection = await database.OpenIndexedAsync(stopping))
        {
            due = await connection.QueryAsync<DueRow>(WhatIsDue, new { now = clock.GetUtcNow() });
        }

        var range = RingRange;
        foreach (var (kind, rows) in due.GroupBy(row => row.Kind).Select(group => (group.Key, group.ToList())))
        {
            var type = GrainType.Create(kind);
            var mine = rows.Select(row => GrainId.Create(type, GrainIdKeyExtensions.CreateGuidKey(row.Id))).Where(grain => range.InRange(grain));
            await Parallel.ForEachAsync(mine, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = stopping }, async (grain, token) =>
            {
                try
                {
                    await grains.GetGrain<IDueGrain>(grain).OnDueAsync(token);
                }
                catch (Exception error) when (!token.IsCancellationRequested)
                {
                    // One that fails does not hold the others up; it is due again with the next look.
                    LogDueFailed(logger, kind, error.GetType().Name);
                }
            });
        }
    }

    private sealed record DueRow
    {
        public string Kind { get; init; } = "";
        public Guid Id { get; init; }
    }

    private sealed record StoredRow
    {
        public long Time { get; init; }
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
    private static partial void LogFailed(ILogger logger, [NotPersonal] string what, [NotPersonal] string error, [NotPersonal] string why);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Something due of a {Kind} failed ({Error}); it will be tried again")]
    private static partial void LogDueFailed(ILogger logger, [NotPersonal] string kind, [NotPersonal] string error);
}
