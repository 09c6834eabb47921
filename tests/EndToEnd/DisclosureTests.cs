using System.Globalization;
using System.Net;
using LimoCha.Actors.Testing;

namespace LimoCha.Actors.EndToEnd;

/// <summary>Legal disclosures (D3): what they need, whom they are about, and who does not hear of them.</summary>
[Collection("protection")]
public sealed class DisclosureTests(ProtectionFixture fixture)
{
    private readonly Product product = fixture.Product;

    [Fact]
    public async Task D3_a_legal_disclosure_needs_a_document_and_a_second_person()
    {
        using var staff = await product.SignInAsync("staff2");
        using var officer = await product.SteppedUpAsync("privacy");
        using var admin = await product.SteppedUpAsync("admin");
        var customer = await ProtectionFixture.CustomerAsync(staff, "被调查者", phone: "13600000001");
        (await admin.PostAsync($"customers/{customer}/uses", new { kind = "disclose", purpose = "legal.disclosure" })).Problem.Should().Be("urn:limocha:problem:disclosure-required", "there is no other way");
        object Demand(string? document) => new { subjectId = customer, authority = "某公安分局", legalBasis = "刑事诉讼法 第五十四条", documentNumber = "调证字〔2026〕1 号", documentId = document, fields = new[] { "name", "phone" } };
        (await officer.PostAsync("privacy/disclosures", Demand(Guid.NewGuid().ToString()))).Problem.Should().Be("urn:limocha:problem:document-required");
        var document = await DocumentAsync(officer);
        var asked = await officer.PostAsync("privacy/disclosures", Demand(document));
        asked.Status.Should().Be(HttpStatusCode.Created, "{0}", asked.Text);
        var path = $"privacy/disclosures/{asked.Json.GetProperty("id").GetString()}";

        (await officer.PostAsync($"{path}/disclose", new { })).Problem.Should().Be("urn:limocha:problem:review-required");
        (await officer.PostAsync($"{path}/review", new { approved = true, reason = "自审" })).Problem.Should().Be("urn:limocha:problem:second-person-required");
        (await admin.GetAsync($"{path}/document")).ContentType.Should().Be("image/png", "the reviewer reads the document");
        (await admin.PostAsync($"{path}/review", new { approved = true, reason = "文书齐备，范围相符" })).Json.GetProperty("stage").GetString().Should().Be("approved");
        var given = await officer.PostAsync($"{path}/disclose", new { });
        given.Json.GetProperty("fields").EnumerateObject().ToDictionary(field => field.Name, field => field.Value.GetString()).Should().BeEquivalentTo(new Dictionary<string, string> { ["name"] = "被调查者", ["phone"] = "+8613600000001" });
        (await officer.PostAsync($"{path}/disclose", new { })).Problem.Should().Be("urn:limocha:problem:already-disclosed");
        await Eventually.TrueAsync(
            async () => (await officer.GetAsync($"privacy/audit?subjectId={customer}&action=customer.disclose")).Json.GetProperty("items").EnumerateArray().Any(entry => entry.GetProperty("recipient").GetString() == "某公安分局"), "the customer can see it happened");

        var second = (await officer.PostAsync("privacy/disclosures", Demand(document))).Json.GetProperty("id").GetString();
        (await admin.PostAsync($"privacy/disclosures/{second}/review", new { approved = false, reason = "超出文书范围" })).Json.GetProperty("stage").GetString().Should().Be("rejected");
        (await officer.PostAsync($"privacy/disclosures/{second}/disclose", new { })).Problem.Should().Be("urn:limocha:problem:rejected");
    }

    [Fact]
    public async Task D3_a_disclosure_of_which_the_law_forbids_to_tell_is_hidden_from_its_subject_until_it_may_be_told()
    {
        using var staff = await product.SignInAsync("staff6");
        using var officer = await product.SteppedUpAsync("privacy");
        using var admin = await product.SteppedUpAsync("admin");
        var customer = await ProtectionFixture.CustomerAsync(staff, "不得告知者", phone: "13600000002");
        var today = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().AddHours(8).DateTime);
        var document = await DocumentAsync(officer);
        object Demand(DateOnly? until, string authority) => new
        {
            subjectId = customer, authority, legalBasis = "个人信息保护法 第十八条", documentNumber = "密〔2026〕1 号", documentId = document, fields = new[] { "phone" }, secretUntil = until?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        };
        (await officer.PostAsync("privacy/disclosures", Demand(today.AddDays(-2), "某机关"))).Json.GetProperty("errors").TryGetProperty("secretUntil", out _).Should().BeTrue("secrecy lies ahead");
        (await officer.PostAsync("privacy/disclosures", Demand(today.AddYears(4), "某机关"))).Status.Should().Be(HttpStatusCode.BadRequest);
        var secret = await DiscloseAsync(officer, admin, Demand(today.AddDays(30), "某机关"));
        await DiscloseAsync(officer, admin, Demand(null, "某法院"));
        var request = $"privacy/rights-requests/{(await officer.PostAsync("privacy/rights-requests", new { kind = "access", subjectId = customer, channel = "phone" })).Json.GetProperty("id").GetString()}";
        (await officer.PostAsync($"{request}/verify", new { method = "callback", evidence = "回拨核对" })).Status.Should().Be(HttpStatusCode.OK);
        async Task<string[]> ToldAsync() =>
            [.. (await officer.GetAsync($"{request}/copy")).Json.GetProperty("accesses").EnumerateArray().Where(entry => entry.GetProperty("action").GetString() == "customer.disclose").Select(entry => entry.GetProperty("recipient").GetString()!)];
        await Eventually.TrueAsync(async () => (await ToldAsync()).Contains("某法院"), "what may be told is told");
        (await ToldAsync()).Should().NotContain("某机关");
        (await officer.GetAsync($"privacy/audit?subjectId={customer}&action=customer.disclose")).Text.Should().Contain("某机关", "the trail has it all the same");

        (await staff.PostAsync($"{secret}/secrecy", new { reason = "x" })).Status.Should().Be(HttpStatusCode.Forbidden);
        (await officer.PostAsync($"{secret}/secrecy", new { until = today.AddYears(1).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), reason = "延期令 2 号" })).Json.GetProperty("secretUntil").GetString().Should().StartWith(today.AddYears(1).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        (await officer.PostAsync($"{secret}/secrecy", new { reason = "解密通知 3 号" })).Status.Should().Be(HttpStatusCode.OK);
        await Eventually.TrueAsync(async () => (await ToldAsync()).Contains("某机关"), "when the secrecy ends the subject sees it");
    }

    [Fact]
    public async Task D3_staff_data_is_disclosed_the_same_way_and_never_by_or_before_whom_it_is_about()
    {
        using var staff = await product.SignInAsync("staff3");
        using var officer = await product.SteppedUpAsync("privacy");
        using var admin = await product.SteppedUpAsync("admin");
        var (person, officerId) = ((await staff.GetAsync("me")).Json.GetProperty("id").GetString(), (await officer.GetAsync("me")).Json.GetProperty("id").GetString());
        var document = await DocumentAsync(admin);
        object Demand(string? subject, params string[] fields) => new { subject = "staff", subjectId = subject, authority = "某监察机关", legalBasis = "监察法 第十八条", documentNumber = "监〔2026〕1 号", documentId = document, fields };
        (await admin.PostAsync("privacy/disclosures", Demand(person, "health"))).Problem.Should().Be("urn:limocha:problem:invalid", "staff have other fields");
        var path = await DiscloseAsync(admin, officer, Demand(person, "userName", "phone"), given => given.Should().BeEquivalentTo(new Dictionary<string, string> { ["userName"] = "staff3" }, "the fields that there are"));
        await Eventually.TrueAsync(async () => (await officer.GetAsync($"privacy/audit?subjectId={person}&action=user.disclose")).Text.Contains("某监察机关", StringComparison.Ordinal), "it is in the trail");
        (await admin.GetAsync($"privacy/disclosures?subjectId={person}")).Json.GetProperty("items").GetArrayLength().Should().Be(1);

        (await officer.PostAsync("privacy/disclosures", Demand(officerId, "userName"))).Problem.Should().Be("urn:limocha:problem:own-data");
        var own = (await admin.PostAsync("privacy/disclosures", Demand(officerId, "userName"))).Json.GetProperty("id").GetString();
        (await officer.GetAsync($"privacy/disclosures/{own}")).Status.Should().Be(HttpStatusCode.NotFound, "nobody handles what is about them");
        (await officer.PostAsync($"privacy/disclosures/{own}/review", new { approved = false, reason = "x" })).Status.Should().Be(HttpStatusCode.NotFound);
        await Eventually.TrueAsync(async () => (await admin.GetAsync($"privacy/disclosures?subjectId={officerId}")).Json.GetProperty("items").GetArrayLength() == 1, "others see it");
        (await officer.GetAsync($"privacy/disclosures?subjectId={officerId}")).Json.GetProperty("items").GetArrayLength().Should().Be(0);
        (await officer.GetAsync(path)).Status.Should().Be(HttpStatusCode.OK);
    }

    private static async Task<string?> DocumentAsync(Api api)
    {
        var png = new ByteArrayContent(RecordFactory.Png);
        return (await api.PostAsync("files?name=demand.png", png)).Json.GetProperty("id").GetString();
    }

    /// <summary>Asks, has another review, gives out; the disclosure's path.</summary>
    private static async Task<string> DiscloseAsync(Api asks, Api reviews, object demand, Action<Dictionary<string, string?>>? given = null)
    {
        var asked = await asks.PostAsync("privacy/disclosures", demand);
        asked.Status.Should().Be(HttpStatusCode.Created, "{0}", asked.Text);
        var path = $"privacy/disclosures/{asked.Json.GetProperty("id").GetString()}";
        (await reviews.PostAsync($"{path}/review", new { approved = true, reason = "文书齐备" })).Status.Should().Be(HttpStatusCode.OK);
        var made = await asks.PostAsync($"{path}/disclose", new { });
        made.Status.Should().Be(HttpStatusCode.OK, "{0}", made.Text);
        given?.Invoke(made.Json.GetProperty("fields").EnumerateObject().ToDictionary(field => field.Name, field => field.Value.GetString()));
        return path;
    }
}
