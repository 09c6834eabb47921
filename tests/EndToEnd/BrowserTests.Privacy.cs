using Microsoft.Playwright;

namespace LimoCha.Actors.EndToEnd;

/// <summary>The subject's own page behind a one-time link, and the privacy office.</summary>
public sealed partial class BrowserTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task C1_a_customer_sees_their_data_withdraws_and_asks_and_the_office_answers(bool desktop)
    {
        using var staff = await product.SignInAsync("staff2");
        var made = await staff.PostAsync("customers", new { name = "周明月", phone = desktop ? "13511110001" : "13511110002", company = "明月茶庄" });
        var id = made.Json.GetProperty("id").GetString();
        await staff.SendAsync(HttpMethod.Put, $"customers/{id}/consents/customer.contact", new { state = "granted", channel = "phone" });
        await staff.PostAsync($"customers/{id}/uses", new { kind = "call", purpose = "customer.contact", reason = "回访" });
        var link = (await staff.PostAsync($"customers/{id}/links", null)).Json.GetProperty("path").GetString();

        var context = await browser.NewContextAsync(new() { Locale = "zh-CN", ViewportSize = new() { Width = desktop ? Desktop.Width : Phone.Width, Height = desktop ? Desktop.Height : Phone.Height } });
        var page = await context.NewPageAsync();
        page.Console += (_, message) => { if (message.Type == "error") { consoleErrors.Add(message.Text); } };
        await page.GotoAsync($"{product.Address}{link}");
        await page.GetByTestId("open").ClickAsync();
        await Expect(page.GetByTestId("facts")).ToContainTextAsync("周明月");
        await Expect(page.GetByTestId("facts")).ToContainTextAsync(desktop ? "+8613511110001" : "+8613511110002");
        await Keep(page, $"my-data-{(desktop ? "desktop" : "phone")}");
        await page.GetByRole(AriaRole.Tab, new() { Name = "授权" }).ClickAsync();
        await page.GetByText("电话与短信联系").First.ClickAsync();
        await Expect(page.GetByText("已撤回")).ToBeVisibleAsync();
        (await staff.PostAsync($"customers/{id}/uses", new { kind = "call", purpose = "customer.contact" })).Problem.Should().Be("urn:limocha:problem:consent-required", "what they took back holds at once");
        await Keep(page, $"my-data-consents-{(desktop ? "desktop" : "phone")}");
        await page.GetByRole(AriaRole.Tab, new() { Name = "请求" }).ClickAsync();
        await page.GetByLabel("请说明").FillAsync("电话号码换了，请更正。");
        await page.GetByTestId("ask").ClickAsync();
        await Expect(page.GetByText("更正或补充").First).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Tab, new() { Name = "使用记录" }).ClickAsync();
        await Expect(page.GetByTestId("accesses")).ToContainTextAsync("customer.call");
        await NoSidewaysScrollAsync(page);

        var again = await context.NewPageAsync();
        await again.GotoAsync($"{product.Address}{link}");
        await again.GetByTestId("open").ClickAsync();
        await Expect(again.GetByText("已使用或已过期")).ToBeVisibleAsync();

        using var officer = await product.SteppedUpAsync("privacy");
        var incident = $"平板电脑遗失 {(desktop ? 1 : 2)}";
        (await officer.PostAsync("privacy/incidents", new { title = incident, level = "serious", description = "一台登录中的平板电脑遗失。", classes = new[] { "contact" } })).Status.Should().Be(System.Net.HttpStatusCode.Created);
        var office = await SignInAsync("privacy", "/privacy", desktop ? Desktop : Phone);
        await office.GetByTestId("open-request").First.ClickAsync();
        await Expect(office.GetByTestId("request-text")).ToContainTextAsync("电话号码换了");
        await office.GetByTestId("answer-text").FillAsync("已更正。");
        await office.GetByTestId("proof").FillAsync("wrong");
        await office.GetByTestId("answer").ClickAsync();
        await Expect(office.GetByText("密码或动态口令不正确")).ToBeVisibleAsync();
        await office.GetByTestId("proof").FillAsync(product.Password("privacy"));
        await Keep(office, $"privacy-office-{(desktop ? "desktop" : "phone")}");
        await office.GetByTestId("answer").ClickAsync();
        await Expect(office.GetByText("请求已办结")).ToBeVisibleAsync();
        await office.GetByRole(AriaRole.Tab, new() { Name = "安全事件" }).ClickAsync();
        await Expect(office.GetByTestId("incidents")).ToContainTextAsync(incident);
        await Expect(office.GetByTestId("incidents")).ToContainTextAsync("较大");
        await Keep(office, $"privacy-incidents-{(desktop ? "desktop" : "phone")}");
        await NoSidewaysScrollAsync(office);
        await office.GetByRole(AriaRole.Tab, new() { Name = "依法披露" }).ClickAsync();
        await Expect(office.GetByText("没有依法披露")).ToBeVisibleAsync();
        await office.GetByRole(AriaRole.Tab, new() { Name = "审计" }).ClickAsync();
        await office.GetByTestId("verify").ClickAsync();
        await Expect(office.GetByTestId("verification")).ToContainTextAsync("0 处异常");
        await Keep(office, $"privacy-audit-{(desktop ? "desktop" : "phone")}");
        await NoSidewaysScrollAsync(office);
        await context.CloseAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task E6_the_office_handles_an_incident_to_its_end_on_its_page(bool desktop)
    {
        using var staff = await product.SignInAsync("staff2");
        var made = await staff.PostAsync("customers", new { name = "秦受影", phone = desktop ? "13511110011" : "13511110012" });
        var subject = made.Json.GetProperty("id").GetString()!;
        var name = $"网盘链接外泄 {(desktop ? 1 : 2)}";
        var office = await SignInAsync("privacy", "/privacy", desktop ? Desktop : Phone);
        await office.GetByRole(AriaRole.Tab, new() { Name = "安全事件" }).ClickAsync();
        await office.GetByTestId("new-incident").ClickAsync();
        await office.GetByTestId("incident-title").FillAsync(name);
        await office.GetByTestId("incident-description").FillAsync("一个含客户名单的共享链接曾对外可见。");
        await office.GetByTestId("incident-classes").GetByText("联系方式", new() { Exact = true }).ClickAsync();
        await office.GetByTestId("report-incident").ClickAsync();
        await office.GetByTestId("measure-text").FillAsync("关闭了链接。");
        await office.GetByTestId("add-measure").ClickAsync();
        await Expect(office.GetByText("止损 · 关闭了链接。")).ToBeVisibleAsync();
        await Expect(office.GetByTestId("tell")).ToBeDisabledAsync();
        await office.GetByTestId("impact").FillAsync("可能收到诈骗电话。");
        await office.GetByTestId("advice").FillAsync("请勿透露验证码。");
        await office.GetByTestId("remedy").FillAsync("提供专线咨询。");
        await office.GetByTestId("save-known").ClickAsync();
        await office.GetByTestId("subject-ids").FillAsync("not-an-id");
        await office.GetByTestId("find-affected").ClickAsync();
        await Expect(office.GetByTestId("incident-problem")).ToContainTextAsync("编号格式不对");
        await office.GetByTestId("subject-ids").FillAsync(subject);
        await office.GetByTestId("find-affected").ClickAsync();
        await Expect(office.GetByText("新增 1 人")).ToBeVisibleAsync();
        await office.GetByTestId("proof").FillAsync(product.Password("privacy"));
        await office.GetByTestId("tell").ClickAsync();
        await Expect(office.GetByTestId("notice-counts")).ToContainTextAsync("待办 1");
        await Expect(office.GetByTestId("proof")).ToHaveCountAsync(0);
        await Keep(office, $"privacy-incident-{(desktop ? "desktop" : "phone")}");
        var reached = office.GetByTestId("reached");
        await office.GetByTestId("calls").ClickAsync();
        await Expect(office.GetByText("秦受影")).ToBeVisibleAsync();
        await reached.ClickAsync();
        await Expect(office.GetByTestId("notice-counts")).ToContainTextAsync("已联系到 1");
        await Expect(office.GetByTestId("missing")).ToHaveTextAsync("结束前还需：补救措施、向主管部门报告");
        await Expect(office.GetByTestId("close-incident")).ToBeDisabledAsync();
        var print = await office.Context.RunAndWaitForPageAsync(() => office.GetByTestId("report-page").ClickAsync());
        await Expect(print.GetByText(name)).ToBeVisibleAsync();
        await office.GetByTestId("authority").FillAsync("市网信办");
        await office.GetByTestId("reference").FillAsync("回执 7");
        await office.GetByTestId("reported").ClickAsync();
        await Expect(office.GetByText("市网信办 · 回执 7")).ToBeVisibleAsync();
        await office.GetByLabel("措施类型").ClickAsync();
        await office.Locator(".mud-popover-open").GetByText("补救", new() { Exact = true }).ClickAsync();
        await office.GetByTestId("measure-text").FillAsync("开通了咨询专线。");
        await office.GetByTestId("add-measure").ClickAsync();
        await Expect(office.GetByText("补救 · 开通了咨询专线。")).ToBeVisibleAsync();
        await office.GetByTestId("announce").ClickAsync();
        await Expect(office.GetByText("已公告")).ToBeVisibleAsync();
        await NoSidewaysScrollAsync(office);
        await office.GetByTestId("close-incident").ClickAsync();
        await Expect(office.GetByText("已结束").First).ToBeVisibleAsync();
        await Keep(office, $"privacy-incident-closed-{(desktop ? "desktop" : "phone")}");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task D3_a_disclosure_is_asked_for_reviewed_by_another_and_given_out_once_on_the_page(bool desktop)
    {
        using var staff = await product.SignInAsync("staff2");
        var phone = desktop ? "13511110021" : "13511110022";
        var subject = (await staff.PostAsync("customers", new { name = "被查询人", phone })).Json.GetProperty("id").GetString()!;
        var authority = $"某市公安局 {(desktop ? 1 : 2)}";
        var office = await SignInAsync("privacy", "/privacy", desktop ? Desktop : Phone);
        await office.GetByRole(AriaRole.Tab, new() { Name = "依法披露" }).ClickAsync();
        await office.GetByTestId("new-disclosure").ClickAsync();
        await office.GetByTestId("disclosure-subject-id").FillAsync(subject);
        await office.GetByTestId("disclosure-authority").FillAsync(authority);
        await office.GetByTestId("disclosure-basis").FillAsync("刑事诉讼法 第五十四条");
        await office.GetByTestId("disclosure-number").FillAsync("调证字〔2026〕9 号");
        await office.GetByTestId("ask-disclosure").ClickAsync();
        await Expect(office.GetByTestId("disclosure-problem")).ToContainTextAsync("请附上法律文书");
        await office.GetByTestId("disclosure-file").SetInputFilesAsync(new FilePayload { Name = "demand.png", MimeType = "image/png", Buffer = Convert.FromBase64String("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==") });
        await office.GetByTestId("disclosure-fields").GetByText("电话", new() { Exact = true }).ClickAsync();
        await Keep(office, $"privacy-disclosure-new-{(desktop ? "desktop" : "phone")}");
        await office.GetByTestId("proof").FillAsync(product.Password("privacy"));
        await office.GetByTestId("ask-disclosure").ClickAsync();
        await Expect(office.GetByTestId("disclosure-stage")).ToHaveTextAsync("待复核");
        await Expect(office.GetByText("须由另一人复核")).ToBeVisibleAsync();

        var second = await SignInAsync("admin", "/privacy", desktop ? Desktop : Phone);
        await second.GetByRole(AriaRole.Tab, new() { Name = "依法披露" }).ClickAsync();
        await second.GetByRole(AriaRole.Row, new() { Name = authority }).GetByTestId("open-disclosure").ClickAsync();
        await second.GetByTestId("review-reason").FillAsync("文书齐备，范围相符");
        await second.GetByTestId("proof").FillAsync(product.Password("admin"));
        await Keep(second, $"privacy-disclosure-{(desktop ? "desktop" : "phone")}");
        await second.GetByTestId("approve-disclosure").ClickAsync();
        await Expect(second.GetByTestId("disclosure-stage")).ToHaveTextAsync("已批准");
        await second.GetByTestId("disclose").ClickAsync();
        await Expect(second.GetByTestId("given")).ToContainTextAsync($"+86{phone}");
        await Expect(second.GetByTestId("disclosure-stage")).ToHaveTextAsync("已披露");
        await Expect(second.GetByTestId("disclosure-secrecy")).ToHaveTextAsync("本人可在自己的页面看到");
        await second.GetByTestId("change-secrecy").ClickAsync();
        var until = TimeProvider.System.GetUtcNow().AddHours(8).AddYears(1).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        await second.GetByLabel("保密至").FillAsync(until);
        await second.GetByTestId("secrecy-reason").FillAsync("保密令 7 号");
        await Keep(second, $"privacy-disclosed-{(desktop ? "desktop" : "phone")}");
        await second.GetByTestId("set-secrecy").ClickAsync();
        await Expect(second.GetByTestId("disclosure-secrecy")).ToContainTextAsync(until);
        await NoSidewaysScrollAsync(second);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task B8_the_office_sees_what_a_subject_said_and_the_receipts_of_it(bool desktop)
    {
        using var staff = await product.SignInAsync("staff2");
        var subject = (await staff.PostAsync("customers", new { name = "同意查询人" })).Json.GetProperty("id").GetString()!;
        foreach (var state in new[] { "granted", "withdrawn" })
        {
            (await staff.SendAsync(HttpMethod.Put, $"customers/{subject}/consents/customer.contact", new { state, channel = "phone" })).Status.Should().Be(System.Net.HttpStatusCode.OK);
        }

        var office = await SignInAsync("privacy", "/privacy", desktop ? Desktop : Phone);
        await office.GetByRole(AriaRole.Tab, new() { Name = "同意与凭证" }).ClickAsync();
        await Expect(office.GetByText("输入主体编号查看其同意与凭证")).ToBeVisibleAsync();
        await office.GetByTestId("consents-of").FillAsync(subject);
        await office.GetByTestId("find-receipts").ClickAsync();
        await Expect(office.GetByTestId("consents").GetByRole(AriaRole.Row, new() { Name = "customer.contact" })).ToContainTextAsync("撤回");
        await Expect(office.GetByTestId("consents").GetByRole(AriaRole.Row, new() { Name = "customer.marketing" })).ToContainTextAsync("未询问");
        await Expect(office.Locator("details.receipt")).ToHaveCountAsync(2);
        await Keep(office, $"privacy-consents-{(desktop ? "desktop" : "phone")}");
        await NoSidewaysScrollAsync(office);
    }

    /// <summary>Keeps a picture when <c>SCREENSHOTS</c> names a folder.</summary>
    private static async Task Keep(IPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("SCREENSHOTS") is { Length: > 0 } folder)
        {
            await page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{name}.png") });
        }
    }
}
