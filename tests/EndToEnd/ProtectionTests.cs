using System.Net;
using System.Text.Json;
using LimoCha.Actors.Testing;

namespace LimoCha.Actors.EndToEnd;

/// <summary>Incidents, transfers of the business, aggregates, risk signals, registration: as their users go through them.</summary>
[Collection("protection")]
public sealed class ProtectionTests(ProtectionFixture fixture)
{
    private readonly Product product = fixture.Product;

    [Fact]
    public async Task E6_an_incident_reaches_each_subject_the_way_that_reaches_them_and_closes_when_nothing_is_missing()
    {
        using var staff = await product.SignInAsync("staff1");
        using var officer = await product.SteppedUpAsync("privacy");
        var from = TimeProvider.System.GetUtcNow().AddMinutes(-1);
        var mailed = await ProtectionFixture.CustomerAsync(staff, "邮件客户", email: "mailed@example.com", phone: "13700000001");
        var gone = await ProtectionFixture.CustomerAsync(staff, "退信客户", email: "gone@example.com", phone: "13700000002");
        var phoned = await ProtectionFixture.CustomerAsync(staff, "电话客户", phone: "13700000003", address: "上海市某路 1 号");
        var written = await ProtectionFixture.CustomerAsync(staff, "信函客户", address: "北京市某街 2 号");
        var unreachable = await ProtectionFixture.CustomerAsync(staff, "无法联系");
        fixture.Mail.Unknown["gone@example.com"] = 1;
        foreach (var id in new[] { mailed, gone, phoned, written, unreachable })
        {
            (await staff.GetAsync($"customers/{id}")).Status.Should().Be(HttpStatusCode.OK);
        }

        (await staff.PostAsync("privacy/incidents", new { title = "x", description = "x", classes = new[] { "contact" } })).Status.Should().Be(HttpStatusCode.Forbidden);
        var reported = await officer.PostAsync("privacy/incidents", new { title = "员工手机遗失", level = "serious", description = "一部登录中的手机遗失。", classes = new[] { "identity", "contact" } });
        reported.Status.Should().Be(HttpStatusCode.Created, "{0}", reported.Text);
        var path = $"privacy/incidents/{reported.Json.GetProperty("id").GetString()}";
        (reported.Json.GetProperty("regulatorDueAt").GetDateTimeOffset() - reported.Json.GetProperty("discoveredAt").GetDateTimeOffset()).Should().Be(TimeSpan.FromHours(4));

        var staffId = (await staff.GetAsync("me")).Json.GetProperty("id").GetString();
        JsonElement found = default;
        await Eventually.TrueAsync(
            async () => (found = (await officer.PostAsync($"{path}/affected", new { from, to = TimeProvider.System.GetUtcNow().AddMinutes(1), actorId = staffId })).Json).GetProperty("total").GetInt32() >= 5, "the trail says whose data that account read");
        (await officer.PostAsync($"{path}/affected", new { from })).Status.Should().Be(HttpStatusCode.BadRequest);
        (await officer.PostAsync($"{path}/affected", new { subjectIds = new[] { staffId } })).Json.GetProperty("added").GetInt32().Should().BeInRange(0, 1);
        var early = await officer.PostAsync($"{path}/notices", new { });
        early.Problem.Should().Be("urn:limocha:problem:notice-incomplete", "subjects are told of impact, advice and remedy");
        (await officer.PostAsync($"{path}/close", new { })).Json.GetProperty("detail").GetString().Should().Contain("containment").And.Contain("authority");

        await officer.SendAsync(HttpMethod.Patch, path, new { impact = "联系方式可能被他人看到。", advice = "请警惕陌生来电。", remedy = "已为您更换专员。" });
        foreach (var (kind, text) in new[] { ("plan", "启动遗失预案"), ("containment", "远程注销该设备"), ("remedy", "逐一通知客户") })
        {
            (await officer.PostAsync($"{path}/measures", new { kind, text })).Status.Should().Be(HttpStatusCode.OK);
        }

        (await officer.PostAsync($"{path}/notices", new { })).Status.Should().Be(HttpStatusCode.OK);
        JsonElement notices = default;
        await Eventually.TrueAsync(async () => (notices = (await officer.GetAsync(path)).Json.GetProperty("notices")).GetProperty("pending").GetInt32() == 0, "everybody has been told, or is on a list");
        var mail = fixture.Mail.Mails.Where(message => message.To.Mailboxes.Single().Address == "mailed@example.com").Should().ContainSingle().Subject;
        mail.TextBody.Should().Contain("联系方式可能被他人看到").And.Contain("请警惕陌生来电").And.Contain("已为您更换专员").And.Contain("远程注销该设备").And.Contain("privacy@example.com");
        var ways = (await officer.GetAsync($"{path}/affected?limit=200")).Json.GetProperty("items").EnumerateArray().ToDictionary(item => item.GetProperty("subjectId").GetString()!, item => (item.GetProperty("channel").GetString(), item.GetProperty("progress").GetString()));
        ways[mailed].Should().Be(("mail", "sent"));
        ways[gone].Should().Be(("phone", "toDo"), "there is no such address, so somebody calls");
        ways[phoned].Should().Be(("phone", "toDo"));
        ways[written].Should().Be(("letter", "toDo"));
        ways[unreachable].Should().Be(("announcement", "unreachable"));
        ways[staffId!].Should().Be(("push", "sent"));
        await Eventually.TrueAsync(async () => (await staff.GetAsync("notices")).Text.Contains("安全事件通知", StringComparison.Ordinal), "staff see it on their devices");

        (await officer.GetAsync($"{path}/calls")).Json.EnumerateArray().Select(call => call.GetProperty("phone").GetString()).Should().Contain(["+8613700000002", "+8613700000003"]);
        var letters = await officer.GetAsync($"{path}/letters");
        WebUtility.HtmlDecode(letters.Text).Should().Contain("信函客户").And.Contain("北京市某街 2 号").And.NotContain("13700000003");
        // Nobody answers: the next way is a letter.
        (await officer.PostAsync($"{path}/reached", new { subjectIds = new[] { phoned }, reached = false })).Status.Should().Be(HttpStatusCode.OK);
        await Eventually.TrueAsync(async () => WebUtility.HtmlDecode((await officer.GetAsync($"{path}/letters")).Text).Contains("上海市某路 1 号", StringComparison.Ordinal), "who does not answer gets a letter");
        var rest = (await officer.GetAsync($"{path}/affected?limit=200&progress=toDo")).Json.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("subjectId").GetString()).ToArray();
        (await officer.PostAsync($"{path}/reached", new { subjectIds = rest })).Status.Should().Be(HttpStatusCode.OK);
        (await officer.PostAsync($"{path}/close", new { })).Json.GetProperty("detail").GetString().Should().Contain("authority").And.Contain("announcement").And.NotContain("notices to");

        WebUtility.HtmlDecode((await officer.GetAsync($"{path}/report")).Text).Should().Contain("较大").And.Contain("一部登录中的手机遗失");
        (await officer.PostAsync($"{path}/reports", new { authority = "省级网信部门", reference = "回执 7" })).Status.Should().Be(HttpStatusCode.OK);
        (await officer.PostAsync($"{path}/announcement", new { })).Status.Should().Be(HttpStatusCode.OK);
        using var anyone = new Api(product.Address);
        await Eventually.TrueAsync(async () => (await anyone.GetAsync("privacy/announcements")).Text.Contains("一部登录中的手机遗失", StringComparison.Ordinal), "the public can read it");
        WebUtility.HtmlDecode((await anyone.GetAsync("/announcements")).Text).Should().Contain("员工手机遗失").And.Contain("请警惕陌生来电");
        (await officer.PostAsync($"{path}/close", new { })).Json.GetProperty("stage").GetString().Should().Be("closed");
        (await officer.PostAsync($"{path}/measures", new { kind = "remedy", text = "x" })).Problem.Should().Be("urn:limocha:problem:incident-closed");
    }

    [Fact]
    public async Task D4_a_transfer_of_the_business_is_rehearsed_announced_and_completed_by_a_second_person()
    {
        using var officer = await product.SteppedUpAsync("privacy");
        using var admin = await product.SteppedUpAsync("admin");
        var plan = new { newHolder = "新持有方有限公司", effectiveOn = "2999-01-01", contact = "privacy@new.example" };
        (await officer.PostAsync("privacy/business-transfers", new { newHolder = "x", effectiveOn = "2020-01-01", contact = "x" })).Status.Should().Be(HttpStatusCode.BadRequest);
        var path = $"privacy/business-transfers/{(await officer.PostAsync("privacy/business-transfers", plan)).Json.GetProperty("id").GetString()}";
        (await officer.PostAsync($"{path}/announce", new { })).Problem.Should().Be("urn:limocha:problem:rehearsal-required");
        var rehearsed = (await officer.PostAsync($"{path}/rehearse", new { })).Json;
        rehearsed.GetProperty("effect").GetProperty("asksAgain").GetBoolean().Should().BeTrue("nothing binds the new holder");
        rehearsed.GetProperty("effect").GetProperty("customers").GetInt32().Should().BePositive();
        (await officer.GetAsync("privacy/policies")).Json.GetProperty("current").GetProperty("version").GetInt32().Should().Be(1, "a rehearsal changes nothing");
        (await officer.PostAsync($"{path}/announce", new { })).Json.GetProperty("stage").GetString().Should().Be("announced");
        using var staff = await product.SignInAsync("staff3");
        await Eventually.TrueAsync(async () => (await staff.GetAsync("notices")).Text.Contains("新持有方有限公司", StringComparison.Ordinal), "everybody is told");
        var policy = new { textZh = "新政策", textEn = "New policy" };
        (await officer.PostAsync($"{path}/complete", policy)).Problem.Should().Be("urn:limocha:problem:second-person-required");
        (await admin.PostAsync($"{path}/complete", policy)).Problem.Should().Be("urn:limocha:problem:too-early");
        (await officer.PostAsync($"{path}/cancel", new { })).Json.GetProperty("stage").GetString().Should().Be("cancelled");
        (await officer.PostAsync($"{path}/rehearse", new { })).Problem.Should().Be("urn:limocha:problem:transfer-ended");
    }

    [Fact]
    public async Task E9_analysis_sees_pseudonyms_and_coarse_facts_and_small_groups_as_one()
    {
        using var staff = await product.SignInAsync("staff4");
        using var manager = await product.SignInAsync("manager");
        for (var i = 0; i < 11; i++)
        {
            await ProtectionFixture.CustomerAsync(staff, $"客户{i}", source: "展会");
        }

        await ProtectionFixture.CustomerAsync(staff, "独一", source: "只有一人的来源");
        JsonElement[] cells = [];
        await Eventually.TrueAsync(async () => (cells = [.. (await manager.GetAsync("reports/customers?by=source")).Json.EnumerateArray()]).Any(cell => cell.GetProperty("group").GetString() == "展会" && cell.GetProperty("count").GetInt32() >= 11), "they are counted");
        cells.Select(cell => cell.GetProperty("group").GetString()).Should().NotContain("只有一人的来源", "a group of one says who it is");
        (await staff.GetAsync("reports/customers")).Status.Should().Be(HttpStatusCode.Forbidden);
        (await manager.GetAsync("reports/customers?by=nonsense")).Status.Should().Be(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task D2_promotion_partners_get_aggregates_of_months_that_are_over_and_nothing_else()
    {
        using var officer = await product.SteppedUpAsync("privacy");
        (await officer.GetAsync("privacy/purposes")).Status.Should().Be(HttpStatusCode.OK, "the process remembers the catalogue without the partner");
        (await officer.PostAsync("privacy/third-parties", new { key = "ad-partner", kind = "promotion", name = "推广公司", agreement = "推-1", allowed = Array.Empty<object>() })).Status.Should().Be(HttpStatusCode.OK);
        var answer = await officer.PostAsync("privacy/third-parties/ad-partner/aggregates", new { dimension = "source", month = "2020-01" });
        answer.Status.Should().Be(HttpStatusCode.OK, "{0}", answer.Text);
        answer.Json.GetProperty("table").GetProperty("total").GetInt32().Should().Be(0);
        (await officer.PostAsync("privacy/third-parties/ad-partner/aggregates", new { dimension = "source", month = "2999-01" })).Problem.Should().Be("urn:limocha:problem:month-not-over");
        (await officer.PostAsync("privacy/third-parties/nobody/aggregates", new { dimension = "source", month = "2020-01" })).Status.Should().Be(HttpStatusCode.NotFound);
        (await officer.PostAsync("privacy/third-parties/ad-partner/aggregates", new { dimension = "source", month = "jan" })).Status.Should().Be(HttpStatusCode.BadRequest);
        await Eventually.TrueAsync(async () => (await officer.GetAsync("privacy/audit?action=promotion.share")).Json.GetProperty("items").EnumerateArray().Any(entry => entry.GetProperty("recipient").GetString() == "ad-partner"), "it is logged");
    }

    [Fact]
    public async Task E8_an_unusual_rate_stops_the_session_until_its_person_proves_that_it_is_them()
    {
        using var admin = await product.SteppedUpAsync("admin");
        const string password = "a password for rates";
        (await admin.PostAsync("users", new { userName = "quick", displayName = "快手", password })).Status.Should().Be(HttpStatusCode.Created);
        using var quick = new Api(product.Address);
        await quick.SignInAsync("quick", password);
        var customer = await ProtectionFixture.CustomerAsync(quick, "被多次查看");
        Answer last = default!;
        for (var i = 0; i <= ProtectionFixture.UsualUses; i++)
        {
            last = await quick.PostAsync($"customers/{customer}/uses", new { kind = "view", purpose = "customer.service" });
        }

        (last.Status, last.Problem).Should().Be((HttpStatusCode.Forbidden, "urn:limocha:problem:second-factor-required"));
        await Eventually.TrueAsync(async () => (await quick.GetAsync("customers")).Problem == "urn:limocha:problem:second-factor-required", "the session can do nothing else");
        (await quick.GetAsync("me")).Status.Should().Be(HttpStatusCode.OK, "but see who it is");
        (await quick.PostAsync("auth/step-up", new { password = "wrong" })).Status.Should().Be(HttpStatusCode.UnprocessableEntity);
        (await quick.PostAsync("auth/step-up", new { password })).Status.Should().Be(HttpStatusCode.NoContent);
        (await quick.PostAsync($"customers/{customer}/uses", new { kind = "view", purpose = "customer.service" })).Status.Should().Be(HttpStatusCode.OK);
        var signal = (await quick.GetAsync("me/risk-signals")).Json.EnumerateArray().Should().ContainSingle().Subject;
        (signal.GetProperty("kind").GetString(), signal.GetProperty("challenged").GetBoolean()).Should().Be(("unusualRate", true));
        (await admin.GetAsync("privacy/risk-signals")).Json.EnumerateArray().Should().Contain(one => one.GetProperty("kind").GetString() == "unusualRate");
    }

    [Fact]
    public async Task E8_new_devices_and_repeated_failures_are_recorded()
    {
        using var admin = await product.SteppedUpAsync("admin");
        const string password = "a password for devices";
        (await admin.PostAsync("users", new { userName = "traveller", displayName = "旅人", password })).Status.Should().Be(HttpStatusCode.Created);
        using var api = new Api(product.Address);
        foreach (var deviceId in new[] { "phone-1", "phone-1", "phone-2" })
        {
            api.Use((await api.PostAsync("auth/login", new { userName = "traveller", password, deviceId })).Json);
        }

        for (var i = 0; i < 5; i++)
        {
            await new Api(product.Address).PostAsync("auth/login", new { userName = "traveller", password = "wrong wrong" });
        }

        await Eventually.TrueAsync(
            async () => (await api.GetAsync("me/risk-signals")).Json.EnumerateArray().Select(signal => signal.GetProperty("kind").GetString()).Order().SequenceEqual(["newDevice", "repeatedFailures"]), "the second device and the lock are signs, the first device is none");
    }

    [Fact]
    public async Task F3_registration_by_email_makes_an_account_that_an_admin_lets_in()
    {
        using var anyone = new Api(product.Address);
        using var admin = await product.SteppedUpAsync("admin");
        const string password = "a password to register";
        var version = (await anyone.GetAsync("privacy/policies")).Json.GetProperty("current").GetProperty("version").GetInt32();
        object Form(string userName, string? email, string? phone = null, int? policyVersion = null) => new { userName, displayName = "新人", password, email, phone, policyVersion = policyVersion ?? version };
        (await anyone.PostAsync("auth/register", Form("newcomer", "new@example.com", "13500000001"))).Status.Should().Be(HttpStatusCode.BadRequest, "one of the two");
        (await anyone.PostAsync("auth/register", Form("newcomer", "new@example.com", policyVersion: 99))).Problem.Should().Be("urn:limocha:problem:policy-outdated");
        (await anyone.PostAsync("auth/register", Form("admin", "new@example.com"))).Problem.Should().Be("urn:limocha:problem:user-name-taken");
        var begun = await anyone.PostAsync("auth/register", Form("newcomer", "new@example.com"));
        begun.Status.Should().Be(HttpStatusCode.Accepted, "{0}", begun.Text);
        var path = $"auth/register/{begun.Json.GetProperty("id").GetString()}/confirm";
        string? code = null;
        await Eventually.TrueAsync(
            () => Task.FromResult((code = fixture.Mail.Mails.Where(mail => mail.To.Mailboxes.Single().Address == "new@example.com").Select(mail => System.Text.RegularExpressions.Regex.Match(mail.TextBody!, @"\d{6}").Value).LastOrDefault()) is not null), "the code comes by mail");
        (await anyone.PostAsync(path, new { code = code == "000000" ? "000001" : "000000" })).Problem.Should().Be("urn:limocha:problem:wrong-code");
        (await anyone.PostAsync(path, new { code })).Json.GetProperty("stage").GetString().Should().Be("completed");
        (await anyone.PostAsync("auth/login", new { userName = "newcomer", password })).Problem.Should().Be("urn:limocha:problem:account-disabled", "an admin lets people in");
        var id = begun.Json.GetProperty("id").GetString();
        (await admin.SendAsync(HttpMethod.Patch, $"users/{id}", new { enabled = true })).Status.Should().Be(HttpStatusCode.OK);
        using var newcomer = new Api(product.Address);
        await newcomer.SignInAsync("NEW@example.com", password);
        (await newcomer.GetAsync("me")).Json.GetProperty("id").GetString().Should().Be(id);
        var again = (await anyone.PostAsync("auth/register", Form("newcomer2", "new@example.com"))).Json.GetProperty("id").GetString();
        string? secondCode = null;
        await Eventually.TrueAsync(() => Task.FromResult((secondCode = fixture.Mail.Mails.Where(mail => mail.MessageId!.Contains(again!.Replace("-", "", StringComparison.Ordinal), StringComparison.Ordinal)).Select(mail => System.Text.RegularExpressions.Regex.Match(mail.TextBody!, @"\d{6}").Value).FirstOrDefault()) is not null), "a second code");
        (await anyone.PostAsync($"auth/register/{again}/confirm", new { code = secondCode })).Problem.Should().Be("urn:limocha:problem:email-taken");
    }

    [Fact]
    public async Task F3_registration_by_phone_and_real_name_under_separate_consent()
    {
        using var anyone = new Api(product.Address);
        using var admin = await product.SteppedUpAsync("admin");
        const string password = "a password to register";
        var begun = await anyone.PostAsync("auth/register", new { userName = "caller", displayName = "来电", password, phone = "135 0000 0002", policyVersion = (await anyone.GetAsync("privacy/policies")).Json.GetProperty("current").GetProperty("version").GetInt32() });
        begun.Status.Should().Be(HttpStatusCode.Accepted, "{0}", begun.Text);
        var id = begun.Json.GetProperty("id").GetString();
        await Eventually.TrueAsync(() => Task.FromResult(fixture.Sms.Messages.Any(message => message.Phone == "+8613500000002")), "the code comes as a text message");
        (await anyone.PostAsync($"auth/register/{id}/confirm", new { code = fixture.Sms.Messages.Last(message => message.Phone == "+8613500000002").Code })).Status.Should().Be(HttpStatusCode.Created);
        await admin.SendAsync(HttpMethod.Patch, $"users/{id}", new { enabled = true });
        using var caller = new Api(product.Address);
        await caller.SignInAsync("13500000002", password);

        // 11010519491231002X is the standard's own example (GB 11643-1999).
        var card = new { name = "张三丰", identityNumber = "11010519491231002X" };
        (await caller.SendAsync(HttpMethod.Put, "me/real-name", card)).Problem.Should().Be("urn:limocha:problem:consent-required");
        await caller.SendAsync(HttpMethod.Put, "me/consents/account.real-name", new { state = "granted" });
        (await caller.SendAsync(HttpMethod.Put, "me/real-name", new { name = "张三丰", identityNumber = "110105194912310021" })).Status.Should().Be(HttpStatusCode.BadRequest, "the check digit is wrong");
        var saved = await caller.SendAsync(HttpMethod.Put, "me/real-name", card);
        (saved.Json.GetProperty("name").GetString(), saved.Json.GetProperty("identityNumber").GetString()).Should().Be(("张**", "**************002X"));
        await caller.SendAsync(HttpMethod.Put, "me/consents/account.real-name", new { state = "withdrawn" });
        (await caller.GetAsync("me/real-name")).Json.TryGetProperty("identityNumber", out _).Should().BeFalse("what was kept under the consent goes with it");
    }

    [Fact]
    public async Task F1_a_visit_of_shared_content_records_channel_order_and_browser_and_nothing_of_the_visitor()
    {
        using var staff = await product.SignInAsync("staff5");
        var content = await staff.PostAsync("contents", new { title = "新品上市 <b>", kind = "article", text = "第一段。\n\n第二段 & 更多。" });
        content.Status.Should().Be(HttpStatusCode.Created, "{0}", content.Text);
        var id = content.Json.GetProperty("id").GetString();
        (await staff.PostAsync("contents", new { title = "x", kind = "video", address = "http://example.com/v.mp4" })).Status.Should().Be(HttpStatusCode.BadRequest, "https only");
        var path = (await staff.PostAsync($"contents/{id}/shares", new { channel = "wechat" })).Json.GetProperty("path").GetString()!;
        using var visitor = new HttpClient { BaseAddress = new(product.Address) };
        const string weChat = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 MicroMessenger/8.0.44";
        foreach (var agent in new[] { weChat, "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/131.0.0.0 Safari/537.36" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.TryAddWithoutValidation("User-Agent", agent);
            using var page = await visitor.SendAsync(request);
            page.Headers.Contains("Set-Cookie").Should().BeFalse("nobody is recognised again");
            var html = await page.Content.ReadAsStringAsync();
            html.Should().Contain("&lt;b&gt;").And.NotContain("<b>");
            WebUtility.HtmlDecode(html).Should().Contain("第二段 & 更多");
        }

        JsonElement[] visits = [];
        await Eventually.TrueAsync(async () => (visits = [.. (await staff.GetAsync($"contents/{id}/visits")).Json.EnumerateArray()]).Length == 2, "both visits are there");
        visits.Select(visit => (visit.GetProperty("order").GetInt32(), visit.GetProperty("channel").GetString(), visit.GetProperty("browser").GetString(), visit.GetProperty("system").GetString()))
            .Should().BeEquivalentTo([(1, "wechat", "WeChat", "iOS"), (2, "wechat", "Chrome", "Windows")]);
        await staff.SendAsync(HttpMethod.Put, $"contents/{id}", new { title = "新品上市", kind = "article", text = "x", withdrawn = true });
        (await visitor.GetAsync(path)).StatusCode.Should().Be(HttpStatusCode.NotFound);
        (await visitor.GetAsync("/s/nonsense")).StatusCode.Should().Be(HttpStatusCode.NotFound);
    }
}
