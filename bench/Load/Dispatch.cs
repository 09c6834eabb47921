using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using HdrHistogram;

namespace LimoCha.Bench;

internal sealed record User(Guid Id, string Token);

/// <summary>Tasks posted by callers, shown by devices.</summary>
internal sealed class Dispatch : IAsyncDisposable
{
    private const int MaxConnections = 512;
    private const int OverloadConnections = 2_000;
    private const int MaxPosts = 8_000_000;
    /// <summary>Seconds: the generator is a new process and its code too, and a server has just greeted its devices.</summary>
    private const int WarmUp = 15;
    /// <summary>What a server that refuses is compared with: its own rate at saturation, alone and while a bare server refuses the others.</summary>
    private const string Saturated = "product, as fast as the answers come";
    private const string SaturatedBeside = "product, the others refused by a bare server";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Uri address;
    private readonly bool works;
    private readonly User caller;
    private readonly List<User> people;
    private readonly List<Device> devices = [];
    private readonly Callers callers;

    // By the number in a task's title: when it was due; 0 once it was shown or refused.
    private readonly long[] due = new long[MaxPosts];
    private readonly LongConcurrentHistogram shown = new(1, TimeSpan.FromMinutes(2).Ticks / 10, 3);
    private readonly LongConcurrentHistogram answered = new(1, TimeSpan.FromMinutes(2).Ticks / 10, 3);
    private readonly LongConcurrentHistogram turnedAway = new(1, TimeSpan.FromMinutes(2).Ticks / 10, 3);
    private long posted, received, again, completed;
    private Callers? others;
    private int othersRate;

    // Answers that are neither made nor refused, by status; 0 is a connection that broke.
    private readonly ConcurrentDictionary<int, int> failures = [];
    // Connections of devices that the server ended, by what it said.
    private readonly ConcurrentDictionary<string, int> ends = [];

    private Dispatch(Uri address, List<User> users, int count, bool works)
    {
        (this.address, this.works) = (address, works);
        caller = users[0];
        people = [.. users.Skip(1).Take(count)];
        callers = new(address, "/api/v1/tasks", caller.Token);
    }

    /// <summary>The part of the requests that say that they are traced, 0 to 1. Which they are is the number's to say, so that no round has more of them.</summary>
    public double Traced { get; set; }

    /// <summary>Requests that this server should turn away are posted to another meanwhile, at a fixed rate.</summary>
    public void Beside(Uri other, int rate) => (others, othersRate) = (new(other, "/api/v1/tasks", caller.Token), rate);

    /// <summary>Connects everybody. Devices that work take each task through its steps to the end.</summary>
    public static async Task<Dispatch> ConnectAsync(Uri address, string usersFile, int count, bool works)
    {
        var run = new Dispatch(address, JsonSerializer.Deserialize<List<User>>(await File.ReadAllTextAsync(usersFile), JsonSerializerOptions.Web)!, count, works);
        await Parallel.ForEachAsync(run.people, new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (person, token) =>
        {
            var device = new Device(address, person, run.Shown, works: works, ended: why => run.ends.AddOrUpdate(why, 1, (_, count) => count + 1));
            await device.ConnectAsync(token);
            lock (run.devices)
            {
                run.devices.Add(device);
            }
        });
        return run;
    }

    /// <summary>Warms up, measures, and answers one JSON line.</summary>
    public Task<Line> MeasureAsync(string mode, string contender, int load, int seconds, Cpu cpu) =>
        MeasureAsync(mode, contender, load, seconds, cpu, WarmUp);

    /// <summary>The same, with so many seconds to warm up.</summary>
    public async Task<Line> MeasureAsync(string mode, string contender, int load, int seconds, Cpu cpu, int warmUp)
    {
        await RunAsync(mode, load, warmUp);
        await DrainAsync();
        var measuredFrom = posted;
        (received, again, completed) = (0, 0, 0);
        failures.Clear();
        ends.Clear();
        shown.Reset();
        answered.Reset();
        turnedAway.Reset();
        var syncs = devices.Sum(device => device.SyncsAgain);
        var before = cpu.Now();
        var watch = Stopwatch.StartNew();
        await RunAsync(mode, load, seconds);
        var elapsed = watch.Elapsed.TotalSeconds;
        await DrainAsync();
        var after = cpu.Now();
        var lost = posted - measuredFrom - due.AsSpan((int)measuredFrom, (int)(posted - measuredFrom)).Count(0L);
        double Each(long from, long to) => completed == 0 ? 0 : Math.Round((to - from) / (double)completed, 1);
        var closed = mode == "closed";
        if (mode == "overload")
        {
            return new(
                "Three times what it can do", contender, "dispatches/s", "more", Math.Round(completed / elapsed, 1),
                new()
                {
                    ["offered/s"] = Math.Round((posted - measuredFrom) / elapsed), ["refused/s"] = Math.Round(turnedAway.TotalCount / elapsed), ["refused after p99 ms"] = Ms(turnedAway, 99), ["answered p99 ms"] = Ms(answered, 99),
                    ["shown p99 ms"] = Ms(shown, 99), ["server CPU µs each"] = Each(before.Server, after.Server), ["database CPU µs each"] = Each(before.Database, after.Database),
                    ["generator CPU µs each"] = Each(before.Generator, after.Generator), ["lost"] = lost, ["errors"] = failures.Values.Sum(),
                },
                new() { [Saturated] = 0.9, [SaturatedBeside] = 0.9 });
        }

        Dictionary<string, double>? goals = contender != "product" ? null : closed ? new() { ["conventional"] = 3, ["conventional-full"] = 3, ["push-only"] = 0.5 } : new() { ["conventional"] = 0.5 };
        var line = new Line(
            closed ? "As fast as the answers come" : string.Create(CultureInfo.InvariantCulture, $"At a fixed rate of {load}/s"), contender,
            closed ? "dispatches/s" : "shown p99 ms", closed ? "more" : "less", closed ? Math.Round(completed / elapsed, 1) : Ms(shown, 99),
            new()
            {
                ["rate/s"] = Math.Round(completed / elapsed, 1), ["shown p50 ms"] = Ms(shown, 50), ["shown p99 ms"] = Ms(shown, 99), ["answered p99 ms"] = Ms(answered, 99),
                ["server CPU µs each"] = Each(before.Server, after.Server), ["database CPU µs each"] = Each(before.Database, after.Database), ["generator CPU µs each"] = Each(before.Generator, after.Generator),
                ["lost"] = lost, ["sent again"] = again, ["whole sets again"] = devices.Sum(device => device.SyncsAgain) - syncs, ["refused"] = turnedAway.TotalCount, ["errors"] = failures.Values.Sum(),
            },
            goals);
        foreach (var (status, count) in failures)
        {
            line.Extras![$"errors {status}"] = count;
        }

        foreach (var (why, count) in ends)
        {
            line.Extras![$"devices cut off ({why})"] = count;
        }

        return line;
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(devices.Select(device => device.DisposeAsync().AsTask()));
        callers.Dispose();
        others?.Dispose();
    }

    /// <summary>What was posted in time may arrive, and be completed, a little later; what has not come by then is lost.</summary>
    private async Task DrainAsync()
    {
        var patience = Stopwatch.StartNew();
        while ((due.AsSpan(0, (int)posted).ContainsAnyExcept(0L) || works && devices.Any(device => device.Open > 0)) && patience.Elapsed < Patience)
        {
            await Task.Delay(50);
        }
    }

    private async Task RunAsync(string mode, int load, int seconds)
    {
        var end = Stopwatch.GetTimestamp() + seconds * Stopwatch.Frequency;
        if (mode == "closed")
        {
            var beside = others is null ? Task.CompletedTask : Callers.AtRateAsync(othersRate, end, OverloadConnections, async since => Refused(await others.PostAsync(Body(0, caller)), since));
            await Task.WhenAll(Enumerable.Range(0, load).Select(async worker =>
            {
                var random = new Random(worker);
                while (Stopwatch.GetTimestamp() < end)
                {
                    await PostAsync(people[random.Next(people.Count)], Stopwatch.GetTimestamp());
                }
            }));
            await beside;
            return;
        }

        var choose = new Random(1);
        await Callers.AtRateAsync(load, end, mode == "overload" ? OverloadConnections : MaxConnections, since => PostAsync(people[choose.Next(people.Count)], since));
    }

    private async Task PostAsync(User to, long since)
    {
        var number = Interlocked.Increment(ref posted) - 1;
        due[number] = since;
        var status = await callers.PostAsync(Body(number, to), number * Traced % 1 < Traced ? TraceParent() : null);
        if (status == 201)
        {
            Interlocked.Increment(ref completed);
            answered.RecordValue(Math.Max(1, Microseconds(since)));
            return;
        }

        due[number] = 0;
        Refused(status, since);
    }

    private void Refused(int status, long since)
    {
        if (status == 429)
        {
            turnedAway.RecordValue(Math.Max(1, Microseconds(since)));
        }
        else
        {
            failures.AddOrUpdate(status, 1, (_, count) => count + 1);
        }
    }

    private static string TraceParent() => $"00-{ActivityTraceId.CreateRandom()}-{ActivitySpanId.CreateRandom()}-01";

    private static string Body(long number, User to) => string.Create(CultureInfo.InvariantCulture,
        $$"""{"title":"{{number:D9}}","assigneeId":"{{to.Id}}","description":"Bring the contract and the samples, and ask for the signed copy."}""");

    private void Shown(ReadOnlySpan<byte> title, bool known)
    {
        if (known)
        {
            Interlocked.Increment(ref again);
        }
        else if (Utf8Parser.TryParse(title, out int number, out _) && number < MaxPosts && Interlocked.Exchange(ref due[number], 0) is var since and not 0)
        {
            Interlocked.Increment(ref received);
            shown.RecordValue(Math.Max(1, Microseconds(since)));
        }
    }

    private static long Microseconds(long since) => (Stopwatch.GetTimestamp() - since) * 1_000_000 / Stopwatch.Frequency;

    private static double Ms(HistogramBase histogram, double percentile) =>
        histogram.TotalCount == 0 ? 0 : Math.Round(histogram.GetValueAtPercentile(percentile) / 1000.0, 1);
}
