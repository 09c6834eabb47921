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

    public static async Task RunAsync(string contender, Uri address, string usersFile, int connections, string pid)
    {
        var users = await CheckIns.UsersAsync(usersFile);
        var people = users.Skip(1).ToList();
        var devices = new ConcurrentBag<Device>();
        // What the first few connections bring up is not what each costs.
        await ConnectAsync(500);
        await Task.Delay(3000);
        var before = Resident(pid);
        await ConnectAsync(connections);
        await Task.Delay(10_000);
        var each = (Resident(pid) - before) / (double)connections;
        Console.WriteLine(new Line($"Memory of an idle device, {connections} connected", contender, "KiB", "less", Math.Round(each, 1), new() { ["resident MiB"] = Resident(pid) / 1024 }, contender == "product" ? new() { ["raw SignalR"] = 1.25 } : null));

        await Task.WhenAll(devices.Select(device => device.DisposeAsync().AsTask()));
        devices.Clear();
        using var done = new CancellationTokenSource();
        var dispatching = DispatchAsync(address, users, done.Token);
        var watch = Stopwatch.StartNew();
        var errors = await ConnectAsync(connections);
        var elapsed = watch.Elapsed.TotalSeconds;
        await done.CancelAsync();
        var (answered, failed) = await dispatching;
        Console.WriteLine(new Line($"{connections} devices come back at once", contender, "s until all have their cards", "less", Math.Round(elapsed, 2), new()
        {
            ["errors"] = errors, ["dispatches meanwhile"] = answered.TotalCount, ["dispatch p99 ms"] = answered.TotalCount == 0 ? 0 : Math.Round(answered.GetValueAtPercentile(99) / 1000.0, 1), ["dispatch errors"] = failed,
        }, Floor: contender == "product" ? 30 : null));
        await Task.WhenAll(devices.Select(device => device.DisposeAsync().AsTask()));

        async Task<int> ConnectAsync(int many)
        {
            var failures = 0;
            var offset = devices.Count;
            await Parallel.ForAsync(offset, offset + many, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (i, token) =>
            {
                var device = new Device(address, people[i % people.Count], (_, _) => { }, i / people.Count);
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
    }

    /// <summary>Tasks at a fixed rate, each timed from when it was due.</summary>
    private static async Task<(LongConcurrentHistogram Answered, int Failed)> DispatchAsync(Uri address, List<User> users, CancellationToken stop)
    {
        var (histogram, failed) = (new LongConcurrentHistogram(1, 120_000_000, 3), 0);
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
        return (histogram, failed);

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
