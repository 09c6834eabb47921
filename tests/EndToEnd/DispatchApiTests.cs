using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.AspNetCore.SignalR.Client;

namespace LimoCha.Actors.EndToEnd;

/// <summary>The dispatch powers over the wire: types and flows, files, offers, notices, presence, batches.</summary>
[Collection("demo")]
public sealed class DispatchApiTests(DemoFixture demo)
{
    private static readonly byte[] Png = Convert.FromHexString("89504E470D0A1A0A0000000D4948445200000001000000010806000000");
    private readonly Product product = demo.Product;

    [Fact]
    public async Task A_typed_task_is_walked_through_its_flow_with_checklist_and_photo()
    {
        using var admin = await product.SignInAsync("admin");
        using var staff = await product.SignInAsync("staff1");
        using var other = await product.SignInAsync("staff5");
        var type = await admin.PostAsync("task-types", new
        {
            name = "安装", checklist = new[] { "通电", "水平" }, respondWithinMinutes = 30, resolveWithinMinutes = 240,
            flow = new object[]
            {
                new { key = "accept", title = "接单", stage = "accepted" },
                new { key = "install", title = "安装", stage = "started" },
                new { key = "sign", title = "签收", stage = "completed", proof = new[] { "checklist", "signature" } },
            },
        });
        type.Status.Should().Be(HttpStatusCode.Created, "{0}", type.Text);
        (await admin.PostAsync("task-types", new { name = "坏", flow = new[] { new { key = "go", title = "x", stage = "completed" } } })).Problem.Should().Be("urn:limocha:problem:invalid");
        var task = await admin.PostAsync("tasks", new { title = "装空调", typeId = type.Json.GetProperty("id").GetString(), assigneeId = await admin.UserIdAsync("staff1") });
        var id = task.Json.GetProperty("id").GetString();
        task.Json.GetProperty("details").GetProperty("next").GetProperty("key").GetString().Should().Be("accept");

        (await staff.PostAsync($"tasks/{id}/steps/accept", null)).Status.Should().Be(HttpStatusCode.OK);
        (await staff.PostAsync($"tasks/{id}/start", null)).Json.GetProperty("details").GetProperty("next").GetProperty("key").GetString().Should().Be("sign", "clients that know only start walk on");
        (await staff.PostAsync($"tasks/{id}/steps/sign", null)).Problem.Should().Be("urn:limocha:problem:checklist-open");
        foreach (var item in new[] { 0, 1 })
        {
            (await staff.PostAsync($"tasks/{id}/checklist", new { item, done = true })).Status.Should().Be(HttpStatusCode.OK);
        }

        (await staff.PostAsync($"tasks/{id}/steps/sign", null)).Problem.Should().Be("urn:limocha:problem:proof-required");
        (await UploadAsync(staff, "MZ\0\0"u8.ToArray(), id)).Problem.Should().Be("urn:limocha:problem:file-type");
        (await UploadAsync(staff, new byte[11 * 1024 * 1024], id)).Status.Should().Be(HttpStatusCode.RequestEntityTooLarge);
        (await UploadAsync(other, Png, id)).Status.Should().Be(HttpStatusCode.NotFound, "not their task");
        var file = await UploadAsync(staff, Png, id);
        (file.Status, file.Json.GetProperty("contentType").GetString()).Should().Be((HttpStatusCode.Created, "image/png"));
        var fileId = file.Json.GetProperty("id").GetString();
        (await admin.GetAsync($"files/{fileId}/info")).Status.Should().Be(HttpStatusCode.OK);
        (await other.GetAsync($"files/{fileId}")).Status.Should().Be(HttpStatusCode.NotFound);

        var done = await staff.PostAsync($"tasks/{id}/steps/sign", new { note = "客户已签", proofs = new[] { new { kind = "signature", fileId } } });
        done.Json.GetProperty("stage").GetString().Should().Be("completed", "{0}", done.Text);
        done.Json.GetProperty("details").GetProperty("proofs")[0].GetProperty("sha256").GetString().Should().Be(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Png)));
    }

    [Fact]
    public async Task The_engine_assigns_and_the_history_says_why()
    {
        using var manager = await product.SignInAsync("manager");
        var task = await manager.PostAsync("tasks", new { title = "谁有空", assignment = new { strategy = "leastLoaded" } });
        task.Status.Should().Be(HttpStatusCode.Created, "{0}", task.Text);
        var id = task.Json.GetProperty("id").GetString();
        await Eventually.TrueAsync(async () => (await manager.GetAsync($"tasks/{id}/history")).Json.GetProperty("items").GetArrayLength() > 0, "the history is projected");
        var why = (await manager.GetAsync($"tasks/{id}/history")).Json.GetProperty("items").EnumerateArray().Single(item => item.GetProperty("event").GetProperty("$type").GetString() == "taskAssigned").GetProperty("event").GetProperty("why");
        why.GetProperty("strategy").GetString().Should().Be("leastLoaded");
        why.GetProperty("considered").GetInt32().Should().BePositive();
        (await manager.PostAsync("tasks", new { title = "x", assignment = new { strategy = "nearest" } })).Problem.Should().Be("urn:limocha:problem:no-place");
        (await manager.PostAsync("tasks", new { title = "x", assigneeId = Guid.NewGuid(), assignment = new { } })).Problem.Should().Be("urn:limocha:problem:assignee-and-assignment");
        using var staff = await product.SignInAsync("staff2");
        (await staff.PostAsync("tasks", new { title = "x", assignment = new { } })).Status.Should().Be(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_schedule_is_made_listed_and_rested()
    {
        using var manager = await product.SignInAsync("manager");
        var made = await manager.PostAsync("task-schedules", new { name = "周检", task = new { title = "周检", assignment = new { } }, rule = "FREQ=WEEKLY;BYDAY=MO", from = "2027-01-01", at = "09:00:00", dueAfterMinutes = 120 });
        made.Status.Should().Be(HttpStatusCode.Created, "{0}", made.Text);
        made.Json.GetProperty("nextAt").GetDateTimeOffset().Should().Be(new DateTimeOffset(2027, 1, 4, 1, 0, 0, TimeSpan.Zero), "Monday at nine in Shanghai");
        await Eventually.TrueAsync(async () => (await manager.GetAsync("task-schedules")).Json.GetProperty("items").GetArrayLength() > 0, "it is listed");
        (await manager.PostAsync("task-schedules", new { name = "x", task = new { title = "x" }, rule = "FREQ=SECONDLY", from = "2027-01-01" })).Problem.Should().Be("urn:limocha:problem:not-a-rule");
        var rested = await manager.SendAsync(HttpMethod.Put, $"task-schedules/{made.Json.GetProperty("id").GetString()}", new { name = "周检", task = new { title = "周检" }, rule = "FREQ=WEEKLY;BYDAY=MO", from = "2027-01-01", enabled = false });
        rested.Json.TryGetProperty("nextAt", out _).Should().BeFalse();
        using var staff = await product.SignInAsync("staff2");
        (await staff.GetAsync("task-schedules")).Status.Should().Be(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A2_a_notice_reaches_the_npm_client_is_read_and_its_receipts_are_counted()
    {
        using var admin = await product.SignInAsync("admin");
        using var manager = await product.SignInAsync("manager");
        using var staff = await product.SignInAsync("staff1");
        await using var device = await NodeDevice.ConnectAsync(product, "staff1", "notice-phone");
        var department = (await admin.GetAsync($"users/{await admin.UserIdAsync("staff1")}")).Json.GetProperty("departmentId").GetString();
        var notice = await admin.PostAsync("notices", new { title = "例会改到周三", category = "meeting", audience = new { kind = "department", departmentId = department } });
        notice.Status.Should().Be(HttpStatusCode.Created, "{0}", notice.Text);
        var id = notice.Json.GetProperty("id").GetString()!;
        await device.UntilShownAsync(id);

        await Eventually.TrueAsync(async () => (await staff.GetAsync("notices?unread=true")).Json.GetProperty("items").EnumerateArray().Any(item => item.GetProperty("id").GetString() == id), "it is listed as unread");
        (await device.ActAsync(new { taskId = id, action = "read", version = 1 })).GetProperty("ok").GetBoolean().Should().BeTrue();
        await Eventually.TrueAsync(async () => (await admin.GetAsync($"notices/{id}/receipts?read=true")).Json.GetProperty("read").GetInt32() == 1, "the receipt is counted");
        (await staff.GetAsync("notices?unread=false")).Json.GetProperty("items").EnumerateArray().Single(item => item.GetProperty("id").GetString() == id).GetProperty("readAt").GetDateTimeOffset().Should().BeAfter(notice.Json.GetProperty("publishedAt").GetDateTimeOffset());
        var open = (await admin.GetAsync($"notices/{id}/receipts?read=false&limit=2")).Json;
        open.GetProperty("items").EnumerateArray().Should().OnlyContain(item => item.GetProperty("userId").GetString() != null);
        (await staff.PostAsync("notices", new { title = "x", audience = new { kind = "everyone" } })).Status.Should().Be(HttpStatusCode.Forbidden);
        (await manager.PostAsync("notices", new { title = "x", audience = new { kind = "everyone" } })).Status.Should().Be(HttpStatusCode.Forbidden);
        (await admin.PostAsync($"notices/{id}/withdraw", null)).Status.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Preferences_and_a_push_target_are_set_and_bad_ones_refused()
    {
        using var staff = await product.SignInAsync("staff4");
        (await staff.SendAsync(HttpMethod.Put, "me/preferences", new { off = new[] { "news" }, deviceOff = new[] { "news" }, quietHours = new { from = "22:00:00", to = "07:30:00", except = new[] { "urgent" } } })).Status.Should().Be(HttpStatusCode.OK);
        (await staff.GetAsync("me/preferences")).Json.GetProperty("quietHours").GetProperty("to").GetString().Should().Be("07:30:00");
        (await staff.SendAsync(HttpMethod.Put, "me/preferences", new { quietHours = new { from = "22:00:00", to = "22:00:00" } })).Problem.Should().Be("urn:limocha:problem:invalid");
        var device = (await staff.GetAsync("devices")).Json.EnumerateArray().First().GetProperty("id").GetString();
        (await staff.SendAsync(HttpMethod.Put, $"devices/{device}/push", new { vendor = "huawei", token = "t-1" })).Problem.Should().Be("urn:limocha:problem:consent-required");
        await staff.SendAsync(HttpMethod.Put, "me/consents/push.vendor", new { state = "granted" });
        (await staff.SendAsync(HttpMethod.Put, $"devices/{device}/push", new { vendor = "huawei", token = "t-1" })).Json.GetProperty("pushVendor").GetString().Should().Be("huawei");
        (await staff.SendAsync(HttpMethod.Put, $"devices/{device}/push", new { vendor = "huawei", token = "has space" })).Status.Should().Be(HttpStatusCode.BadRequest);
        (await staff.SendAsync(HttpMethod.Delete, $"devices/{device}/push", null)).Status.Should().Be(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task Presence_tells_online_idle_and_away_with_when_last_seen()
    {
        using var manager = await product.SignInAsync("manager");
        using var staff = await product.SignInAsync("staff1");
        var id = await manager.UserIdAsync("staff1");
        async Task<string?> StateAsync() => (await manager.GetAsync($"users/{id}/presence")).Json.GetProperty("state").GetString();
        var hub = DotNetClientTests.Connect(staff, messagePack: false);
        await hub.StartAsync();
        await hub.InvokeAsync("Hello", new { deviceId = "presence-phone", platform = "dotnet" });
        await Eventually.TrueAsync(async () => await StateAsync() == "online", "a device is connected and in use");
        await hub.InvokeAsync("Active", false);
        await Eventually.TrueAsync(async () => await StateAsync() == "idle", "its app went to the back");
        await hub.InvokeAsync("Active", true);
        await Eventually.TrueAsync(async () => await StateAsync() == "online", "and came back");
        (await hub.InvokeAsync<JsonElement>("Locate", new { point = new { latitude = 31.2, longitude = 121.5, system = "mars" } })).GetProperty("problem").GetString().Should().Be("urn:limocha:problem:invalid");
        (await hub.InvokeAsync<JsonElement>("Locate", new { point = new { latitude = 31.2, longitude = 121.5, system = "gcj02" } })).GetProperty("problem").GetString().Should().Be("urn:limocha:problem:consent-required");
        await staff.SendAsync(HttpMethod.Put, "me/consents/dispatch.location", new { state = "granted" });
        (await hub.InvokeAsync<JsonElement>("Locate", new { point = new { latitude = 31.2, longitude = 121.5, system = "gcj02" } })).GetProperty("ok").GetBoolean().Should().BeTrue();
        await hub.DisposeAsync();
        await Eventually.TrueAsync(async () => await StateAsync() == "away", "nothing is connected");
        (await manager.GetAsync($"users/{id}/presence")).Json.GetProperty("lastSeenAt").GetDateTimeOffset().Should().BeCloseTo(TimeProvider.System.GetUtcNow(), TimeSpan.FromMinutes(1));
    }

    /// <summary>Ten thousand rows, some of them bad, with progress on the caller's device; the process is killed in the middle and the same call made again: each row once.</summary>
    [Fact]
    public async Task A_batch_of_10000_tells_its_progress_reports_bad_rows_and_is_resumed_after_kill_9()
    {
        await using var own = await Product.StartDemoAsync();
        using var admin = await own.SignInAsync("admin");
        var before = await TasksAsync(admin);
        var people = (await admin.GetAsync("users?role=staff&limit=200")).Json.GetProperty("items").EnumerateArray().Select(user => user.GetProperty("id").GetString()).ToArray();
        var rows = Enumerable.Range(0, 10_000).Select(i => (object)(i % 1000 == 7
            ? new { title = "", assigneeId = people[0] }
            : new { title = $"批量 {i}", assigneeId = i % 1000 == 8 ? Guid.NewGuid().ToString() : people[i % people.Length] })).ToArray();
        var halfway = new TaskCompletionSource();
        var hub = DotNetClientTests.Connect(admin, messagePack: false);
        hub.On<JsonElement>("Progress", progress =>
        {
            if (progress.GetProperty("total").GetInt32() == 10_000 && progress.GetProperty("done").GetInt32() is > 500 and < 10_000)
            {
                halfway.TrySetResult();
            }
        });
        await hub.StartAsync();
        await hub.InvokeAsync("Hello", new { deviceId = "desk", platform = "dotnet" });
        var key = ("Idempotency-Key", Guid.NewGuid().ToString());
        var broken = admin.PostAsync("tasks/batch", new { tasks = rows }, key);
        await halfway.Task.WaitAsync(TimeSpan.FromSeconds(60));
        await own.Process.KillAsync();
        await FluentActions.Awaiting(() => broken).Should().ThrowAsync<HttpRequestException>();
        await hub.DisposeAsync();

        await own.StartAgainAsync();
        await admin.SignInAsync("admin", own.Password("admin"));
        var answer = await admin.PostAsync("tasks/batch", new { tasks = rows }, key);

        answer.Status.Should().Be(HttpStatusCode.OK, "{0}", answer.Text[..Math.Min(500, answer.Text.Length)]);
        var results = answer.Json.EnumerateArray().ToList();
        results.Should().HaveCount(10_000);
        results.Where(row => row.TryGetProperty("problem", out _)).Select(row => (row.GetProperty("index").GetInt32() % 1000, row.GetProperty("problem").GetString(), row.GetProperty("field").GetString()))
            .Distinct().Should().BeEquivalentTo([(7, "urn:limocha:problem:invalid", "title"), (8, "urn:limocha:problem:unknown-assignee", "assigneeId")]);
        await Eventually.TrueAsync(async () => await TasksAsync(admin) == before + 9_980, "each good row is there, once", seconds: 60);
        (await admin.PostAsync("tasks/batch", new { tasks = rows }, key)).Replayed.Should().BeTrue();
        (await admin.PostAsync("tasks/batch", new { tasks = rows.Concat(rows) })).Problem.Should().Be("urn:limocha:problem:invalid");
    }

    private static async Task<int> TasksAsync(Api admin) =>
        (await admin.GetAsync("reports/overview")).Json.GetProperty("stages").EnumerateArray().Sum(stage => stage.GetProperty("count").GetInt32());

    private static async Task<Answer> UploadAsync(Api api, byte[] bytes, string? taskId)
    {
        using var content = new ByteArrayContent(bytes);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse("application/octet-stream");
        // The server says no to what is too large before it is sent.
        return await api.SendAsync(HttpMethod.Post, $"files?taskId={taskId}&name=签名.png", content, ("Expect", "100-continue"));
    }
}
