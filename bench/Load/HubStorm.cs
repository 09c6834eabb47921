using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Net.WebSockets;
using HdrHistogram;

namespace LimoCha.Bench;

/// <summary>Many idle devices: what each costs the server, and what happens when all of them come back at once.</summary>
internal static class HubStorm
{
    private const int AtOnce = 256;
    private const int DispatchesPerSecond = 100;

    /// <summary>What each connection costs the server, and then all of them coming back at once.</summary>
    public static async Task RunAsync(string contender, Uri address, string usersFile, int connections, string pid)
    {
        var users = await CheckIns.UsersAsync(usersFile);
        var devices = new ConcurrentBag<Device>();
        // What the first few connections bring up is not what each costs.
        await ConnectAsync(address, users, devices, 500);
        await Task.Delay(3000);
        var before = Resident(pid);
        await ConnectAsync(address, users, devices, connections);
        await Task.Delay(10_000);
        var each = (Resident(pid) - before) / (double)connections;
        Console.WriteLine(new Line($"Memory of an idle device, {connections} connected", contender, "KiB", "less", Math.Round(each, 1), new() { ["resident MiB"] = Resident(pid) / 1024 }, contender == "product" ? new() { ["raw SignalR"] = 1.25 } : null));

        await Task.WhenAll(devices.Select(device => device.DisposeAsync().AsTask()));
        Console.WriteLine(await ComeAsync($"{connections} devices come back at once", contender, address, users, connections, cards: 0));
    }

    /// <summary>All come at once to a server that was just started and knows nobody yet. Each has so many cards to show.</summary>
    public static async Task AfterRestartAsync(string contender, Uri address, string usersFile, int connections, int cards) =>
        Console.WriteLine(await ComeAsync($"{connections} devices come back at once to a server that was just started, {cards} cards on each", contender, address, await CheckIns.UsersAsync(usersFile), connections, cards));

    private static async Task<Line> ComeAsync(string measure, string contender, Uri address, List<User> users, int connections, int cards)
    {
        var devices = new ConcurrentBag<Device>();
        using var done = new CancellationTokenSource();
        var dispatching = DispatchAsync(address, users, done.Token);
        var watch = Stopwatch.StartNew();
        var errors = await ConnectAsync(address, users, devices, connections);
        var elapsed = watch.Elapsed.TotalSeconds;
        await done.CancelAsync();
        var (answered, refused, failed) = await dispatching;
        var lacking = devices.Count(device => device.Open < cards);
        await Task.WhenAll(devices.Select(device => device.DisposeAsync().AsTask()));
        return new(measure, contender, "s until all have their cards", "less", Math.Round(elapsed, 2), new()
        {
            ["errors"] = errors, ["cards missing on"] = lacking, ["dispatches meanwhile"] = answered.TotalCount, ["dispatch p99 ms"] = answered.TotalCount == 0 ? 0 : Math.Round(answered.GetValueAtPercentile(99) / 1000.0, 1), ["dispatches refused"] = refused, ["dispatch errors"] = failed,
        }, Floor: contender == "product" ? 30 : null);
    }

    /// <summary>Connects so many more devices of these people; how many could not.</summary>
    private static async Task<int> ConnectAsync(Uri address, List<User> users, ConcurrentBag<Device> devices, int many)
    {
        var (failures, offset, people) = (0, devices.Count, users.Count - 1);
        await Parallel.ForAsync(offset, offset + many, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (i, token) =>
        {
            var device = new Device(address, users[1 + i % people], (_, _) => { }, i / people);
            try
            {
                await device.ConnectAsync(token);
                devices.Add(device);
            }
            catch (Exception error) when (error is WebSocketException or SocketException or TimeoutException or IOException)
            {
                Interlocked.Increment(ref failures);
            }
        });
        return failures;
    }

    /// <summary>Tasks at a fixed rate, each timed from when it was due; how many were refused because the server has enough to do, and how many failed.</summary>
    private static async Task<(LongConcurrentHistogram Answered, int Refused, int Failed)> DispatchAsync(Uri address, List<User> users, CancellationToken stop)
    {
        var (histogram, refused, failed) = (new LongConcurrentHistogram(1, 120_000_000, 3), 0, 0);
        var idle = new ConcurrentBag<Caller>();
        var (started, posts) = (Stopwatch.GetTimestamp(), new List<Task>());
        for (var i = 0L; !stop.IsCancellationRequested; i++)
        {
            var due = started + i * Stopwatch.Frequency / DispatchesPerSecond;
            while (Stopwatch.GetTimestamp() < due)
            {
                await Task.Delay(1, CancellationToken.None);
            }

            posts.Add(PostAsync(users[1 + (int)(i % (users.Count - 1))], due));
        }

        await Task.WhenAll(posts);
        return (histogram, refused, failed);

        async Task PostAsync(User to, long due)
        {
            try
            {
                if (!idle.TryTake(out var connection))
                {
                    connection = new(address, "/api/v1/tasks", users[0].Token);
                    await connection.ConnectAsync();
                }

                var status = await connection.PostAsync($$"""{"title":"storm","assigneeId":"{{to.Id}}"}""");
                idle.Add(connection);
                if (status == 201)
                {
                    histogram.RecordValue(Math.Max(1, (Stopwatch.GetTimestamp() - due) * 1_000_000 / Stopwatch.Frequency));
                    return;
                }

                if (status == 429)
                {
                    Interlocked.Increment(ref refused);
                    return;
                }
            }
            catch (Exception error) when (error is SocketException or IOException)
            {
                // Counted below.
            }

            Interlocked.Increment(ref failed);
        }
    }

    /// <summary>A process's resident memory in KiB.</summary>
    public static double Resident(string pid) =>
        double.Parse(File.ReadLines($"/proc/{pid}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
}
