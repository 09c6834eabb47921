using System.Net;
using LimoCha.Actors.Testing;

namespace LimoCha.Actors.EndToEnd;

/// <summary>The demo's flow with real processes and a device nobody here wrote.</summary>
public sealed class AcceptanceTests(Xunit.Abstractions.ITestOutputHelper output)
{
    [Theory]
    [InlineData("json")]
    [InlineData("msgpack")]
    public async Task A1_a_task_posted_reaches_the_npm_client_and_survives_kill_9(string protocol)
    {
        await using var product = await Product.StartDemoAsync();
        using var manager = await product.SignInAsync("manager");
        var staff1 = await manager.UserIdAsync("staff1");
        await using var device = await NodeDevice.ConnectAsync(product, "staff1", "node-1", protocol);

        var ids = new List<string>();
        for (var i = 0; i < 10; i++)
        {
            var answer = await manager.PostAsync("tasks", new { title = $"拜访 {i}", assigneeId = staff1, priority = "high" });
            answer.Status.Should().Be(HttpStatusCode.Created, "{0}", answer.Text);
            ids.Add(answer.Json.GetProperty("id").GetString()!);
        }

        await product.Process.KillAsync();
        await product.StartAgainAsync();
        await device.UntilAsync(_ => device.Connections >= 2);
        foreach (var id in ids)
        {
            await device.UntilShownAsync(id);
        }

        // One more after the restart: the way is open, and what came before is behind it.
        using var again = await product.SignInAsync("manager");
        var last = await again.PostAsync("tasks", new { title = "after", assigneeId = staff1 });
        await device.UntilShownAsync(last.Json.GetProperty("id").GetString()!);
        device.Shown.Should().OnlyHaveUniqueItems("no version is shown twice");
        device.Shown.Select(card => card.Id).Should().Contain(ids);
        (await again.GetAsync("tasks?q=拜访&limit=200")).Json.GetProperty("items").GetArrayLength().Should().BeGreaterThanOrEqualTo(10);
    }

    [Fact]
    public async Task A_step_taken_on_the_device_is_answered_and_moves_the_card()
    {
        await using var product = await Product.StartDemoAsync();
        using var manager = await product.SignInAsync("manager");
        await using var device = await NodeDevice.ConnectAsync(product, "staff1", "node-1", "msgpack");
        var task = (await manager.PostAsync("tasks", new { title = "Visit", assigneeId = await manager.UserIdAsync("staff1") })).Json.GetProperty("id").GetString()!;
        await device.UntilShownAsync(task);

        (await device.ActAsync(new { taskId = task, action = "start", version = 1 })).GetProperty("problem").GetString().Should().Be("urn:limocha:problem:wrong-stage");
        (await device.ActAsync(new { taskId = task, action = "accept", version = 9 })).GetProperty("problem").GetString().Should().Be("urn:limocha:problem:stale-version");
        (await device.ActAsync(new { taskId = task, action = "dance", version = 1 })).GetProperty("problem").GetString().Should().Be("urn:limocha:problem:unknown-step");
        foreach (var (action, version) in new[] { ("accept", 1), ("start", 2), ("complete", 3) })
        {
            (await device.ActAsync(new { taskId = task, action, version })).GetProperty("ok").GetBoolean().Should().BeTrue();
        }

        await device.UntilAsync(lines => lines.Any(line => line.TryGetProperty("removed", out var removed) && removed.GetString() == task));
        (await manager.GetAsync($"tasks/{task}")).Json.GetProperty("stage").GetString().Should().Be("completed");
        (await manager.GetAsync($"tasks/{task}/history")).Json.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("event").GetProperty("$type").GetString())
            .Should().Equal("taskCreated", "taskAssigned", "taskAccepted", "taskStarted", "taskCompleted");
    }

    [Fact]
    public async Task Two_devices_of_one_person_show_the_same_and_a_revoked_one_is_cut_off()
    {
        await using var product = await Product.StartDemoAsync();
        using var manager = await product.SignInAsync("manager");
        using var staff = await product.SignInAsync("staff1");
        await using var phone = await NodeDevice.ConnectAsync(product, "staff1", "phone");
        await using var tablet = await NodeDevice.ConnectAsync(product, "staff1", "tablet", "msgpack");
        var id = (await manager.PostAsync("tasks", new { title = "Visit", assigneeId = await manager.UserIdAsync("staff1") })).Json.GetProperty("id").GetString()!;
        await phone.UntilShownAsync(id);
        await tablet.UntilShownAsync(id);

        var presence = await manager.GetAsync($"users/{await manager.UserIdAsync("staff1")}/presence");
        presence.Json.GetProperty("devices").GetArrayLength().Should().Be(2);

        var sessions = (await staff.GetAsync("devices")).Json.EnumerateArray().ToList();
        var revoked = sessions.Single(session => session.TryGetProperty("deviceId", out var device) && device.GetString() == "phone").GetProperty("id").GetString();
        (await staff.SendAsync(HttpMethod.Delete, $"devices/{revoked}", null)).Status.Should().Be(HttpStatusCode.NoContent);
        await phone.UntilAsync(lines => lines.Any(line => line.TryGetProperty("ended", out var reason) && reason.GetString() == "revoked"));
        tablet.Lines.Where(line => line.TryGetProperty("ended", out _)).Should().BeEmpty();
    }

    /// <summary>Silo and web processes apart, on PostgreSQL: posted at one door, shown at the other; the only silo is killed and another takes over.</summary>
    [Fact]
    public async Task Separate_silos_and_doors_on_postgres_lose_nothing_when_the_silo_is_killed()
    {
        var connection = await (await Postgres.SharedAsync()).CreateDatabaseAsync();
        var cluster = $"c{Guid.NewGuid():N}";
        (string, string)[] common = [("Storage:Provider", "PostgreSql"), ("Storage:ConnectionString", connection), ("Cluster:Mode", "AdoNet"), ("Cluster:ClusterId", cluster), ("Privacy:MasterKeys:1", Convert.ToBase64String(new byte[32]))];
        (string, string)[] Silo() => [.. common, ("Cluster:SiloPort", $"{Ports.Free()}"), ("Cluster:GatewayPort", $"{Ports.Free()}"), ("Cluster:AdvertisedAddress", "127.0.0.1")];
        (string, string)[] door = [.. common, ("Web:Mode", "Client"), ("Web:Secret", Convert.ToBase64String(new byte[32]))];

        await using var first = ProductProcess.Start("Silo", Silo());
        await using var one = await Product.StartDemoAsync(door);
        await using var two = await Product.StartAsync(door);
        using var manager = await one.SignInAsync("manager");
        var staff1 = await manager.UserIdAsync("staff1");
        await using var device = await NodeDevice.ConnectAsync(one, "staff1", "node-1", address: two.Address);
        var before = (await manager.PostAsync("tasks", new { title = "before", assigneeId = staff1 })).Json.GetProperty("id").GetString()!;
        await device.UntilShownAsync(before);

        await using var second = ProductProcess.Start("Silo", Silo());
        await first.KillAsync();
        string? after = null;
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(250));
        for (var tries = 0; after is null && tries < 240; tries++)
        {
            var answer = await manager.PostAsync("tasks", new { title = "after", assigneeId = staff1 }, ("Idempotency-Key", "after-the-kill"));
            after = answer.Status == HttpStatusCode.Created ? answer.Json.GetProperty("id").GetString() : null;
            if (after is null)
            {
                answer.Status.Should().BeOneOf([HttpStatusCode.ServiceUnavailable, HttpStatusCode.Unauthorized], "{0}", answer.Text);
                await look.WaitForNextTickAsync();
            }
        }

        after.Should().NotBeNull("another silo has taken over; it said {0}", second.Output);
        await device.UntilShownAsync(after!);
        device.Shown.Should().OnlyHaveUniqueItems();
    }

    /// <summary>Whoever is disabled is cut off at every door, at once.</summary>
    [Fact]
    public async Task E4_a_disabled_user_is_cut_off_at_every_door()
    {
        var connection = await (await Postgres.SharedAsync()).CreateDatabaseAsync();
        (string, string)[] common = [("Storage:Provider", "PostgreSql"), ("Storage:ConnectionString", connection), ("Cluster:Mode", "AdoNet"), ("Cluster:ClusterId", $"c{Guid.NewGuid():N}"), ("Privacy:MasterKeys:1", Convert.ToBase64String(new byte[32]))];
        (string, string)[] door = [.. common, ("Web:Mode", "Client"), ("Web:Secret", Convert.ToBase64String(new byte[32]))];
        await using var silo = ProductProcess.Start("Silo", [.. common, ("Cluster:SiloPort", $"{Ports.Free()}"), ("Cluster:GatewayPort", $"{Ports.Free()}"), ("Cluster:AdvertisedAddress", "127.0.0.1")]);
        await using var one = await Product.StartDemoAsync(door);
        await using var two = await Product.StartAsync(door);
        using var admin = await one.SignInAsync("admin");
        await using var here = await NodeDevice.ConnectAsync(one, "staff1", "here");
        await using var there = await NodeDevice.ConnectAsync(one, "staff1", "there", address: two.Address);

        var asked = System.Diagnostics.Stopwatch.StartNew();
        (await admin.SendAsync(HttpMethod.Patch, $"users/{await admin.UserIdAsync("staff1")}", new { enabled = false })).Status.Should().Be(HttpStatusCode.OK);
        foreach (var device in new[] { here, there })
        {
            await device.UntilAsync(lines => lines.Any(line => line.TryGetProperty("ended", out var reason) && reason.GetString() == "disabled"), seconds: 5);
        }

        output.WriteLine($"cut off at both doors {asked.ElapsedMilliseconds} ms after the call began");
    }

    [Fact]
    public async Task The_process_stops_cleanly_and_goes_on_where_it_was()
    {
        await using var product = await Product.StartDemoAsync();
        using var manager = await product.SignInAsync("manager");
        var before = (await manager.GetAsync("reports/overview")).Json.GetProperty("people").GetArrayLength();
        (await product.Process.StopAsync()).Should().Be(0);
        await product.StartAgainAsync();
        using var again = await product.SignInAsync("manager");
        (await again.GetAsync("reports/overview")).Json.GetProperty("people").GetArrayLength().Should().Be(before, "the demo is seeded once");
    }
}
