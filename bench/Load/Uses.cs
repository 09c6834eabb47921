using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;

namespace LimoCha.Bench;

/// <summary>
/// Uses of customers' contact data: each decided by the customer's actor and recorded in the trail. Every caller is a person with customers of their own:
/// one who used thousands in ten minutes would be asked who they are.
/// </summary>
internal static class Uses
{
    private const int Callers = 64;

    /// <summary>Makes customers who consent to be called, as many for each caller; answers their ids.</summary>
    public static async Task<string[]> PrepareAsync(Uri address, string usersFile, int forEach)
    {
        var users = await CheckIns.UsersAsync(usersFile);
        using var http = new HttpClient { BaseAddress = address };
        var ids = new string[Callers * forEach];
        await Parallel.ForAsync(0, ids.Length, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, token) =>
        {
            var owner = Person(users, i % Callers);
            using var made = await SendAsync(http, HttpMethod.Post, "api/v1/customers", owner, new { name = $"客户 {i}", phone = $"+86136{i:D8}", email = $"c{i}@example.com", address = "某市某区某路 1 号" }, token);
            ids[i] = (await made.Content.ReadFromJsonAsync<JsonElement>(token)).GetProperty("id").GetString()!;
            using var _ = await SendAsync(http, HttpMethod.Put, $"api/v1/customers/{ids[i]}/consents/customer.contact", owner, new { state = "granted" }, token);
        });
        return ids;
    }

    /// <summary>Uses them as fast as the answers come; answers how many were allowed.</summary>
    public static async Task<Line> MeasureAsync(Uri address, string usersFile, IReadOnlyList<string> customers, int seconds, Cpu cpu)
    {
        var users = await CheckIns.UsersAsync(usersFile);
        var (done, refused) = (0L, 0L);
        var before = cpu.Now();
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
        {
            var (mine, token) = (new Dictionary<string, Caller>(), Person(users, caller).Token);
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
        if (done == 0)
        {
            throw new InvalidOperationException($"All of {refused} uses were refused.");
        }

        double Each(long from, long to) => Math.Round((to - from) / (double)done, 1);
        return new("Uses of a customer's number, decided and recorded", "product", "uses/s", "more", Math.Round(done / elapsed, 1), new()
        {
            ["allowed"] = done, ["refused"] = refused, ["server CPU µs each"] = Each(before.Server, after.Server), ["database CPU µs each"] = Each(before.Database, after.Database),
        });
    }

    private static User Person(List<User> users, int caller) => users[1 + caller];

    private static async Task<HttpResponseMessage> SendAsync(HttpClient http, HttpMethod method, string path, User by, object body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path) { Content = JsonContent.Create(body) };
        request.Headers.Authorization = new("Bearer", by.Token);
        return (await http.SendAsync(request, cancellationToken)).EnsureSuccessStatusCode();
    }
}
