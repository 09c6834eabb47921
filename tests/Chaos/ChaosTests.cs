using System.Globalization;
using LimoCha.Actors.Testing;
using Xunit.Abstractions;

namespace LimoCha.Actors.Chaos;

/// <summary>
/// Real processes, real devices, and everything that goes wrong, by a seed. <c>CHAOS_SECONDS</c>, <c>CHAOS_SEED</c>,
/// <c>CHAOS_USERS</c> and <c>CHAOS_CALLERS</c> change the run; <c>tests/Chaos/run.sh</c> sets them.
/// </summary>
public sealed class ChaosTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(10);

    /// <summary>Until every device and caller is back: two calls to actors of a dead silo may time out one after the other. The report says how long it took.</summary>
    private static readonly TimeSpan Healing = TimeSpan.FromSeconds(120);

    [Fact]
    public async Task A1_nothing_is_lost_doubled_shown_twice_or_resurrected_and_every_device_converges()
    {
        var (seconds, seed, users, callers) = (Setting("CHAOS_SECONDS", 45), Setting("CHAOS_SEED", 1), Setting("CHAOS_USERS", 20), Setting("CHAOS_CALLERS", 12));
        var schedule = Schedule.Make(seed, TimeSpan.FromSeconds(seconds));
        await using var deployment = await Deployment.StartAsync();
        try
        {
            await RunAsync(deployment, schedule, seconds, seed, users, callers);
        }
        catch
        {
            await KeepLogsAsync(deployment, seed);
            throw;
        }
    }

    private async Task RunAsync(Deployment deployment, IReadOnlyList<Step> schedule, int seconds, int seed, int users, int callers)
    {
        var clock = TimeProvider.System;
        var people = await deployment.PeopleAsync(users);
        var started = clock.GetTimestamp();
        var history = new History();
        var (dotnet, node) = (new List<DotNetDevice>(), people.Skip(1).Select((person, i) => (person, $"node-{i}")).ToList());
        foreach (var (person, i) in people.Skip(1).Select((person, i) => (person, i)))
        {
            var device = new DotNetDevice(deployment.Relay.Address, person, $"dotnet-{i}", history.Device($"dotnet-{i}", person.Id), clock, started);
            device.Start();
            dotnet.Add(device);
            history.Device($"node-{i}", person.Id);
        }

        var script = Path.Combine(Repository.Root, "tests", "EndToEnd", "device", "devices.mjs");
        await using var nodes = new NodeDevices(script, deployment.Relay.Address, node, history, clock, started);
        IReadOnlyList<string> Away() =>
        [
            .. dotnet.Where(device => !device.Connected).Select(device => $"{device.Name}: {device.Problem}"),
            .. node.Select(device => device.Item2).Except(nodes.Connected).Select(name => $"{name}: {nodes.Last(name)}"),
        ];
        Task AllBackAsync() => Eventually.TrueAsync(() => Task.FromResult(Away().Count == 0), () => $"all devices are connected; away are {string.Join(", ", Away())}", Healing);
        await AllBackAsync();

        using var stop = new CancellationTokenSource();
        using var giveUp = new CancellationTokenSource();
        var load = new Load(deployment.Relay.Address, people, history, seed, clock, started);
        var working = load.RunAsync(callers, stop.Token, giveUp.Token);
        await PlayAsync(schedule, deployment, clock);

        // Calm: everything is healed and nobody starts anything new. Devices may need a moment to notice and come back.
        await stop.CancelAsync();
        giveUp.CancelAfter(Healing);
        await working;
        var healed = clock.GetTimestamp();
        await AllBackAsync();
        var back = clock.GetElapsedTime(healed);
        var calm = clock.GetTimestamp();
        IReadOnlyCollection<FinalTask> final = [];
        var diverged = int.MaxValue;
        while (diverged > 0 && clock.GetElapsedTime(calm) < Calm)
        {
            final = await load.FinalAsync(CancellationToken.None);
            diverged = Checker.Divergence(history, final).Count();
        }

        var converged = clock.GetElapsedTime(calm);
        // Everybody is cut off at once and comes back: how long until each has its set again.
        foreach (var door in Enumerable.Range(0, deployment.Doors.Count))
        {
            deployment.Relay.Cut(door);
        }

        await Eventually.TrueAsync(() => Task.FromResult(dotnet.Exists(device => !device.Connected)), () => "the cut is noticed", Calm);
        await AllBackAsync();
        TimeSpan[] syncs = [.. dotnet.Select(device => device.SyncTook).Order()];
        var findings = Checker.Check(history, final);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"seed {seed}: {schedule.Count} troubles in {seconds} s, {history.Devices.Count} devices, {load.Effects} acknowledged commands, {final.Count} tasks, {history.Devices.Values.Sum(device => device.Events.Count(e => e.Seen == Seen.Shown))} cards shown, {history.Devices.Values.Sum(device => device.Events.Count(e => e.Seen == Seen.Synced))} syncs, {deployment.Silos.Sum(silo => silo.Surprises)} silos ended themselves, the slowest command took {load.Longest.TotalSeconds:F1} s with its retries, all devices were back after {back.TotalSeconds:F1} s, converged after {converged.TotalSeconds:F1} s of calm, {findings.Count} findings"));
        output.WriteLine($"the slowest command was {load.LongestWas}");
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"after a cut of every connection at once, the Sync took {syncs[syncs.Length / 2].TotalMilliseconds:F0} ms from being connected in the median, {syncs[^1].TotalMilliseconds:F0} ms at most"));
        foreach (var process in deployment.Silos.Concat(deployment.Doors).Where(process => process.Stops.Count > 0))
        {
            output.WriteLine($"{process.Name} ended after {string.Join(", ", process.Stops.Select(stop => stop.TotalSeconds.ToString("F1", CultureInfo.InvariantCulture)))} s of asking");
        }

        foreach (var finding in findings.Take(50))
        {
            output.WriteLine($"{finding.Fault} {finding.Where}: {finding.What}");
        }

        await Task.WhenAll(dotnet.Select(device => device.DisposeAsync().AsTask()));
        findings.Should().BeEmpty("seed {0} of {1} s must leave nothing to find", seed, seconds);
        load.Effects.Should().BeGreaterThan(users, "the run did something");
    }

    [Fact]
    public void A_schedule_is_the_same_for_the_same_seed_and_has_every_trouble()
    {
        var schedule = Schedule.Make(7, TimeSpan.FromMinutes(5));
        schedule.Should().Equal(Schedule.Make(7, TimeSpan.FromMinutes(5)));
        schedule.Select(step => step.Trouble).Distinct().Should().BeEquivalentTo(Enum.GetValues<Trouble>());
    }

    private async Task KeepLogsAsync(Deployment deployment, int seed)
    {
        var logs = Directory.CreateTempSubdirectory($"limocha-chaos-seed-{seed}-").FullName;
        foreach (var process in deployment.Silos.Concat(deployment.Doors))
        {
            await File.WriteAllTextAsync(Path.Combine(logs, $"{process.Name}.log"), process.AllOutput);
        }

        output.WriteLine($"what the processes printed is in {logs}");
    }

    private async Task PlayAsync(IReadOnlyList<Step> schedule, Deployment deployment, TimeProvider clock)
    {
        var started = clock.GetTimestamp();
        var playing = new Dictionary<(string, int), Task>();
        foreach (var step in schedule)
        {
            var wait = step.At - clock.GetElapsedTime(started);
            if (wait > TimeSpan.Zero)
            {
                await Task.Delay(wait, clock);
            }

            // One trouble at a time for each process; different ones overlap.
            var target = step.Trouble switch
            {
                Trouble.KillSilo or Trouble.RestartSilo or Trouble.PauseSilo => ("silo", step.Target),
                Trouble.CrashDatabase => ("database", 0),
                Trouble.Cut or Trouble.Hold => ("network", step.Target),
                Trouble.JumpClock => ("clock", step.Target),
                _ => ("door", step.Target),
            };
            if (playing.TryGetValue(target, out var before))
            {
                await before;
            }

            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{clock.GetElapsedTime(started).TotalSeconds,6:F1} s {step.Trouble} {step.Target} for {step.Lasts.TotalSeconds:F1} s{(step.Trouble == Trouble.JumpClock ? $" by {step.Seconds} s" : "")}"));
            playing[target] = Schedule.PlayAsync(step, deployment, CancellationToken.None);
        }

        await Task.WhenAll(playing.Values);
    }

    private static int Setting(string name, int standard) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : standard;
}
