using System.Net.Http.Json;
using System.Text.Json;

namespace LimoCha.Bench;

/// <summary>Makes the first admin and the staff through the product's own API, and signs everybody in.</summary>
internal static class Prepare
{
    private const string Password = "a password for measuring";

    public static async Task RunAsync(Uri address, string setupToken, int count, string file)
    {
        using var http = new HttpClient { BaseAddress = address };
        await http.PostAsJsonAsync("api/v1/setup", new { token = setupToken, userName = "bench", displayName = "Bench", password = Password });
        var admin = await SignInAsync(http, "bench");
        http.DefaultRequestHeaders.Authorization = new("Bearer", admin.GetProperty("accessToken").GetString());
        var me = await http.GetFromJsonAsync<JsonElement>("api/v1/me");
        var users = new User[count + 1];
        users[0] = new(me.GetProperty("id").GetGuid(), admin.GetProperty("accessToken").GetString()!);
        await Parallel.ForAsync(1, count + 1, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, token) =>
        {
            var made = await http.PostAsJsonAsync("api/v1/users", new { userName = $"bench{i}", displayName = $"Bench {i}", role = "staff", password = Password }, token);
            made.EnsureSuccessStatusCode();
            var id = (await made.Content.ReadFromJsonAsync<JsonElement>(token)).GetProperty("id").GetGuid();
            users[i] = new(id, (await SignInAsync(http, $"bench{i}")).GetProperty("accessToken").GetString()!);
        });
        await File.WriteAllTextAsync(file, JsonSerializer.Serialize(users, JsonSerializerOptions.Web));
    }

    private static async Task<JsonElement> SignInAsync(HttpClient http, string userName)
    {
        var answer = await http.PostAsJsonAsync("api/v1/auth/login", new { userName, password = Password });
        answer.EnsureSuccessStatusCode();
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }
}
