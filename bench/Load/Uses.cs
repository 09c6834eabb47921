using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;

namespace LimoCha.Bench;

/// <summary>Uses of customers' contact data: each decided by the customer's actor and recorded in the trail.</summary>
internal static class Uses
{
    private const int Callers = 64;

    /// <summary>Makes customers who consent to be called; answers their ids.</summary>
    public static async Task<List<string>> PrepareAsync(Uri address, string usersFile, int count)
    {
        var users = await CheckIns.UsersAsync(usersFile);
        using var http = new HttpClient { BaseAddress = address };
        http.DefaultRequestHeaders.Authorization = new("Bearer", users[0].Token);
        var ids = new System.Collections.Concurrent.ConcurrentBag<string>();
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, token) =>
        {
            var made = await http.PostAsJsonAsync("api/v1/customers", new { name = $"客户 {i}", phone = $"+86136{i:D8}", email = $"c{i}@example.com", address = "某市某区某路 1 号" }, token);
            var id = (await made.Content.ReadFromJsonAsync<JsonElement>(token)).GetProperty("id").GetString()!;
            (await http.PutAsJsonAsync($"api/v1/customers/{id}/consents/customer.contact", new { state = "granted" }, token)).EnsureSuccessStatusCode();
            ids.Add(id);
        });
        return [.. ids];
    }

    /// <summary>Uses them as fast as the answers come; answers how many were allowed.</summary>
    public static async Task<Line> MeasureAsync(Uri address, string usersFile, IReadOnlyList<string> customers, int seconds, Cpu cpu)
    {
        var token = (await CheckIns.UsersAsync(usersFile))[0].Token;
        var (done, refused) = (0L, 0L);
        var before = cpu.Now();
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
        {
            var mine = new Dictionary<string, Caller>();
            for (var i = caller; watch.Elapsed.TotalSeconds < seconds; i += Callers)
            {
                var customer = customers[i % customers.Count];
                if (!mine.TryGetValue(customer, out var connection))
                {
                    mine[customer] = connection = new(address, $"/api/v1/customers/{customer}/uses", token);
                    await connection.ConnectAsync();
                }

                if (await connection.PostAsync("""{"kind":"call","purpose":"customer.contact"}""") == 200)
                {
                    Interlocked.Increment(ref done);
                }
                else
                {
                    Interlocked.Increment(ref refused);
                }
            }

            foreach (var connection in mine.Values)
            {
                connection.Dispose();
            }
        })));
        var (elapsed, after) = (watch.Elapsed.TotalSeconds, cpu.Now());
        double Each(long from, long to) => Math.Round((to - from) / (double)Math.Max(1, done), 1);
        return new("Uses of a customer's number, decided and recorded", "product", "uses/s", "more", Math.Round(done / elapsed, 1), new()
        {
            ["allowed"] = done, ["refused"] = refused, ["server CPU µs each"] = Each(before.Server, after.Server), ["database CPU µs each"] = Each(before.Database, after.Database),
        });
    }
}
