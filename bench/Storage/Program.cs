using System.Diagnostics;
using System.Globalization;
using HdrHistogram;
using LimoCha.Actors.Hosting;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Storage;
using LimoCha.Bench;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Runtime;
using Orleans.Storage;

// Grain storage alone: the product's group commit and Microsoft.Orleans.Persistence.AdoNet, in one process, on one table of one
// database, taking turns.
//   <PostgreSql|Sqlite> <connection string> <rounds> <seconds> <silo port> <gateway port> [<database pid>]
// Prints a JSON line a measurement: states written as fast as 256 writers can, the time of a write when there is one writer, and
// actors coming up from storage.
//   sealing <rounds>: what it takes to seal and open the contact data of a customer.
//   grown <connection string> <master key>: seals the customers that bench/scenarios/growth.sql has copied, and prints one's name and company, escaped for a query.
if (args is ["sealing", var times])
{
    SealingCost.Measure(Number(times));
    return;
}

if (args is ["grown", var database, var masterKey])
{
    var (name, company) = await GrownCustomers.SealAsync(database, masterKey);
    Console.WriteLine($"{Uri.EscapeDataString(name)} {Uri.EscapeDataString(company)}");
    return;
}

const string Limit = "nothing read, the limit";
const string Plain = "AdoNet, read as the product's actors read";
const int Times = 4;
const int WarmUps = 12;
var (kind, connection, rounds, seconds) = (args[0], args[1], Number(args[2]), Number(args[3]));
// Two silos in this process: the product's, and one with the provider as its users have it. Either storage is in both.
using var host = await StartAsync(product: true, Number(args[4]), Number(args[5]));
using var plain = await StartAsync(product: false, Number(args[4]) + 100, Number(args[5]) + 100);

var cpu = new Cpu([.. new[] { Environment.ProcessId.ToString(CultureInfo.InvariantCulture) }, .. args.Skip(6)]);
var (grains, plainGrains) = (host.Services.GetRequiredService<IGrainFactory>(), plain.Services.GetRequiredService<IGrainFactory>());
(string Name, string Provider)[] providers = [("AdoNet", "AdoNet"), ("group commit", "Default")];
(string Name, Func<Guid, IBenchGrain> Grain)[] actors =
[
    ("AdoNet", id => plainGrains.Grain<IAdoNetGrain>(id)),
    (Plain, id => grains.Grain<IPlainAdoNetGrain>(id)),
    ("group commit", id => grains.Grain<IGroupCommitGrain>(id)),
];
var written = providers.ToDictionary(provider => provider.Name, _ => new List<Guid>());

for (var round = 0; round <= rounds; round++)
{
    // The first round compiles and is not recorded.
    foreach (var (name, provider) in providers)
    {
        var storage = host.Services.GetRequiredKeyedService<IGrainStorage>(provider);
        await WriteAsync(name, storage, writers: 256, round);
        await WriteAsync(name, storage, writers: 1, round);
    }

    // Of what the fastest wrote, for all: either provider reads the other's rows. Each comes up once in the rounds that are recorded. The way of an actor
    // that comes up is compiled anew until some ten times as many have gone it, and one time is too short for a collection of everything not to decide.
    var list = written.Values.MaxBy(list => list.Count)!;
    for (var time = 0; time < (round == 0 ? WarmUps : Times); time++)
    {
        var many = Math.Min(20_000, list.Count / (actors.Length + 1));
        foreach (var (name, grain) in actors)
        {
            await ActivateAsync(name, grain, list[..many], round);
            list.RemoveRange(0, round == 0 ? 0 : many);
        }

        await ActivateAsync(Limit, id => grains.Grain<IStatelessGrain>(id), [.. Enumerable.Range(0, many).Select(_ => Guid.CreateVersion7())], round);
    }
}

// How the queue behaves from one writer to many; bench/Load/GroupCommitQueue.cs predicts it from the two ends.
for (var round = 1; round <= rounds; round++)
{
    foreach (var writers in (int[])[1, 4, 16, 64, 256, 1024])
    {
        await WriteAsync("group commit", host.Services.GetRequiredKeyedService<IGrainStorage>("Default"), writers, round, curve: true);
    }
}

await plain.StopAsync();
await host.StopAsync();

async Task<IHost> StartAsync(bool product, int siloPort, int gatewayPort)
{
    var builder = Host.CreateApplicationBuilder();
    builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
    {
        ["Storage:Provider"] = kind, ["Storage:ConnectionString"] = connection, ["Logging:LogLevel:Default"] = "None",
        ["Privacy:MasterKeys:1"] = Convert.ToBase64String(new byte[32]),
    });
    builder.AddLimoChaDatabase();
    builder.Services.AddHostedService<SchemaUpgrade>();
    builder.UseOrleans(silo =>
    {
        silo.UseLocalhostClustering(siloPort, gatewayPort);
        silo.AddLimoChaStorage();
        if (product)
        {
            silo.AddLimoChaDirectory(ClusterMode.Localhost);
        }

        // A cold actor is one that is not there: those that came up are taken down together, in nobody's time.
        silo.Configure<GrainCollectionOptions>(collection => collection.CollectionAge = TimeSpan.FromHours(2));
    });
    var built = builder.Build();
    await built.StartAsync();
    return built;
}

async Task WriteAsync(string contender, IGrainStorage storage, int writers, int round, bool curve = false)
{
    var (histogram, total, refused) = (new LongConcurrentHistogram(1, 60_000_000, 3), 0L, 0L);
    var (before, watch) = Begin();
    await Task.WhenAll(Enumerable.Range(0, writers).Select(writer => Task.Run(async () =>
    {
        while (watch.Elapsed.TotalSeconds < (writers == 1 || curve ? seconds / 2.0 : seconds))
        {
            var id = Guid.CreateVersion7();
            var grain = GrainId.Create(GrainType.Create("bench"), GrainIdKeyExtensions.CreateGuidKey(id));
            var state = new GrainState<BenchState> { State = State(writer) };
            var from = Stopwatch.GetTimestamp();
            try
            {
                await storage.WriteStateAsync("bench", grain, state);
            }
            catch (System.Data.Common.DbException)
            {
                // A provider that lets the database refuse writers has written less.
                Interlocked.Increment(ref refused);
                continue;
            }

            histogram.RecordValue(Math.Max(1, (Stopwatch.GetTimestamp() - from) * 1_000_000 / Stopwatch.Frequency));
            Interlocked.Increment(ref total);
            lock (written)
            {
                written[contender].Add(id);
            }
        }
    })));
    var elapsed = watch.Elapsed.TotalSeconds;
    var after = cpu.Now();
    if (round == 0)
    {
        return;
    }

    if (curve)
    {
        Console.WriteLine(new Line($"Group commit on {kind}, {writers} writers", "measured", "rows/s", "more", Math.Round(total / elapsed), new()
        {
            ["writers"] = writers, ["p50 µs"] = histogram.GetValueAtPercentile(50), ["process CPU µs each"] = Each(before.Server, after.Server, total),
        }));
    }
    else if (writers == 1)
    {
        Print(contender, $"One lone writer on {kind}", "µs (p50)", "less", histogram.GetValueAtPercentile(50), new() { ["p99"] = histogram.GetValueAtPercentile(99) }, ("AdoNet", 1.1));
    }
    else
    {
        Print(contender, $"States written by {writers} writers on {kind}", "rows/s", "more", total / elapsed, new()
        {
            ["p99 ms"] = Math.Round(histogram.GetValueAtPercentile(99) / 1000.0, 1), ["process CPU µs each"] = Each(before.Server, after.Server, total), ["database CPU µs each"] = Each(before.Database, after.Database, total), ["refused"] = refused,
        }, ("AdoNet", 0), floor: 20_000);
    }
}

async Task ActivateAsync(string contender, Func<Guid, IBenchGrain> grain, List<Guid> ids, int round)
{
    const int callers = 256;
    Random.Shared.Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(ids));
    var next = -1;
    var (before, watch) = Begin();
    await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(async () =>
    {
        for (var i = Interlocked.Increment(ref next); i < ids.Count; i = Interlocked.Increment(ref next))
        {
            if (await grain(ids[i]).RoundAsync() != 1)
            {
                throw new InvalidOperationException("The state was not there.");
            }
        }
    })));
    var elapsed = watch.Elapsed.TotalSeconds;
    var after = cpu.Now();
    foreach (var silo in (IGrainFactory[])[grains, plainGrains])
    {
        await silo.GetGrain<IManagementGrain>(0).ForceActivationCollection(TimeSpan.Zero);
    }

    if (round > 0)
    {
        Print(contender, $"Actors coming up from {kind}", "activations/s", "more", ids.Count / elapsed, new()
        {
            ["process CPU µs each"] = Each(before.Server, after.Server, ids.Count), ["database CPU µs each"] = Each(before.Database, after.Database, ids.Count),
        }, contender is Limit or Plain ? ("", 0) : ("AdoNet", 4));
    }
}

// What others left is not to be collected in this one's time.
(Cpu.Sample Before, Stopwatch Watch) Begin()
{
    GC.Collect();
    return (cpu.Now(), Stopwatch.StartNew());
}

static BenchState State(int writer) => new()
{
    Title = $"Visit {writer}", Description = new string('x', 300), Assignee = Guid.CreateVersion7(), Customer = Guid.CreateVersion7(), At = DateTimeOffset.UtcNow, Round = 1,
    Tags = ["visit", "contract", "samples", "signature", "photo"],
};

static double Each(long from, long to, long many) => Math.Round((to - from) / (double)Math.Max(1, many), 1);

static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

static void Print(string contender, string measure, string unit, string better, double value, Dictionary<string, double> extras, (string Against, double Ratio) goal, double? floor = null) =>
    Console.WriteLine(new Line(
        measure, contender, unit, better, Math.Round(value, 1), extras,
        contender == goal.Against || goal.Ratio == 0 ? null : new() { [goal.Against] = goal.Ratio }, contender == goal.Against ? null : floor));
