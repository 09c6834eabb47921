using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using HdrHistogram;

namespace LimoCha.Bench;

/// <summary>Everybody checks in and out at one place, as fast as the answers come.</summary>
internal static class CheckIns
{
    private const string Point = """{"latitude":31.2328,"longitude":121.4737,"system":"wgs84","accuracy":20}""";

    /// <summary>Makes the place; everybody consents. Answers the place's id.</summary>
    public static async Task<string> PrepareAsync(Uri address, string usersFile)
    {
        var users = await UsersAsync(usersFile);
        using var http = new HttpClient { BaseAddress = address };
        http.DefaultRequestHeaders.Authorization = new("Bearer", users[0].Token);
        var place = await http.PostAsJsonAsync("api/v1/check-in-locations", new { name = "Bench", center = new { latitude = 31.2328, longitude = 121.4737, system = "wgs84" }, radiusMetres = 300 });
        place.EnsureSuccessStatusCode();
        await Parallel.ForEachAsync(users.Skip(1), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (user, token) =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Put, "api/v1/me/consents/attendance.location") { Content = JsonContent.Create(new { state = "granted" }) };
            request.Headers.Authorization = new("Bearer", user.Token);
            (await http.SendAsync(request, token)).EnsureSuccessStatusCode();
        });
        return (await place.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
    }

    public static async Task<Line> MeasureAsync(Uri address, string usersFile, string place, int callers, int seconds, Cpu cpu)
    {
        var users = (await UsersAsync(usersFile)).Skip(1).ToList();
        var (histogram, done, refused) = (new LongConcurrentHistogram(1, 60_000_000, 3), 0L, 0L);
        Cpu.Sample before = default;
        var connected = new CountdownEvent(callers);
        var start = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var watch = new Stopwatch();
        var end = TimeSpan.FromSeconds(seconds + 2);
        var work = Enumerable.Range(0, callers).Select(caller => Task.Run(async () =>
        {
            var mine = users.Where((_, i) => i % callers == caller).ToList();
            var connections = new List<Caller>();
            foreach (var user in mine)
            {
                var connection = new Caller(address, "/api/v1/check-ins", user.Token);
                await connection.ConnectAsync();
                connections.Add(connection);
            }

            var inside = new bool[mine.Count];
            if (connected.Signal())
            {
                watch.Start();
                start.SetResult();
            }

            await start.Task;
            for (var i = 0; watch.Elapsed < end; i = (i + 1) % mine.Count)
            {
                var from = Stopwatch.GetTimestamp();
                var status = await connections[i].PostAsync($$"""{"kind":"{{(inside[i] ? "out" : "in")}}","locationId":"{{place}}","point":{{Point}}}""");
                // Whoever is in from an earlier round learns it here.
                inside[i] = status is 201 or 409 ? !inside[i] : inside[i];
                if (watch.Elapsed.TotalSeconds < 2)
                {
                    continue;
                }

                if (status == 201)
                {
                    Interlocked.Increment(ref done);
                    histogram.RecordValue(Math.Max(1, (Stopwatch.GetTimestamp() - from) * 1_000_000 / Stopwatch.Frequency));
                }
                else
                {
                    Interlocked.Increment(ref refused);
                }
            }

            connections.ForEach(connection => connection.Dispose());
        })).ToList();
        await start.Task;
        await Task.Delay(2000);
        before = cpu.Now();
        await Task.WhenAll(work);
        var after = cpu.Now();
        double Each(long from, long to) => Math.Round((to - from) / (double)Math.Max(1, done), 1);
        return new(
            string.Create(CultureInfo.InvariantCulture, $"Check-ins of {users.Count} people at one place"), "product", "check-ins/s", "more", Math.Round(done / (double)seconds, 1),
            new()
            {
                ["p50 ms"] = Math.Round(histogram.GetValueAtPercentile(50) / 1000.0, 1), ["p99 ms"] = Math.Round(histogram.GetValueAtPercentile(99) / 1000.0, 1), ["refused"] = refused,
                ["server CPU µs each"] = Each(before.Server, after.Server), ["database CPU µs each"] = Each(before.Database, after.Database), ["generator CPU µs each"] = Each(before.Generator, after.Generator),
            },
            Floor: 5_000);
    }

    internal static async Task<List<User>> UsersAsync(string file) => JsonSerializer.Deserialize<List<User>>(await File.ReadAllTextAsync(file), JsonSerializerOptions.Web)!;
}
