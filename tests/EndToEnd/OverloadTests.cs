using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LimoCha.Actors.Testing;

namespace LimoCha.Actors.EndToEnd;

/// <summary>More at once than the process takes, and what its operators see.</summary>
public sealed partial class OverloadTests
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

    /// <summary>What is measured only where gateways are in other processes: <see cref="TelemetryTests"/>.</summary>
    private const string BetweenProcesses = "limocha_gateway_";

    /// <summary>A panel that asks for a metric that is not there is empty without a word.</summary>
    [Fact]
    public async Task Every_metric_of_the_dashboard_is_there()
    {
        await using var product = await Product.StartDemoAsync();
        using var manager = await product.SignInAsync("manager");
        await using var device = await NodeDevice.ConnectAsync(product, "staff1", "dashboard");
        await manager.PostAsync("tasks", new { title = "给仪表盘", assigneeId = await manager.UserIdAsync("staff1") });
        string[] asked = [.. Metric().Matches(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "deploy", "grafana", "limocha.json"))).Select(match => match.Value).Where(name => !name.StartsWith(BetweenProcesses, StringComparison.Ordinal)).Distinct()];
        asked.Should().HaveCountGreaterThan(15);
        string[] missing = asked;
        await Eventually.TrueAsync(
            async () =>
            {
                var page = (await manager.GetAsync("/metrics")).Text;
                return (missing = [.. asked.Where(name => !page.Contains($"{name}{{", StringComparison.Ordinal))]).Length == 0;
            },
            () => $"missing: {string.Join(", ", missing)}", TimeSpan.FromSeconds(20));
    }

    [System.Text.RegularExpressions.GeneratedRegex(@"\b(limocha|dotnet|http_server)_[a-z_]+")]
    private static partial System.Text.RegularExpressions.Regex Metric();
}
