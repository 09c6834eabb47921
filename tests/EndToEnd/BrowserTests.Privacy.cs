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

    /// <summary>Keeps a picture when <c>SCREENSHOTS</c> names a folder.</summary>
    private static async Task Keep(IPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("SCREENSHOTS") is { Length: > 0 } folder)
        {
            await page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{name}.png") });
        }
    }
}
