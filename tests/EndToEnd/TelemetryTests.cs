using System.Net;
using System.Text.RegularExpressions;
using LimoCha.Actors.Testing;

namespace LimoCha.Actors.EndToEnd;

/// <summary>What the people who run it see of a dispatch.</summary>
public sealed partial class TelemetryTests
{
    /// <summary>What is measured only where gateways are in other processes.</summary>
    private const string BetweenProcesses = "limocha_gateway_";

    /// <summary>In a cluster its hops are in different processes: each measures its own, and together they are one trace.</summary>
    [Fact]
    public async Task A_dispatch_is_measured_and_traced_in_every_process_it_passes()
    {
        await using var collector = await TraceCollector.StartAsync();
        var (metrics, doorMetrics) = (Ports.Free(), Ports.Free());
        (string, string)[] common =
        [
            ("Storage:Provider", "PostgreSql"), ("Storage:ConnectionString", await (await Postgres.SharedAsync()).CreateDatabaseAsync()), ("Cluster:Mode", "AdoNet"), ("Cluster:ClusterId", $"c{Guid.NewGuid():N}"),
            ("Privacy:MasterKeys:1", Convert.ToBase64String(new byte[32])),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Address), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"), ("OTEL_BSP_SCHEDULE_DELAY", "200"),
        ];
        await using var silo = ProductProcess.Start("Silo", [.. common, ("Cluster:SiloPort", $"{Ports.Free()}"), ("Cluster:GatewayPort", $"{Ports.Free()}"), ("Cluster:AdvertisedAddress", "127.0.0.1"), ("Metrics:Port", $"{metrics}")]);
        await using var door = await Product.StartDemoAsync([.. common, ("Web:Mode", "Client"), ("Web:Secret", Convert.ToBase64String(new byte[32])), ("Metrics:Port", $"{doorMetrics}")]);
        using var manager = await door.SignInAsync("manager");
        await using var device = await NodeDevice.ConnectAsync(door, "staff1", "node-1");

        var made = await manager.PostAsync("tasks", new { title = "Measure", assigneeId = await manager.UserIdAsync("staff1") });
        made.Status.Should().Be(HttpStatusCode.Created);
        await device.UntilShownAsync(made.Json.GetProperty("id").GetString()!);

        using var http = new HttpClient();
        var shown = await AskedAsync();
        var measured = "";
        await Eventually.TrueAsync(
            async () => (measured = await http.GetStringAsync($"http://127.0.0.1:{metrics}/metrics") + await http.GetStringAsync($"http://127.0.0.1:{doorMetrics}/metrics")).Length > 0 && !Missing().Any(),
            () => $"the dashboard shows what is measured; there was no {string.Join(", ", Missing())}", TimeSpan.FromSeconds(20));
        (await http.GetAsync($"{door.Address}/metrics")).StatusCode.Should().Be(HttpStatusCode.NotFound, "who reaches the API does not reach the metrics");
        (await http.GetAsync($"http://127.0.0.1:{doorMetrics}/api/v1/me")).StatusCode.Should().Be(HttpStatusCode.NotFound, "nor the other way round");
        shown.Should().Contain(["limocha_storage_queue", "limocha_gateway_queue", "limocha_hub_unacknowledged"]);
        string[] hops = ["POST /api/v1/tasks", "/CreateAsync", "commit", "project", "push", "show"];
        await Eventually.TrueAsync(
            () => Task.FromResult(Traces().Any(trace => hops.All(hop => trace.Any(name => name.Contains(hop, StringComparison.Ordinal))))),
            () => $"its hops are one trace; there were {string.Join("; ", Traces().Select(trace => string.Join(", ", trace)))}", TimeSpan.FromSeconds(20));
        await Eventually.TrueAsync(
            () => Task.FromResult(!Strays().Any()),
            () => $"what no request began is not traced; there were {string.Join("; ", Strays().Select(trace => string.Join(", ", trace)))}", TimeSpan.FromSeconds(20));

        IEnumerable<string> Missing() => shown.Where(name => !measured.Contains($"\n{name}{{", StringComparison.Ordinal));
        IEnumerable<IEnumerable<string>> Traces() => collector.Spans.GroupBy(span => span.Trace, span => span.Name);
        IEnumerable<IEnumerable<string>> Strays() => Traces().Where(trace => !trace.Any(name => RequestName().IsMatch(name)));
    }

    /// <summary>A panel that asks for a metric that is not there is empty without a word.</summary>
    [Fact]
    public async Task Every_metric_of_the_dashboard_is_there()
    {
        await using var product = await Product.StartDemoAsync();
        using var manager = await product.SignInAsync("manager");
        await using var device = await NodeDevice.ConnectAsync(product, "staff1", "dashboard");
        await manager.PostAsync("tasks", new { title = "给仪表盘", assigneeId = await manager.UserIdAsync("staff1") });
        string[] asked = [.. (await AskedAsync()).Where(name => !name.StartsWith(BetweenProcesses, StringComparison.Ordinal))];
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

    /// <summary>The metrics that the dashboard asks for.</summary>
    private static async Task<string[]> AskedAsync() =>
        [.. MetricName().Matches(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "deploy", "grafana", "limocha.json"))).Select(name => name.Groups[1].Value).Distinct()];

    /// <summary>A request's span: its method, and its route where it has one.</summary>
    [GeneratedRegex(@"^(GET|POST|PUT|PATCH|DELETE)\b")]
    private static partial Regex RequestName();

    /// <summary>A metric and the labels that are asked of it.</summary>
    [GeneratedRegex(@"\b([a-z_]+)\{instance=")]
    private static partial Regex MetricName();
}
