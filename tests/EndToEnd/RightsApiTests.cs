using System.Net;

namespace LimoCha.Actors.EndToEnd;

/// <summary>C1, C2, C4 over the wire: requests, copies, erasing.</summary>
[Collection("demo")]
public sealed class RightsApiTests(DemoFixture demo)
{
    private readonly Product product = demo.Product;

    [Fact]
    public async Task C1_a_verified_access_request_gives_everything_as_json_and_as_a_page()
    {
        using var staff = await product.SignInAsync("staff4");
        using var officer = await product.SteppedUpAsync("privacy");
        var id = (await staff.PostAsync("customers", new { name = "秋水", phone = "13655550001", email = "qiu@example.com" })).Json.GetProperty("id").GetString();
        await staff.SendAsync(HttpMethod.Put, $"customers/{id}/consents/customer.contact", new { state = "granted" });
        var task = (await staff.PostAsync("tasks", new { title = "给秋水送样品", assigneeId = await staff.UserIdAsync("staff4"), customerId = id })).Json.GetProperty("id").GetString();
        (await staff.PostAsync($"tasks/{task}/comment", new { note = "样品送到了，秋水很满意" })).Status.Should().Be(HttpStatusCode.OK);
        using var png = new ByteArrayContent(RecordFactory.Png);
        (await staff.PostAsync($"files?name=sample.png&taskId={task}", png)).Status.Should().Be(HttpStatusCode.Created);
        (await staff.SendAsync(HttpMethod.Put, $"customers/{id}/guardian", new { name = "秋母", relation = "母亲", evidence = "监护证明 3 号" })).Status.Should().Be(HttpStatusCode.OK);
        var made = await staff.PostAsync("privacy/rights-requests", new { kind = "portability", subjectId = id, channel = "phone" });
        made.Status.Should().Be(HttpStatusCode.Created, "{0}", made.Text);
        var path = $"privacy/rights-requests/{made.Json.GetProperty("id").GetString()}";
        (made.Json.GetProperty("dueAt").GetDateTimeOffset() - made.Json.GetProperty("receivedAt").GetDateTimeOffset()).TotalDays.Should().BeInRange(15, 16);

        (await officer.GetAsync($"{path}/copy")).Problem.Should().Be("urn:limocha:problem:identity-not-verified");
        (await staff.PostAsync($"{path}/verify", new { method = "callback", evidence = "x" })).Status.Should().Be(HttpStatusCode.Forbidden);
        (await officer.PostAsync($"{path}/verify", new { method = "callback", evidence = "通话 12" })).Json.GetProperty("stage").GetString().Should().Be("verified");
        (await staff.GetAsync($"{path}/copy")).Status.Should().Be(HttpStatusCode.Forbidden);
        Answer copy = default!;
        await Eventually.TrueAsync(async () => (copy = await officer.GetAsync($"{path}/copy")).Json.GetProperty("tasks").GetArrayLength() == 1 && copy.Json.GetProperty("receipts").GetArrayLength() == 1, "all stores are in it");
        copy.Json.GetProperty("customer").GetProperty("phone").GetString().Should().Be("+8613655550001", "unmasked: it is theirs");
        copy.Json.GetProperty("consents").EnumerateArray().Should().Contain(flag => flag.GetProperty("purpose").GetString() == "customer.contact" && flag.GetProperty("state").GetString() == "granted");
        copy.Json.GetProperty("taskEvents").EnumerateArray().Select(one => one.GetProperty("event").ToString()).Should().Contain(one => one.Contains("样品送到了，秋水很满意", StringComparison.Ordinal), "what was written about them is theirs");
        copy.Json.GetProperty("files").EnumerateArray().Select(file => file.GetProperty("name").GetString()).Should().Equal("sample.png");
        copy.Json.GetProperty("guardian").GetProperty("name").GetString().Should().Be("秋母");
        var html = await officer.GetAsync($"{path}/copy?format=html");
        (html.ContentType, html.Text.Contains("秋水", StringComparison.Ordinal) || html.Text.Contains("&#x79CB;", StringComparison.Ordinal)).Should().Be(("text/html", true));
        (await officer.GetAsync($"{path}/copy?format=pdf")).Status.Should().Be(HttpStatusCode.BadRequest);
        await officer.PostAsync($"{path}/answer", new { answer = "副本已交付" });
        (await officer.PostAsync($"{path}/answer", new { answer = "again" })).Problem.Should().Be("urn:limocha:problem:request-ended");
        await Eventually.TrueAsync(async () => (await officer.GetAsync($"privacy/audit?subjectId={id}&action=customer.export")).Json.GetProperty("items").GetArrayLength() >= 1, "the export is in the trail");
    }

    [Fact]
    public async Task C1_staff_ask_about_themselves_and_get_their_own_copy()
    {
        using var staff = await product.SignInAsync("staff5");
        using var other = await product.SignInAsync("staff4");
        // 11010519491231002X is the standard's own example (GB 11643-1999).
        await staff.SendAsync(HttpMethod.Put, "me/consents/account.real-name", new { state = "granted" });
        (await staff.SendAsync(HttpMethod.Put, "me/real-name", new { name = "林深", identityNumber = "11010519491231002X" })).Status.Should().Be(HttpStatusCode.OK);
        var content = (await staff.PostAsync("contents", new { title = "新品", kind = "article", text = "x" })).Json.GetProperty("id").GetString();
        (await staff.PostAsync($"contents/{content}/shares", new { channel = "wechat" })).Status.Should().Be(HttpStatusCode.Created);
        var made = await staff.PostAsync("privacy/rights-requests", new { kind = "access", subject = "staff", channel = "app" });
        made.Json.GetProperty("verifiedBy").GetString().Should().Be("session");
        var path = $"privacy/rights-requests/{made.Json.GetProperty("id").GetString()}";
        (await other.GetAsync(path)).Status.Should().Be(HttpStatusCode.NotFound);
        (await staff.GetAsync($"{path}/copy")).Problem.Should().Be("urn:limocha:problem:step-up-required", "a copy of everything is not for whoever finds the phone");
        using var proved = await product.SteppedUpAsync("staff5");
        Answer copy = default!;
        await Eventually.TrueAsync(async () => (copy = await proved.GetAsync($"{path}/copy")).Json.GetProperty("shares").GetArrayLength() == 1, "all stores are in it");
        copy.Json.GetProperty("staff").GetProperty("userName").GetString().Should().Be("staff5");
        copy.Json.GetProperty("devices").GetArrayLength().Should().BePositive();
        var account = copy.Json.GetProperty("account");
        (account.GetProperty("realName").GetString(), account.GetProperty("identityNumber").GetString()).Should().Be(("林深", "11010519491231002X"), "unmasked: it is theirs");
        using var officer = await product.SteppedUpAsync("privacy");
        await Eventually.TrueAsync(async () => (await officer.GetAsync($"privacy/audit?subjectId={await staff.UserIdAsync("staff5")}&action=user.export")).Text.Contains("staff.rights", StringComparison.Ordinal), "their own actor has decided and recorded it");
        (await staff.PostAsync($"{path}/withdraw", null)).Json.GetProperty("stage").GetString().Should().Be("withdrawn");
        (await other.PostAsync("privacy/rights-requests", new { kind = "access", subject = "staff", subjectId = await staff.UserIdAsync("staff5") })).Status.Should().Be(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task C4_a_complaint_is_listed_with_its_deadline_until_it_is_answered()
    {
        using var staff = await product.SignInAsync("staff4");
        using var officer = await product.SteppedUpAsync("privacy");
        var id = (await staff.PostAsync("customers", new { name = "山雨" })).Json.GetProperty("id").GetString();
        (await staff.PostAsync("privacy/rights-requests", new { kind = "complaint", subjectId = id })).Json.GetProperty("errors").TryGetProperty("text", out _).Should().BeTrue();
        (await staff.PostAsync("privacy/rights-requests", new { kind = "complaint", subjectId = Guid.NewGuid(), text = "x" })).Problem.Should().Be("urn:limocha:problem:unknown-subject");
        var made = await staff.PostAsync("privacy/rights-requests", new { kind = "complaint", subjectId = id, text = "多次来电打扰" });
        var path = $"privacy/rights-requests/{made.Json.GetProperty("id").GetString()}";
        await Eventually.TrueAsync(async () => (await officer.GetAsync("privacy/complaints?stage=received&sort=-createdAt")).Json.GetProperty("items").EnumerateArray().Any(item => item.GetProperty("subjectId").GetString() == id), "it waits in the list");
        (await officer.PostAsync($"{path}/take", null)).Status.Should().Be(HttpStatusCode.OK);
        (await officer.PostAsync($"{path}/answer", new { answer = "已停止来电并致歉" })).Json.GetProperty("stage").GetString().Should().Be("answered");
        (await officer.GetAsync("privacy/complaints?overdue=true")).Json.GetProperty("items").GetArrayLength().Should().Be(0);
    }

    [Fact]
    public async Task C2_an_erased_customer_is_found_by_nobody_and_cannot_be_used()
    {
        using var staff = await product.SignInAsync("staff4");
        using var officer = await product.SteppedUpAsync("privacy");
        var id = (await staff.PostAsync("customers", new { name = "無痕客", phone = "13655559999" })).Json.GetProperty("id").GetString();
        await Eventually.TrueAsync(async () => (await staff.PostAsync("customers/search", new { phone = "13655559999" })).Json.GetProperty("items").GetArrayLength() == 1, "it is there");
        (await staff.PostAsync($"customers/{id}/erase", new { reason = "x" })).Status.Should().Be(HttpStatusCode.Forbidden);
        (await officer.SendAsync(HttpMethod.Put, $"customers/{id}/legal-hold", new { hold = true, reason = "案号 3" })).Status.Should().Be(HttpStatusCode.OK);
        (await officer.PostAsync($"customers/{id}/erase", new { reason = "request" })).Problem.Should().Be("urn:limocha:problem:legal-hold");
        await officer.SendAsync(HttpMethod.Put, $"customers/{id}/legal-hold", new { hold = false, reason = "案号 3 结案" });
        (await officer.PostAsync($"customers/{id}/erase", new { reason = "request" })).Status.Should().Be(HttpStatusCode.OK);
        await Eventually.TrueAsync(async () => (await staff.PostAsync("customers/search", new { phone = "13655559999" })).Json.GetProperty("items").GetArrayLength() == 0, "nothing finds it");
        (await staff.GetAsync("recycle-bin?limit=200")).Text.Should().NotContain(id, "an erased customer is in no list");
        (await staff.PostAsync($"customers/{id}/uses", new { kind = "view", purpose = "customer.service" })).Problem.Should().Be("urn:limocha:problem:erased");
        (await staff.PostAsync($"customers/{id}/links", null)).Problem.Should().Be("urn:limocha:problem:erased");
    }
}
