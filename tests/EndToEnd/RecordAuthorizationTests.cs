using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using LimoCha.Actors.Testing;
using Microsoft.AspNetCore.SignalR.Client;

namespace LimoCha.Actors.EndToEnd;

/// <summary>
/// E4: every call on one record, and every hub method, over who asks (role and scope) and the record's state, compared with the
/// table that people read, <c>docs/authorization-records.md</c>. Run with UPDATE_MATRIX=1 to take a change over, on purpose.
/// </summary>
public sealed class RecordAuthorizationTests : IAsyncLifetime
{
    /// <summary>The account behind each column, by scope: staff and manager of the record's department, of another one, and those who see all.</summary>
    private static readonly (string Column, string UserName)[] Columns =
    [
        ("owner", "staff1"), ("colleague", "staff2"), ("other department", "staff4"), ("manager", "manager"), ("other manager", "manager2"), ("admin", "admin"), ("privacy officer", "privacy"), ("auditor", "auditor"),
    ];

    /// <summary>Calls whose id is not a record's that others could have.</summary>
    private static readonly string[] Own = ["/auth/register/{id}/confirm", "/devices/{id}", "/devices/{id}/push", "/me/passkeys/{id}"];

    private readonly Dictionary<string, Api> callers = [];
    private Product product = default!;
    private RecordFactory records = default!;
    private string staffId = "";

    public async Task InitializeAsync()
    {
        product = await Product.StartDemoAsync(("RateLimits:PerUserPerSecond", "100000"), ("RateLimits:PerUserBurst", "100000"), ("Risk:UsesPerTenMinutes", "10000"));
        foreach (var (column, userName) in Columns)
        {
            callers[column] = await product.SteppedUpAsync(userName);
        }

        staffId = await callers["admin"].UserIdAsync("staff1");
        var department = (await callers["admin"].GetAsync($"users/{staffId}")).Json.GetProperty("departmentId").GetString()!;
        records = new(callers, staffId, department);
        foreach (var column in new[] { "owner", "colleague" })
        {
            // An offer goes to who has room; the table makes many tasks.
            (await callers["admin"].SendAsync(HttpMethod.Patch, $"users/{await callers["admin"].UserIdAsync(Columns.Single(item => item.Column == column).UserName)}", new { capacity = 1_000 })).Status.Should().Be(HttpStatusCode.OK);
        }
    }

    public async Task DisposeAsync()
    {
        foreach (var caller in callers.Values)
        {
            caller.Dispose();
        }

        await product.DisposeAsync();
    }

    [Fact]
    public async Task E4_who_may_do_what_to_which_record_in_which_state_is_the_committed_table()
    {
        var table = new StringBuilder("""
            # Who may do what to which record, in which state

            Made by `RecordAuthorizationTests`, which makes a fresh record for every mark below and calls as everybody. The record is one of
            the owner's: a staff member who looks after the customer, has the task, wrote the content or made the request (for what only
            the office makes, the owner is a staff member like any other). Colleague and manager are of the owner's department, the others
            of another one; everybody has proved again that it is them. ✓ is done, otherwise the status that refuses:
            403 is not theirs to do, 404 is not theirs to know of, 409 and 422 not in this state, 400 and 428 something is missing that
            the table's empty call does not bring.

            """);
        var hub = await HubAsync();
        var calls = await CallsAsync();
        calls.Should().HaveCountGreaterThan(60);
        foreach (var kind in calls.GroupBy(call => call.Kind))
        {
            table.Append(CultureInfo.InvariantCulture, $"\n## {kind.Key}\n\n| state | call | {string.Join(" | ", Columns.Select(column => column.Column))} |\n|---|---|{string.Concat(Columns.Select(_ => "---|"))}\n");
            foreach (var state in RecordFactory.States[kind.Key])
            {
                var kept = await records.MakeAsync(kind.Key, state);
                foreach (var (_, method, path) in kind)
                {
                    List<string> marks = [];
                    foreach (var (column, _) in Columns)
                    {
                        var id = method == "GET" ? kept : await records.MakeAsync(kind.Key, state);
                        var answer = await callers[column].SendAsync(new(method), path.Replace("{id}", id, StringComparison.Ordinal).Replace("{step}", "accept", StringComparison.Ordinal).Replace("{purpose}", "customer.contact", StringComparison.Ordinal), method == "GET" ? null : Body(kind.Key, method, path));
                        ((int)answer.Status).Should().BeLessThan(500, "{0} {1} of a record {2} is nobody's 500: {3}", method, path, state, answer.Text);
                        answer.Status.Should().NotBe(HttpStatusCode.Unauthorized, "everybody is signed in");
                        marks.Add((int)answer.Status < 300 ? "✓" : ((int)answer.Status).ToString(CultureInfo.InvariantCulture));
                    }

                    table.Append(CultureInfo.InvariantCulture, $"| {state} | `{method} /{path}` | {string.Join(" | ", marks)} |\n");
                }
            }
        }

        table.Append(hub);
        var file = Path.Combine(Repository.Root, "docs", "authorization-records.md");
        if (Environment.GetEnvironmentVariable("UPDATE_MATRIX") == "1")
        {
            await File.WriteAllTextAsync(file, table.ToString());
        }

        table.ToString().Should().Be(await File.ReadAllTextAsync(file), "a change of who may do what is made on purpose");
    }

    /// <summary>Every call of the contract on one record; a new kind of record has to be made here before it passes.</summary>
    private async Task<List<(string Kind, string Method, string Path)>> CallsAsync()
    {
        var contract = (await callers["admin"].GetAsync("/openapi/v1.json")).Json;
        var calls = new List<(string Kind, string Method, string Path)>();
        foreach (var operation in new Contract(contract).Operations.Where(operation => operation.Path.Contains("{id}", StringComparison.Ordinal)).OrderBy(operation => operation.Path, StringComparer.Ordinal))
        {
            var relative = operation.Path["/api/v1/".Length..];
            if (Own.Contains($"/{relative}"))
            {
                continue;
            }

            var kind = relative[..relative.IndexOf("/{id}", StringComparison.Ordinal)];
            RecordFactory.States.Should().ContainKey(kind, "the table makes records of every kind");
            calls.Add((kind, operation.Method, relative));
        }

        return calls;
    }

    /// <summary>What makes the call a good one, where scope or state decides.</summary>
    private object Body(string kind, string method, string path) => (method, path) switch
    {
        ("PATCH", "customers/{id}") => new { company = "某公司" },
        (_, "customers/{id}/consents/{purpose}") => new { state = "granted" },
        (_, "customers/{id}/erase") => new { reason = "request" },
        (_, "customers/{id}/exemptions") => new { exemption = "vitalInterest", purpose = "customer.contact", evidence = "记录 1", expiresAt = TimeProvider.System.GetUtcNow().AddDays(1) },
        (_, "customers/{id}/guardian") => new { name = "监护人", relation = "父亲", phone = "13900000000", evidence = "档案 1" },
        (_, "customers/{id}/legal-hold") => new { hold = true, reason = "案号 2" },
        (_, "customers/{id}/transfers") => new { recipient = "logistics", purpose = "order.delivery", fields = new[] { "phone" } },
        (_, "customers/{id}/uses") => new { kind = "view", purpose = "customer.service" },
        (_, "tasks/{id}/assign" or "tasks/{id}/reassign") => new { assigneeId = staffId },
        (_, "tasks/{id}/checklist") => new { item = 0, done = true },
        ("POST", _) when kind == "tasks" => new { note = "…" },
        ("PATCH", "users/{id}") => new { displayName = "改名" },
        ("PUT", "check-in-locations/{id}") => new { name = "地点", center = new { latitude = 31.2, longitude = 121.4, system = "wgs84" }, radiusMetres = 200 },
        ("PUT", "contents/{id}") => new { title = "内容", kind = "article", text = "y" },
        (_, "contents/{id}/shares") => new { channel = "wechat" },
        ("PUT", "departments/{id}") => new { name = $"部门 {Guid.CreateVersion7():N}"[..30] },
        ("PUT", "task-types/{id}") => new { name = "类型", category = "visit" },
        ("PUT", "task-schedules/{id}") => new { name = "周检", task = new { title = "周检" }, rule = "FREQ=WEEKLY;BYDAY=MO", from = "2027-01-01" },
        (_, "privacy/rights-requests/{id}/verify") => new { method = "callback", evidence = "回拨核对" },
        (_, "privacy/rights-requests/{id}/answer") => new { answer = "已处理" },
        (_, "privacy/rights-requests/{id}/reject") => new { answer = "重复的请求" },
        (_, "privacy/disclosures/{id}/secrecy") => new { reason = "解密通知" },
        (_, "privacy/disclosures/{id}/review") => new { approved = true, reason = "文书齐备" },
        ("PATCH", "privacy/incidents/{id}") => new { level = "major" },
        (_, "privacy/incidents/{id}/measures") => new { text = "远程注销设备" },
        _ => "{}",
    };

    /// <summary>Steps taken on a device: with the task's states; what else the hub has, by role.</summary>
    private async Task<StringBuilder> HubAsync()
    {
        var table = new StringBuilder();
        var hubs = new Dictionary<string, HubConnection>();
        foreach (var (column, _) in Columns)
        {
            hubs[column] = Hub(callers[column].Tokens.GetProperty("accessToken").GetString());
            await hubs[column].StartAsync();
        }

        table.Append(CultureInfo.InvariantCulture, $"""

            ## The device hub

            Nobody connects without a token. ✓ is done, otherwise the problem's name. What a method acts on is the caller's own (devices,
            cards, place), except for the task that `Act` names.

            | method | task | {string.Join(" | ", Columns.Select(column => column.Column))} |
            |---|---|{string.Concat(Columns.Select(_ => "---|"))}

            """);
        (string Name, Func<HubConnection, string, Task<string>> Call)[] methods =
        [
            ("Hello", async (hub, column) =>
            {
                var synced = new TaskCompletionSource();
                using var listening = hub.On<JsonElement>("Sync", _ => synced.TrySetResult());
                await hub.InvokeAsync("Hello", new { deviceId = $"matrix-{column.Replace(' ', '-')}", platform = "test" });
                await synced.Task.WaitAsync(TimeSpan.FromSeconds(20));
                return "✓";
            }),
            ("Ack", async (hub, _) =>
            {
                await hub.InvokeAsync("Ack", new[] { new { id = Guid.CreateVersion7(), version = 1 } });
                return "✓";
            }),
            ("Locate", async (hub, _) => Mark(await hub.InvokeAsync<JsonElement>("Locate", new { point = new { latitude = 31.2, longitude = 121.4 } }))),
            ("Active", async (hub, _) =>
            {
                await hub.InvokeAsync("Active", true);
                return "✓";
            }),
        ];
        foreach (var (name, call) in methods)
        {
            await AppendAsync(table, name, "", column => call(hubs[column], column));
        }

        foreach (var state in RecordFactory.States["tasks"])
        {
            foreach (var action in new[] { "accept", "decline", "start", "complete", "cancel", "comment", "read" })
            {
                await AppendAsync(table, $"Act {action}", state, async column =>
                    Mark(await hubs[column].InvokeAsync<JsonElement>("Act", new { taskId = await records.MakeAsync("tasks", state), action, version = 0, note = "…" })));
            }
        }

        foreach (var hub in hubs.Values)
        {
            await hub.DisposeAsync();
        }

        await using var stranger = Hub(null);
        var refused = await stranger.Invoking(hub => hub.StartAsync()).Should().ThrowAsync<HttpRequestException>();
        refused.Which.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        return table;
    }

    private static async Task AppendAsync(StringBuilder table, string method, string state, Func<string, Task<string>> call)
    {
        List<string> marks = [];
        foreach (var (column, _) in Columns)
        {
            marks.Add(await call(column));
        }

        table.Append(CultureInfo.InvariantCulture, $"| `{method}` | {state} | {string.Join(" | ", marks)} |\n");
    }

    private static string Mark(JsonElement answer) => answer.GetProperty("ok").GetBoolean() ? "✓" : answer.GetProperty("problem").GetString()!["urn:limocha:problem:".Length..];

    private HubConnection Hub(string? token) => new HubConnectionBuilder()
        .WithUrl($"{product.Address}/hubs/device", options => options.AccessTokenProvider = () => Task.FromResult(token)).Build();
}
