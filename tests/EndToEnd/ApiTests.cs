using LimoCha.Actors.Testing;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json;

namespace LimoCha.Actors.EndToEnd;

/// <summary>The contract of the HTTP API, over the wire.</summary>
[Collection("demo")]
public sealed class ApiTests(DemoFixture demo)
{
    private readonly Product product = demo.Product;

    [Fact]
    public async Task Sign_in_answers_tokens_and_refuses_alike_for_a_wrong_name_and_a_wrong_password()
    {
        using var api = new Api(product.Address);
        foreach (var (userName, password) in new[] { ("nobody", "whatever it is"), ("manager2", "whatever it is") })
        {
            var answer = await api.PostAsync("auth/login", new { userName, password });
            (answer.Status, answer.Problem).Should().Be((HttpStatusCode.Unauthorized, "urn:limocha:problem:invalid-credentials"));
        }

        var tokens = (await api.PostAsync("auth/login", new { userName = "MANAGER2", password = product.Password("manager2") })).Json;
        tokens.GetProperty("tokenType").GetString().Should().Be("Bearer");
        tokens.GetProperty("expiresIn").GetInt32().Should().BePositive();
        api.Use(tokens);
        (await api.GetAsync("me")).Json.GetProperty("userName").GetString().Should().Be("manager2");
    }

    [Fact]
    public async Task E4_refresh_tokens_rotate_and_the_reuse_of_an_old_one_ends_the_session()
    {
        using var api = await product.SignInAsync("auditor");
        var first = api.Tokens.GetProperty("refreshToken").GetString();
        var second = await api.PostAsync("auth/refresh", new { refreshToken = first });
        second.Status.Should().Be(HttpStatusCode.OK);
        api.Use(second.Json);
        (await api.GetAsync("me")).Status.Should().Be(HttpStatusCode.OK);

        (await api.PostAsync("auth/refresh", new { refreshToken = first })).Status.Should().Be(HttpStatusCode.Unauthorized);
        (await api.PostAsync("auth/refresh", new { refreshToken = second.Json.GetProperty("refreshToken").GetString() })).Status.Should().Be(HttpStatusCode.Unauthorized, "the family is revoked");
        await Eventually.TrueAsync(async () => (await api.GetAsync("me")).Status == HttpStatusCode.Unauthorized, "access ends with the session");
        (await api.PostAsync("auth/refresh", new { refreshToken = "AAAA" })).Problem.Should().Be("urn:limocha:problem:invalid-token");
    }

    [Fact]
    public async Task E4_five_wrong_passwords_lock_the_account_for_a_while()
    {
        using var api = new Api(product.Address);
        using var within = await product.SignInAsync("staff6");
        for (var i = 0; i < 5; i++)
        {
            await api.PostAsync("auth/login", new { userName = "staff6", password = "wrong wrong wrong" });
        }

        Answer[] answers =
        [
            await api.PostAsync("auth/login", new { userName = "staff6", password = product.Password("staff6") }),
            await within.PostAsync("me/password", new { currentPassword = product.Password("staff6"), newPassword = "another long one" }),
            await within.PostAsync("auth/step-up", new { password = product.Password("staff6") }),
        ];
        answers.Should().AllSatisfy(locked => (locked.Status, locked.Problem, locked.HasRetryAfter).Should().Be((HttpStatusCode.TooManyRequests, "urn:limocha:problem:locked-out", true)));
    }

    [Fact]
    public async Task E4_the_second_factor_is_asked_once_it_is_on()
    {
        using var api = await product.SignInAsync("privacy");
        var setup = (await api.PostAsync("me/two-factor/setup", new { })).Json;
        setup.GetProperty("uri").GetString().Should().StartWith("otpauth://totp/");
        var key = setup.GetProperty("key").GetString()!;
        (await api.PostAsync("me/two-factor/enable", new { code = "000000" })).Problem.Should().Be("urn:limocha:problem:wrong-code");
        var codes = await api.PostAsync("me/two-factor/enable", new { code = Totp(key) });
        codes.Status.Should().Be(HttpStatusCode.OK, "{0}", codes.Text);

        var password = product.Password("privacy");
        (await api.PostAsync("auth/login", new { userName = "privacy", password })).Problem.Should().Be("urn:limocha:problem:two-factor-required");
        (await api.PostAsync("auth/login", new { userName = "privacy", password, twoFactorCode = "123456" })).Problem.Should().Be("urn:limocha:problem:invalid-credentials");
        (await api.PostAsync("auth/login", new { userName = "privacy", password, twoFactorCode = Totp(key) })).Status.Should().Be(HttpStatusCode.OK);
        var recovery = codes.Json.GetProperty("codes")[0].GetString();
        (await api.PostAsync("auth/login", new { userName = "privacy", password, twoFactorCode = recovery })).Status.Should().Be(HttpStatusCode.OK);
        (await api.PostAsync("auth/login", new { userName = "privacy", password, twoFactorCode = recovery })).Status.Should().Be(HttpStatusCode.Unauthorized, "a recovery code works once");
        (await api.PostAsync("me/two-factor/disable", new { code = Totp(key) })).Status.Should().Be(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task Signing_out_everywhere_ends_every_session()
    {
        using var here = await product.SignInAsync("manager3");
        using var there = await product.SignInAsync("manager3");
        (await here.PostAsync("auth/logout", new { everywhere = true })).Status.Should().Be(HttpStatusCode.NoContent);
        await Eventually.TrueAsync(async () => (await there.GetAsync("me")).Status == HttpStatusCode.Unauthorized, "the other session is over too");
    }

    [Fact]
    public async Task Without_a_token_the_answer_is_401_and_with_the_wrong_role_403()
    {
        using var nobody = new Api(product.Address);
        (await nobody.GetAsync("tasks")).Problem.Should().Be("urn:limocha:problem:unauthenticated");
        using var staff = await product.SignInAsync("staff2");
        var answer = await staff.PostAsync("users", new { userName = "intruder", displayName = "X", role = "admin", password = "0123456789" });
        (answer.Status, answer.Problem).Should().Be((HttpStatusCode.Forbidden, "urn:limocha:problem:forbidden"));
    }

    [Fact]
    public async Task An_idempotency_key_replays_the_first_answer_and_refuses_another_body()
    {
        using var manager = await product.SignInAsync("manager");
        var body = new { title = "once", assigneeId = await manager.UserIdAsync("staff2") };
        var key = ("Idempotency-Key", Guid.NewGuid().ToString());
        var first = await manager.PostAsync("tasks", body, key);
        var id = first.Json.GetProperty("id").GetString();
        await manager.PostAsync($"tasks/{id}/cancel", new { note = "moved on" });
        var repeat = await manager.PostAsync("tasks", body, key);
        (repeat.Status, repeat.Replayed, repeat.Text, repeat.ETag).Should().Be((HttpStatusCode.Created, true, first.Text, first.ETag), "the first answer, though the task has moved on");
        (await manager.PostAsync("tasks", new { title = "other" }, key)).Problem.Should().Be("urn:limocha:problem:idempotency-key-reused");

        var together = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => manager.PostAsync("tasks", new { title = "together" }, ("Idempotency-Key", $"{key.Item2}-2"))));
        together.Select(answer => answer.Json.GetProperty("id").GetString()).Distinct().Should().ContainSingle("eight at once are one task");
    }

    [Fact]
    public async Task ETags_guard_changes()
    {
        using var manager = await product.SignInAsync("manager");
        var made = await manager.PostAsync("tasks", new { title = "guarded" });
        made.ETag.Should().Be("\"1\"");
        var path = $"tasks/{made.Json.GetProperty("id").GetString()}";
        (await manager.PostAsync($"{path}/comment", new { note = "x" }, ("If-Match", "\"1\""))).ETag.Should().Be("\"2\"");
        (await manager.PostAsync($"{path}/comment", new { note = "y" }, ("If-Match", "\"1\""))).Status.Should().Be(HttpStatusCode.PreconditionFailed);
        (await manager.PostAsync($"{path}/comment", new { note = "y" }, ("If-Match", "rubbish"))).Status.Should().Be(HttpStatusCode.BadRequest);
    }

    public static TheoryData<string, string, int, string?> BadInputs => new()
    {
        { "tasks", "{", 400, null },
        { "tasks", "[]", 400, null },
        { "tasks", """{"title":""}""", 400, "title" },
        { "tasks", """{"title":"x","priority":"loud"}""", 400, "priority" },
        { "tasks", """{"title":"x","priority":2}""", 400, "priority" },
        { "tasks", """{"title":"x","assigneeId":"me"}""", 400, "assigneeId" },
        { "tasks", """{"title":"x","assigneeId":"01900000-0000-7000-8000-000000000000"}""", 422, "assigneeId" },
        { "tasks", """{"title":"x","dueAt":"2001-01-01T00:00:00Z"}""", 422, "dueAt" },
        { "tasks/batch", """{"tasks":[]}""", 400, "tasks" },
        { "tasks/01900000-0000-7000-8000-000000000000/accept", "{}", 404, null },
        { "customers", """{"name":"x","phone":"not a number"}""", 400, "phone" },
        { "customers", """{"name":"x","email":"nope"}""", 400, "email" },
        { "customers", "{}", 400, "name" },
        { "check-ins", "{}", 400, "kind" },
        { "check-ins", """{"kind":"in","point":{"latitude":91,"longitude":0}}""", 400, "point.latitude" },
        { "check-in-locations", """{"name":"x","center":{"latitude":1,"longitude":1},"radiusMetres":1}""", 400, "radiusMetres" },
    };

    [Theory, MemberData(nameof(BadInputs))]
    public async Task Bad_input_gets_a_problem_that_names_the_field_and_never_a_500(string path, string body, int status, string? field)
    {
        using var manager = await product.SignInAsync("manager");
        var answer = await manager.PostAsync(path, body);
        ((int)answer.Status).Should().Be(status, "{0}", answer.Text);
        answer.Problem.Should().StartWith("urn:limocha:problem:");
        if (field is not null)
        {
            answer.Json.GetProperty("errors").TryGetProperty(field, out _).Should().BeTrue("{0}", answer.Text);
        }
    }

    [Fact]
    public async Task C3_a_customers_life_create_change_delete_restore()
    {
        using var staff = await product.SignInAsync("staff4");
        using var stranger = await product.SignInAsync("staff5");
        var made = await staff.PostAsync("customers", new { name = "林小满", phone = "138 0013 8000", source = "展会" });
        made.Json.GetProperty("phone").GetString().Should().Be("+86138****8000", "masked, unless it is asked for with a purpose");
        var path = $"customers/{made.Json.GetProperty("id").GetString()}";
        (await stranger.GetAsync(path)).Status.Should().Be(HttpStatusCode.NotFound);
        (await staff.SendAsync(HttpMethod.Patch, path, new { company = "满满贸易" })).Json.GetProperty("company").GetString().Should().Be("满满贸易");
        (await staff.SendAsync(HttpMethod.Delete, path, null)).Status.Should().Be(HttpStatusCode.OK);
        await Eventually.TrueAsync(async () => Names(await staff.GetAsync("recycle-bin")).Contains("林小满"), "the bin has it");
        Names(await staff.GetAsync("customers?q=林小满")).Should().BeEmpty();
        (await staff.PostAsync($"{path}/restore", null)).Status.Should().Be(HttpStatusCode.OK);
        await Eventually.TrueAsync(async () => Names(await staff.GetAsync("customers?q=林小满")).Contains("林小满"), "it is back");

        static List<string?> Names(Answer list) => [.. list.Json.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("name").GetString())];
    }

    [Fact]
    public async Task A6_a_check_in_by_gcj02_counts_live_and_ends_with_the_consent()
    {
        using var staff = await product.SignInAsync("staff5");
        using var admin = await product.SignInAsync("admin");
        await staff.SendAsync(HttpMethod.Put, "me/consents/attendance.location", new { state = "withdrawn" });
        // People's Square station in GCJ-02, as AMap would report it.
        var checkIn = new { kind = "in", point = new { latitude = 31.2308, longitude = 121.4783, system = "gcj02", accuracy = 30 } };
        (await staff.PostAsync("check-ins", checkIn)).Problem.Should().Be("urn:limocha:problem:consent-required");
        (await staff.SendAsync(HttpMethod.Put, "me/consents/attendance.location", new { state = "granted", policyVersion = "1" })).Status.Should().Be(HttpStatusCode.OK);
        var done = await staff.PostAsync("check-ins", checkIn);
        done.Status.Should().Be(HttpStatusCode.Created, "{0}", done.Text);
        var place = done.Json.GetProperty("locationId").GetString();
        var me = await admin.UserIdAsync("staff5");
        (await admin.GetAsync($"check-in-locations/{place}/today")).Json.GetProperty("present").EnumerateArray().Select(p => p.GetProperty("userId").GetString()).Should().Contain(me);
        (await staff.PostAsync("check-ins", new { kind = "in", point = new { latitude = 39.9, longitude = 116.4 } })).Problem.Should().Be("urn:limocha:problem:no-place-here");
        (await staff.PostAsync("check-ins", new { kind = "out", locationId = place, point = checkIn.point })).Status.Should().Be(HttpStatusCode.Created);
    }

    [Fact]
    public async Task A_disabled_user_is_signed_out_and_kept_out()
    {
        using var admin = await product.SignInAsync("admin");
        var made = await admin.PostAsync("users", new { userName = "temp.worker", displayName = "临时工", role = "staff", password = "a long password" });
        made.Status.Should().Be(HttpStatusCode.Created, "{0}", made.Text);
        (await admin.PostAsync("users", new { userName = "Temp.Worker", displayName = "x", role = "staff", password = "a long password" })).Problem.Should().Be("urn:limocha:problem:user-name-taken");
        using var worker = new Api(product.Address);
        await worker.SignInAsync("temp.worker", "a long password");
        (await admin.SendAsync(HttpMethod.Patch, $"users/{made.Json.GetProperty("id").GetString()}", new { enabled = false })).Status.Should().Be(HttpStatusCode.OK);
        await Eventually.TrueAsync(async () => (await worker.GetAsync("me")).Status == HttpStatusCode.Unauthorized, "disabled means out");
        (await worker.PostAsync("auth/login", new { userName = "temp.worker", password = "a long password" })).Problem.Should().Be("urn:limocha:problem:account-disabled");
    }

    [Fact]
    public async Task A_batch_reports_each_row_and_a_repeat_makes_nothing_new()
    {
        using var manager = await product.SignInAsync("manager");
        var staff = await manager.UserIdAsync("staff3");
        var body = new { tasks = Enumerable.Range(0, 50).Select(i => new { title = $"batch {i}", assigneeId = i == 7 ? Guid.Empty.ToString() : staff }).ToArray() };
        var rows = (await manager.PostAsync("tasks/batch", body, ("Idempotency-Key", "batch-1"))).Json.EnumerateArray().ToList();
        rows.Should().HaveCount(50);
        rows.Where(row => row.TryGetProperty("problem", out _)).Should().ContainSingle().Which.GetProperty("index").GetInt32().Should().Be(7);
        (await manager.PostAsync("tasks/batch", body, ("Idempotency-Key", "batch-1"))).Replayed.Should().BeTrue();
    }

    [Fact]
    public async Task Health_metrics_and_contract_are_served_and_the_dashboard_is_not_to_strangers()
    {
        using var api = new Api(product.Address);
        (await api.GetAsync("/health/live")).Status.Should().Be(HttpStatusCode.OK);
        (await api.GetAsync("/health/ready")).Status.Should().Be(HttpStatusCode.OK);
        (await api.GetAsync("/metrics")).Text.Should().Contain("limocha_storage_batch");
        (await api.GetAsync("/scalar")).Status.Should().Be(HttpStatusCode.OK);
        (await api.GetAsync("/dashboard/GrainState?grainId=1&grainType=user")).Status.Should().Be(HttpStatusCode.NotFound, "actors' states are not shown, to nobody");
        (await api.GetAsync("/dashboard")).Text.Should().Contain("name=\"userName\"", "a stranger is sent to sign-in");
    }

    [Theory]
    [InlineData("zh-CN,zh;q=0.9", "找不到对应内容")]
    [InlineData("en", "It is not there")]
    public async Task A_browser_that_asks_for_what_is_not_there_gets_a_page_in_its_language_and_a_program_a_problem(string language, string says)
    {
        using var api = new Api(product.Address);
        (string, string) browser = ("Accept", "text/html,application/xhtml+xml,*/*;q=0.8");
        var page = await api.SendAsync(HttpMethod.Get, "/nowhere", null, browser, ("Accept-Language", language));
        (page.Status, page.ContentType).Should().Be((HttpStatusCode.NotFound, "text/html"));
        WebUtility.HtmlDecode(page.Text).Should().Contain(says).And.NotContain("http-equiv");
        (await api.SendAsync(HttpMethod.Get, "/api/v1/nowhere", null, browser)).Text.Should().Contain("urn:limocha:problem:");
        (await api.GetAsync("/nowhere")).Text.Should().Contain("urn:limocha:problem:not-found");
    }

    [Fact]
    public async Task A_sign_in_form_that_is_too_old_is_shown_anew_and_says_so()
    {
        using var api = new Api(product.Address);
        using var form = new FormUrlEncodedContent([new("userName", "manager"), new("password", product.Password("manager"))]);
        var answer = await api.SendAsync(HttpMethod.Post, "/sign-in", form, ("Accept", "text/html"), ("Accept-Language", "zh-CN"));
        answer.Status.Should().Be(HttpStatusCode.OK);
        WebUtility.HtmlDecode(answer.Text).Should().Contain("页面已过期").And.Contain("name=\"password\"");
    }

    /// <summary>The contract changes on purpose only: run with UPDATE_OPENAPI=1 to take the change over into docs/openapi.json.</summary>
    [Fact]
    public async Task The_openapi_document_is_the_committed_one()
    {
        using var api = new Api(product.Address);
        var file = Path.Combine(Repository.Root, "docs", "openapi.json");
        var served = JsonSerializer.Serialize((await api.GetAsync("/openapi/v1.json")).Json, new JsonSerializerOptions { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }) + "\n";
        if (Environment.GetEnvironmentVariable("UPDATE_OPENAPI") == "1")
        {
            await File.WriteAllTextAsync(file, served);
        }

        served.Should().Be(await File.ReadAllTextAsync(file), "docs/openapi.json is the contract");
    }

    /// <summary>RFC 6238 with SHA-1, 6 digits, 30 s, as authenticator apps compute it.</summary>
    private static string Totp(string base32Key)
    {
        var bits = string.Concat(base32Key.TrimEnd('=').Select(letter => Convert.ToString("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".IndexOf(letter, StringComparison.Ordinal), 2).PadLeft(5, '0')));
        var key = Enumerable.Range(0, bits.Length / 8).Select(i => Convert.ToByte(bits.Substring(i * 8, 8), 2)).ToArray();
        var step = BitConverter.GetBytes(System.Net.IPAddress.HostToNetworkOrder(DateTimeOffset.UtcNow.ToUnixTimeSeconds() / 30));
#pragma warning disable CA5350 // The standard's own hash.
        var mac = HMACSHA1.HashData(key, step);
#pragma warning restore CA5350
        var at = mac[^1] & 15;
        var code = ((mac[at] & 127) << 24 | mac[at + 1] << 16 | mac[at + 2] << 8 | mac[at + 3]) % 1_000_000;
        return code.ToString("D6", System.Globalization.CultureInfo.InvariantCulture);
    }
}
