using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;

namespace LimoCha.Bench;

/// <summary>Tasks and customers through the product's API.</summary>
internal static class Fill
{
    private const int Callers = 32;

    public static async Task RunAsync(Uri address, string usersFile, int count)
    {
        var users = await CheckIns.UsersAsync(usersFile);
        using var http = new HttpClient { BaseAddress = address };
        http.DefaultRequestHeaders.Authorization = new("Bearer", users[0].Token);
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = Callers }, async (i, token) =>
        {
            var owner = users[1 + i % (users.Count - 1)].Id;
            (await http.PostAsJsonAsync("api/v1/customers", new { name = string.Create(CultureInfo.InvariantCulture, $"客户 {i}"), phone = string.Create(CultureInfo.InvariantCulture, $"+86136{i:D8}"), company = string.Create(CultureInfo.InvariantCulture, $"单位 {i}"), source = "bench", ownerId = owner }, token)).EnsureSuccessStatusCode();
        });
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = Callers }, async (i, token) =>
            (await http.PostAsJsonAsync("api/v1/tasks", new { title = string.Create(CultureInfo.InvariantCulture, $"{i:D9}"), assigneeId = users[1 + i % (users.Count - 1)].Id, description = "Bring the contract and the samples, and ask for the signed copy." }, token)).EnsureSuccessStatusCode());

        // The read model follows: a copy of the tables is of everything.
        while ((await http.GetFromJsonAsync<JsonElement>("api/v1/reports/overview")).GetProperty("stages").EnumerateArray().Sum(stage => stage.GetProperty("count").GetInt64()) < count)
        {
            await Task.Delay(200);
        }
    }
}
