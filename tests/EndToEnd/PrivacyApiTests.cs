using System.Collections.Concurrent;
using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace LimoCha.Actors.EndToEnd;

/// <summary>Consent and privacy over the wire, as the privacy office, staff and clients use them.</summary>
[Collection("demo")]
public sealed class PrivacyApiTests(DemoFixture demo)
{
    private readonly Product product = demo.Product;

    [Fact]
    public async Task B1_B2_purposes_and_policy_are_public_and_a_new_purpose_asks_first()
    {
        using var anyone = new Api(product.Address);
        var policies = await anyone.GetAsync("privacy/policies");
        policies.Json.GetProperty("current").GetProperty("textZh").GetString().Should().Contain("隐私政策");
        (await anyone.GetAsync("privacy/policies/1")).Json.GetProperty("textEn").GetString().Should().Contain("Privacy policy");
        (await anyone.GetAsync("privacy/policies/99")).Status.Should().Be(HttpStatusCode.NotFound);
        (await anyone.GetAsync("privacy/purposes")).Json.EnumerateArray().Should().Contain(purpose => purpose.GetProperty("key").GetString() == "customer.contact" && purpose.GetProperty("basis").GetString() == "consent");

        using var officer = await product.SteppedUpAsync("privacy");
        using var admin = await product.SteppedUpAsync("admin");
        var purpose = new { key = "staff.birthday", subject = "staff", titleZh = "生日祝福", titleEn = "Birthday wishes", classes = new[] { "identity" }, basis = "consent" };
        (await admin.PostAsync("privacy/purposes", purpose)).Status.Should().Be(HttpStatusCode.Forbidden, "only privacy officers declare");
        (await officer.PostAsync("privacy/purposes", new { key = "Bad Key", titleZh = "x", titleEn = "x", classes = new[] { "identity" } })).Status.Should().Be(HttpStatusCode.BadRequest);
        (await officer.PostAsync("privacy/purposes", purpose)).Status.Should().Be(HttpStatusCode.OK);
        using var staff = await product.SignInAsync("staff3");
        await Eventually.TrueAsync(
            async () => (await staff.GetAsync("me/consents")).Json.GetProperty("items").EnumerateArray().Any(flag => flag.GetProperty("purpose").GetString() == "staff.birthday" && flag.GetProperty("asks").GetBoolean()), "everybody concerned is asked");
    }

    [Fact]
    public async Task B7_a_material_change_of_the_policy_asks_again_and_is_announced_to_everybody()
    {
        using var officer = await product.SteppedUpAsync("privacy");
        using var staff = await product.SignInAsync("staff3");
        (await officer.PostAsync("privacy/purposes", new { key = "staff.newsletter", subject = "staff", titleZh = "内部通讯", titleEn = "Newsletter", classes = new[] { "workIdentity" }, basis = "consent" })).Status.Should().Be(HttpStatusCode.OK);
        async Task<JsonElement> FlagAsync() => (await staff.GetAsync("me/consents")).Json.GetProperty("items").EnumerateArray().FirstOrDefault(flag => flag.GetProperty("purpose").GetString() == "staff.newsletter");
        await Eventually.TrueAsync(async () => (await FlagAsync()).ValueKind == JsonValueKind.Object, "it is declared everywhere");
        (await staff.SendAsync(HttpMethod.Put, "me/consents/staff.newsletter", new { state = "granted" })).Status.Should().Be(HttpStatusCode.OK);
        (await FlagAsync()).GetProperty("asks").GetBoolean().Should().BeFalse();

        var texts = new { textZh = "隐私政策，第二版", textEn = "Privacy policy, second version", changeZh = "内部通讯改由外部寄送", changeEn = "The newsletter is sent by others", material = new[] { "staff.newsletter" } };
        var published = await officer.PostAsync("privacy/policies", texts);
        published.Status.Should().Be(HttpStatusCode.Created, "{0}", published.Text);
        await Eventually.TrueAsync(async () => (await FlagAsync()).GetProperty("asks").GetBoolean(), "who agreed to something else is asked again");
        (await staff.GetAsync("me/consents")).Json.GetProperty("items").EnumerateArray().Single(flag => flag.GetProperty("purpose").GetString() == "staff.newsletter").GetProperty("state").GetString().Should().Be("granted", "what they said stays on file");
        await Eventually.TrueAsync(async () => (await staff.GetAsync("notices")).Text.Contains("内部通讯改由外部寄送", StringComparison.Ordinal), "everybody is told, whatever they switched off");
        (await staff.SendAsync(HttpMethod.Put, "me/consents/staff.newsletter", new { state = "granted" })).Status.Should().Be(HttpStatusCode.OK);
        (await FlagAsync()).GetProperty("asks").GetBoolean().Should().BeFalse();
    }

    [Fact]
    public async Task D5_the_sdk_register_names_each_sdk_with_its_purpose_and_policy()
    {
        using var anyone = new Api(product.Address);
        (await anyone.GetAsync("privacy/sdk-register")).Json.EnumerateArray().Select(sdk => (sdk.GetProperty("nameEn").GetString(), sdk.GetProperty("policyUrl").GetString())).Should().BeEquivalentTo(
        [
            ("WeChat share", "https://support.weixin.qq.com/cgi-bin/mmsupportacctnodeweb-bin/pages/RYiYJkLOrQwu0nb8"), ("AMap API", "https://lbs.amap.com/pages/privacy/"),
            ("Bugly", "http://bugly.qq.com/v2/contract"), ("Tencent TBS", "https://x5.tencent.com/tbs/guide/develop.html"), ("Tencent X5", "https://x5.tencent.com/tbs/guide/develop.html"),
        ]);
    }

    [Fact]
    public async Task E3_contact_data_is_masked_until_it_is_used_for_a_purpose_and_each_use_is_audited()
    {
        using var staff = await product.SignInAsync("staff4");
        using var officer = await product.SteppedUpAsync("privacy");
        var id = await CustomerAsync(staff, "宋词", "139 1234 5678");
        var path = $"customers/{id}";
        (await staff.GetAsync(path)).Json.GetProperty("phone").GetString().Should().Be("+86139****5678");
        var refused = await staff.PostAsync($"{path}/uses", new { kind = "call", purpose = "customer.contact" });
        (refused.Status, refused.Problem).Should().Be((HttpStatusCode.Forbidden, "urn:limocha:problem:consent-required"));
        (await staff.SendAsync(HttpMethod.Put, $"{path}/consents/customer.contact", new { state = "granted", channel = "phone" })).Status.Should().Be(HttpStatusCode.OK);
        var used = await staff.PostAsync($"{path}/uses", new { kind = "call", purpose = "customer.contact", reason = "回访" });
        used.Json.GetProperty("customer").GetProperty("phone").GetString().Should().Be("+8613912345678");
        (await staff.PostAsync($"{path}/uses", new { kind = "view", purpose = "customer.contact", classes = new[] { "health" } })).Problem.Should().Be("urn:limocha:problem:class-undeclared");
        (await staff.PostAsync($"{path}/uses", new { kind = "share", purpose = "customer.contact", recipient = "logistics", fields = new[] { "phone" } })).Problem.Should().Be("urn:limocha:problem:recipient-undeclared");
        (await officer.PostAsync($"{path}/uses", new { kind = "view", purpose = "customer.contact" })).Problem.Should().Be("urn:limocha:problem:forbidden");

        JsonElement[] entries = [];
        await Eventually.TrueAsync(async () => (entries = [.. (await officer.GetAsync($"privacy/audit?subjectId={id}&action=customer.call")).Json.GetProperty("items").EnumerateArray()]).Length == 2, "both tries are in the trail");
        entries.Select(entry => (entry.GetProperty("allowed").GetBoolean(), entry.GetProperty("basis").GetString())).Should().BeEquivalentTo([(false, "consent-required"), (true, "consent")]);
        (await staff.GetAsync("privacy/audit")).Status.Should().Be(HttpStatusCode.Forbidden);
        await Eventually.TrueAsync(async () => (await officer.GetAsync("privacy/audit?action=audit.read&limit=1")).Json.GetProperty("items").GetArrayLength() == 1, "reading the trail is in it");
        (await officer.GetAsync("privacy/audit/verification")).Json.GetProperty("findings").GetArrayLength().Should().Be(0);
    }

    [Fact]
    public async Task B8_a_receipt_is_verified_with_nothing_but_the_published_keys()
    {
        using var staff = await product.SignInAsync("staff5");
        using var anyone = new Api(product.Address);
        (await staff.SendAsync(HttpMethod.Put, "me/consents/device.information", new { state = "granted", channel = "app" })).Status.Should().Be(HttpStatusCode.OK);
        JsonElement receipt = default;
        await Eventually.TrueAsync(async () => (receipt = (await staff.GetAsync("me/consents/receipts")).Json.EnumerateArray().FirstOrDefault(one => one.GetProperty("purpose").GetString() == "device.information")).ValueKind == JsonValueKind.Object, "the receipt is there");
        var parts = receipt.GetProperty("jws").GetString()!.Split('.');
        var kid = JsonSerializer.Deserialize<JsonElement>(Base64Url.DecodeFromChars(parts[0])).GetProperty("kid").GetString();
        var key = (await anyone.GetAsync("privacy/receipts/keys")).Json.GetProperty("keys").EnumerateArray().Single(one => one.GetProperty("kid").GetString() == kid);
        byte[] Coordinate(string name) => Base64Url.DecodeFromChars(key.GetProperty(name).GetString());
        using var ecdsa = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new() { X = Coordinate("x"), Y = Coordinate("y") } });
        ecdsa.VerifyData(Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), Base64Url.DecodeFromChars(parts[2]), HashAlgorithmName.SHA256).Should().BeTrue();
        Encoding.UTF8.GetString(Base64Url.DecodeFromChars(parts[1])).Should().Contain("ISO/IEC TS 27560:2023").And.Contain("device.information");
    }

    [Fact]
    public async Task B5_B6_sensitive_fields_and_minors_need_more_than_a_general_yes()
    {
        using var staff = await product.SignInAsync("staff4");
        var path = $"customers/{await CustomerAsync(staff, "郑重", "139 8765 4321")}";
        var health = await staff.SendAsync(HttpMethod.Patch, path, new { health = "青霉素过敏" });
        (health.Status, health.Problem).Should().Be((HttpStatusCode.UnprocessableEntity, "urn:limocha:problem:consent-required"));
        health.Json.GetProperty("errors").TryGetProperty("health", out _).Should().BeTrue();
        await staff.SendAsync(HttpMethod.Put, $"{path}/consents/customer.care", new { state = "granted" });
        (await staff.SendAsync(HttpMethod.Patch, path, new { health = "青霉素过敏" })).Problem.Should().Be("urn:limocha:problem:consent-required", "health needs its own");
        await staff.SendAsync(HttpMethod.Put, $"{path}/consents/customer.care", new { state = "granted", dataClass = "health" });
        var saved = await staff.SendAsync(HttpMethod.Patch, path, new { health = "青霉素过敏" });
        saved.Json.GetProperty("onFile")[0].GetString().Should().Be("health");
        saved.Json.TryGetProperty("health", out _).Should().BeFalse();
        (await staff.PostAsync($"{path}/uses", new { kind = "view", purpose = "customer.care", classes = new[] { "health" } })).Json.GetProperty("customer").GetProperty("health").GetString().Should().Be("青霉素过敏");

        await staff.SendAsync(HttpMethod.Patch, path, new { birthDate = "2020-01-01" });
        (await staff.PostAsync($"{path}/uses", new { kind = "view", purpose = "customer.care", classes = new[] { "health" } })).Problem.Should().Be("urn:limocha:problem:guardian-consent-required");
        (await staff.SendAsync(HttpMethod.Put, $"{path}/guardian", new { name = "郑父", relation = "父亲", phone = "13900000000", evidence = "档案 3" })).Status.Should().Be(HttpStatusCode.OK);
        (await staff.PostAsync($"{path}/uses", new { kind = "view", purpose = "customer.care", classes = new[] { "health" } })).Status.Should().Be(HttpStatusCode.OK);
        (await staff.SendAsync(HttpMethod.Put, $"{path}/consents/customer.care", new { state = "withdrawn", dataClass = "health" })).Status.Should().Be(HttpStatusCode.OK);
        (await staff.GetAsync(path)).Json.GetProperty("onFile").GetArrayLength().Should().Be(0, "what was kept under the withdrawn consent is gone");
    }

    [Fact]
    public async Task B3_an_exemption_is_the_privacy_offices_to_invoke_and_is_listed_with_its_end()
    {
        using var staff = await product.SignInAsync("staff4");
        using var officer = await product.SteppedUpAsync("privacy");
        var path = $"customers/{await CustomerAsync(staff, "救急", "139 2222 3333")}";
        var exemption = new { exemption = "vitalInterest", purpose = "customer.contact", evidence = "120 急救记录 8", expiresAt = TimeProvider.System.GetUtcNow().AddDays(3) };
        (await staff.PostAsync($"{path}/exemptions", exemption)).Status.Should().Be(HttpStatusCode.Forbidden);
        (await officer.PostAsync($"{path}/exemptions", new { exemption = "vitalInterest", purpose = "customer.contact", evidence = "x", expiresAt = TimeProvider.System.GetUtcNow().AddDays(-1) })).Json.GetProperty("errors").TryGetProperty("expiresAt", out _).Should().BeTrue();
        (await officer.PostAsync($"{path}/exemptions", exemption)).Status.Should().Be(HttpStatusCode.OK);
        (await staff.PostAsync($"{path}/uses", new { kind = "call", purpose = "customer.contact" })).Json.GetProperty("decision").GetProperty("basis").GetString().Should().Be("exemption:vitalInterest");
        (await staff.GetAsync($"{path}/consents")).Json.GetProperty("exemptions").GetArrayLength().Should().Be(1);
    }

    [Fact]
    public async Task D1_D2_data_leaves_through_the_register_field_by_field_and_the_customer_sees_it()
    {
        using var staff = await product.SignInAsync("staff4");
        using var officer = await product.SteppedUpAsync("privacy");
        var id = await CustomerAsync(staff, "运单人", "139 6666 7777");
        var transfer = new { recipient = "logistics", purpose = "order.delivery", fields = new[] { "name", "phone" }, reason = "运单 81" };
        (await staff.PostAsync($"customers/{id}/transfers", transfer)).Problem.Should().Be("urn:limocha:problem:recipient-unregistered");
        object Entry(string? agreement, string kind = "service", string key = "logistics") => new { key, kind, name = "某物流", agreement, allowed = new[] { new { purpose = "order.delivery", fields = new[] { "name", "phone" } } } };
        (await staff.PostAsync("privacy/third-parties", Entry("保密协议 5"))).Status.Should().Be(HttpStatusCode.Forbidden);
        (await officer.PostAsync("privacy/third-parties", Entry("x", key: "nobody"))).Problem.Should().Be("urn:limocha:problem:recipient-undeclared");
        (await officer.PostAsync("privacy/third-parties", Entry("x", "promotion"))).Problem.Should().Be("urn:limocha:problem:promotion-gets-aggregates");
        (await officer.PostAsync("privacy/third-parties", Entry(null))).Status.Should().Be(HttpStatusCode.OK);
        (await staff.PostAsync($"customers/{id}/transfers", transfer)).Problem.Should().Be("urn:limocha:problem:agreement-required", "what was entered through this process is known in it");
        (await officer.PostAsync("privacy/third-parties", Entry("保密协议 5"))).Status.Should().Be(HttpStatusCode.OK);
        var given = await staff.PostAsync($"customers/{id}/transfers", transfer);
        given.Json.GetProperty("shared").EnumerateObject().Select(field => (field.Name, field.Value.GetString())).Should().BeEquivalentTo([("name", "运单人"), ("phone", "+8613966667777")]);
        given.Json.TryGetProperty("customer", out _).Should().BeFalse("nothing but the fields goes out");
        (await staff.PostAsync($"customers/{id}/transfers", new { recipient = "logistics", purpose = "order.delivery", fields = new[] { "email" } })).Problem.Should().Be("urn:limocha:problem:field-not-allowed");
        (await staff.PostAsync($"customers/{id}/transfers", new { recipient = "logistics", purpose = "order.delivery", fields = new[] { "shoeSize" } })).Json.GetProperty("errors").TryGetProperty("fields", out _).Should().BeTrue();
        await Eventually.TrueAsync(
            async () => (await officer.GetAsync($"privacy/audit?subjectId={id}&action=customer.share&allowed=true")).Json.GetProperty("items").EnumerateArray().Any(entry => entry.GetProperty("recipient").GetString() == "logistics" && entry.GetProperty("reason").GetString() == "name,phone 运单 81"),
            "the transfer is recorded with its fields");
    }

    [Fact]
    public async Task E4_sensitive_calls_ask_to_prove_again_and_each_session_does_so_for_itself()
    {
        using var officer = await product.SignInAsync("privacy");
        using var elsewhere = await product.SignInAsync("privacy");
        var erase = $"customers/{Guid.CreateVersion7()}/erase";
        (await officer.PostAsync(erase, new { reason = "x" })).Problem.Should().Be("urn:limocha:problem:step-up-required");
        (await officer.PostAsync("auth/step-up", new { password = "wrong" })).Problem.Should().Be("urn:limocha:problem:not-proved");
        (await officer.PostAsync("auth/step-up", new { password = product.Password("privacy") })).Status.Should().Be(HttpStatusCode.NoContent);
        (await officer.PostAsync(erase, new { reason = "x" })).Status.Should().Be(HttpStatusCode.NotFound, "asked, and there is no such customer");
        (await elsewhere.PostAsync(erase, new { reason = "x" })).Problem.Should().Be("urn:limocha:problem:step-up-required", "another session proves it for itself");
    }

    [Fact]
    public async Task E2_customers_are_found_by_name_number_and_last_four_without_either_being_readable()
    {
        using var staff = await product.SignInAsync("staff4");
        var id = await CustomerAsync(staff, "欧阳修远", "137 7777 0416");
        foreach (var find in new object[] { new { q = "阳修" }, new { q = "欧阳修远" }, new { phone = "13777770416" }, new { phone = "+86 137 7777 0416" }, new { phone = "0416" }, new { email = "OUYANG@example.com" } })
        {
            await Eventually.TrueAsync(async () => Ids(await staff.PostAsync("customers/search", find)).Contains(id), $"found by {find}");
        }

        Ids(await staff.GetAsync("customers?q=欧阳")).Should().Contain(id);
        Ids(await staff.PostAsync("customers/search", new { q = "修阳" })).Should().NotContain(id);
        Ids(await staff.PostAsync("customers/search", new { phone = "13777770417" })).Should().NotContain(id);
        (await staff.PostAsync("customers/search", new { phone = "abcdefgh" })).Status.Should().Be(HttpStatusCode.BadRequest);

        static IEnumerable<string?> Ids(Answer list) => list.Json.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetString());
    }

    [Fact]
    public async Task The_data_map_lists_every_class_with_its_treatment()
    {
        using var officer = await product.SteppedUpAsync("privacy");
        var map = (await officer.GetAsync("privacy/data-map")).Json.EnumerateArray().ToList();
        map.Should().Contain(field => field.GetProperty("type").GetString() == "CustomerState" && field.GetProperty("field").GetString() == "phone" && field.GetProperty("encrypted").GetBoolean() && field.GetProperty("class").GetString() == "contact");
        map.Should().NotContain(field => field.GetProperty("kind").GetString() == "row" && field.GetProperty("encrypted").GetBoolean(), "rows hold sealed text, not fields");
    }

    /// <summary>Marked values go in through every call that takes them; then the files, the log and the metrics are searched.</summary>
    [Fact]
    public async Task E1_E5_marked_values_are_in_no_file_no_log_no_trace_and_no_metric()
    {
        string[] marks = ["標記甲", "13612348765", "13612340000", "marked.one", "標記路", "1987-06-05", "11010519491231002", "標記青霉素", "標記信仰", "標記房產", "標記監護", "標記父親"];
        string[] forms = [.. marks, .. marks.Select(Uri.EscapeDataString)];
        await using var collector = await TraceCollector.StartAsync();
        await using var own = await Product.StartDemoAsync(
            ("Logging:LogLevel:Default", "Trace"), ("Logging:LogLevel:Microsoft", "Trace"), ("Logging:LogLevel:Orleans", "Trace"), ("Logging:LogLevel:LimoCha", "Trace"),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Address), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"), ("OTEL_BSP_SCHEDULE_DELAY", "200"));
        ConcurrentQueue<string> printed = [];
        own.Process.Printed += printed.Enqueue;
        using var staff = await own.SignInAsync("staff1");
        using var officer = await own.SignInAsync("privacy");
        var key = ("Idempotency-Key", "mark-1");
        var made = await staff.PostAsync("customers", new { name = "標記甲乙丙", phone = "+8613612348765", email = "marked.one@example.com", address = "標記路九十九號" }, key);
        var path = $"customers/{made.Json.GetProperty("id").GetString()}";
        foreach (var (purpose, dataClass) in new[] { ("customer.identity", null), ("customer.care", (string?)null), ("customer.care", "health"), ("customer.care", "belief"), ("customer.care", "property"), ("customer.contact", null) })
        {
            (await staff.SendAsync(HttpMethod.Put, $"{path}/consents/{purpose}", new { state = "granted", dataClass })).Status.Should().Be(HttpStatusCode.OK);
        }

        (await staff.SendAsync(HttpMethod.Patch, path, new { birthDate = "1987-06-05", identityNumber = "11010519491231002X", health = "標記青霉素", belief = "標記信仰", property = "標記房產" })).Status.Should().Be(HttpStatusCode.OK);
        (await staff.SendAsync(HttpMethod.Put, $"{path}/guardian", new { name = "標記監護", relation = "標記父親", phone = "13612340000", evidence = "file 1" })).Status.Should().Be(HttpStatusCode.OK);
        (await staff.PostAsync($"{path}/uses", new { kind = "call", purpose = "customer.contact" }, ("Idempotency-Key", "mark-2"))).Json.GetProperty("customer").GetProperty("phone").GetString().Should().Be("+8613612348765");
        (await staff.GetAsync("customers?q=標記甲")).Status.Should().Be(HttpStatusCode.OK);
        (await staff.PostAsync("customers/search", new { phone = "13612348765", identityNumber = "11010519491231002X" })).Status.Should().Be(HttpStatusCode.OK);
        (await staff.PostAsync("customers", new { name = "標記甲乙丙", phone = "+8613612348765", email = "marked.one@example.com", address = "標記路九十九號" }, key)).Replayed.Should().BeTrue("the kept answer opens again");
        await Eventually.TrueAsync(async () => (await officer.GetAsync($"privacy/audit?subjectId={made.Json.GetProperty("id").GetString()}&action=customer.call")).Json.GetProperty("items").GetArrayLength() == 1, "everything is written");
        var metrics = (await staff.GetAsync("/metrics")).Text;
        (await own.Process.StopAsync()).Should().Be(0);

        foreach (var file in Directory.EnumerateFiles(own.Folder, "*", SearchOption.AllDirectories))
        {
            var bytes = await File.ReadAllBytesAsync(file);
            marks.Where(mark => bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(mark)) >= 0 || bytes.AsSpan().IndexOf(Encoding.Unicode.GetBytes(mark)) >= 0).Should().BeEmpty("{0} is searched", Path.GetFileName(file));
        }

        var log = string.Join('\n', printed);
        foreach (var text in new[] { metrics, log, collector.Text })
        {
            forms.Where(mark => text.Contains(mark, StringComparison.OrdinalIgnoreCase)).Should().BeEmpty();
        }

        log.Should().Contain("dbug", "the log was at its most talkative");
        collector.Text.Should().Contain("/api/v1/customers/{id:guid}", "spans arrived").And.NotContain(made.Json.GetProperty("id").GetString(), "a path is kept as its template");
    }

    private static async Task<string> CustomerAsync(Api staff, string name, string phone)
    {
        var made = await staff.PostAsync("customers", new { name, phone, email = name == "欧阳修远" ? "ouyang@example.com" : null });
        made.Status.Should().Be(HttpStatusCode.Created, "{0}", made.Text);
        return made.Json.GetProperty("id").GetString()!;
    }
}
