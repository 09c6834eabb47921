using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LimoCha.Actors.Testing;

namespace LimoCha.Actors.EndToEnd;

/// <summary>More at once than the process takes.</summary>
public sealed class OverloadTests
{
    private const int Requests = 80;

    [Fact]
    public async Task Beyond_what_may_be_under_way_the_answer_is_429_at_once_without_effect_and_a_repeat_succeeds()
    {
        await using var product = await Product.StartDemoAsync(("RateLimits:UnderWay", "2"));
        using var manager = await product.SignInAsync("manager");
        var title = $"overload {Guid.CreateVersion7()}";
        using var http = new HttpClient { BaseAddress = new(product.Address) };
        http.DefaultRequestHeaders.Authorization = new("Bearer", manager.Tokens.GetProperty("accessToken").GetString());

        var first = await Task.WhenAll(Enumerable.Range(0, Requests).Select(PostAsync));

        first.Should().OnlyContain(answer => answer.Status == HttpStatusCode.Created || answer.Status == HttpStatusCode.TooManyRequests);
        first.Count(answer => answer.Status == HttpStatusCode.Created).Should().BeGreaterThan(0);
        var refused = first.Where(answer => answer.Status == HttpStatusCode.TooManyRequests).ToList();
        refused.Should().NotBeEmpty().And.OnlyContain(answer => answer.RetryAfter == TimeSpan.FromSeconds(1) && answer.Problem == "urn:limocha:problem:overloaded");
        for (var i = 0; i < Requests; i++)
        {
            (await PostAsync(i)).Status.Should().Be(HttpStatusCode.Created, "one after the other there is room, and what was made is replayed");
        }

        await Eventually.TrueAsync(async () => (await manager.GetAsync($"tasks?q={Uri.EscapeDataString(title)}&limit=200")).Json.GetProperty("items").GetArrayLength() == Requests, "each was made once");

        async Task<(HttpStatusCode Status, TimeSpan? RetryAfter, string? Problem)> PostAsync(int i)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "api/v1/tasks") { Content = JsonContent.Create(new { title = $"{title} {i}" }) };
            request.Headers.Add("Idempotency-Key", $"{title} {i}");
            using var answer = await http.SendAsync(request);
            var json = await answer.Content.ReadFromJsonAsync<JsonElement>();
            return (answer.StatusCode, answer.Headers.RetryAfter?.Delta, json.TryGetProperty("type", out var type) ? type.GetString() : null);
        }
    }
}
