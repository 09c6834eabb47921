using Microsoft.Playwright;

namespace LimoCha.Actors.EndToEnd;

/// <summary>The pages in Debian's chromium, at desktop and phone width, without a console error.</summary>
[Collection("demo")]
public sealed partial class BrowserTests(DemoFixture demo) : IAsyncLifetime
{
    private static readonly (int Width, int Height) Desktop = (1440, 900);
    private static readonly (int Width, int Height) Phone = (390, 844);
    private readonly Product product = demo.Product;
    private readonly List<string> consoleErrors = [];
    private IPlaywright playwright = default!;
    private IBrowser browser = default!;

    public async Task InitializeAsync()
    {
        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Environment.GetEnvironmentVariable("CHROMIUM") ?? "/usr/bin/chromium",
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        });
    }

    public async Task DisposeAsync()
    {
        await browser.DisposeAsync();
        playwright.Dispose();
        consoleErrors.Should().BeEmpty();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_manager_assigns_a_task_on_the_board_and_the_phone_page_shows_it_and_walks_it_to_its_end(bool desktop)
    {
        var board = await SignInAsync("manager", "/", desktop ? Desktop : Phone);
        var phone = await SignInAsync("staff1", "/m", Phone);
        await phone.GetByTestId("check-in").WaitForAsync();
        await Expect(board.GetByTestId("online")).ToContainTextAsync(new System.Text.RegularExpressions.Regex("[1-9]"));

        var title = $"浏览器任务 {Guid.NewGuid():N}"[..20];
        await board.GetByTestId("new-task").ClickAsync();
        // What the component library says by itself, to those who hear the page.
        await Expect(board.GetByLabel("选择日期", new() { Exact = true })).ToBeVisibleAsync();
        await Expect(board.GetByLabel("选择时间", new() { Exact = true })).ToBeVisibleAsync();
        await board.GetByLabel("标题").FillAsync(title);
        await board.Locator(".mud-dialog .mud-input-control.mud-select", new() { HasText = "指派给" }).ClickAsync();
        await board.Locator(".mud-popover-open .mud-list-item", new() { HasText = "王晓东" }).ClickAsync();
        await board.GetByTestId("create").ClickAsync();

        var card = phone.GetByTestId("card").Filter(new() { HasText = title });
        await card.WaitForAsync();
        await Expect(board.GetByTestId("lane-assigned")).ToContainTextAsync(title);
        await card.GetByTestId("accept").ClickAsync();
        await Expect(board.GetByTestId("lane-accepted")).ToContainTextAsync(title);
        await card.GetByTestId("start").ClickAsync();
        await Expect(board.GetByTestId("lane-started")).ToContainTextAsync(title);
        await card.GetByTestId("complete").ClickAsync();
        await Expect(card).ToHaveCountAsync(0);
        await Expect(board.GetByTestId("lane-completed")).ToContainTextAsync(title);
        await NoSidewaysScrollAsync(phone);
        await NoSidewaysScrollAsync(board);
    }

    /// <summary>A step that asks for a location and a signature, a checklist, a notice to read: on a phone, with a finger.</summary>
    [Fact]
    public async Task F2_a_flow_is_walked_on_the_phone_with_consent_checklist_and_signature_and_a_notice_is_read()
    {
        using var admin = await product.SignInAsync("admin");
        var type = await admin.PostAsync("task-types", new
        {
            name = $"手机流程 {Guid.NewGuid():N}"[..14], checklist = new[] { "通电" },
            flow = new object[]
            {
                new { key = "accept", title = "接单", stage = "accepted" },
                new { key = "arrive", title = "到达", stage = "started", proof = new[] { "location" } },
                new { key = "sign", title = "签收", stage = "completed", proof = new[] { "checklist", "signature" } },
            },
        });
        var title = $"流程 {Guid.NewGuid():N}"[..16];
        var phone = await SignInAsync("staff4", "/m", Phone);
        var task = await admin.PostAsync("tasks", new { title, typeId = type.Json.GetProperty("id").GetString(), assigneeId = await admin.UserIdAsync("staff4") });
        var notice = await admin.PostAsync("notices", new { title = $"公告 {title}", audience = new { kind = "people", userIds = new[] { await admin.UserIdAsync("staff4") } } });
        notice.Status.Should().Be(System.Net.HttpStatusCode.Created, "{0}", notice.Text);

        var read = phone.GetByTestId("notice").Filter(new() { HasText = title });
        await read.GetByTestId("read").ClickAsync();
        await Expect(read).ToHaveCountAsync(0);

        var card = phone.GetByTestId("card").Filter(new() { HasText = title });
        await card.GetByTestId("accept").ClickAsync();
        await card.GetByTestId("step").Filter(new() { HasText = "到达" }).ClickAsync();
        await phone.GetByTestId("take-step").ClickAsync();
        await Expect(phone.GetByTestId("step-problem")).ToBeVisibleAsync();
        await phone.GetByTestId("consent-task.location").ClickAsync();
        await phone.GetByTestId("take-step").ClickAsync();
        await card.GetByTestId("check-0").ClickAsync();
        await card.GetByTestId("step").Filter(new() { HasText = "签收" }).ClickAsync();
        await phone.GetByTestId("take-step").ClickAsync();
        await Expect(phone.GetByTestId("step-problem")).ToBeVisibleAsync();
        var pad = (await phone.GetByTestId("signature").BoundingBoxAsync())!;
        await phone.Mouse.MoveAsync(pad.X + 20, pad.Y + 20);
        await phone.Mouse.DownAsync();
        await phone.Mouse.MoveAsync(pad.X + 120, pad.Y + 60, new() { Steps = 5 });
        await phone.Mouse.UpAsync();
        await phone.GetByTestId("take-step").ClickAsync();
        await Expect(card).ToHaveCountAsync(0);

        var done = (await admin.GetAsync($"tasks/{task.Json.GetProperty("id").GetString()}")).Json;
        done.GetProperty("stage").GetString().Should().Be("completed");
        done.GetProperty("details").GetProperty("proofs").EnumerateArray().Select(proof => proof.GetProperty("kind").GetString()).Should().Equal("location", "signature");
        await NoSidewaysScrollAsync(phone);
    }

    [Fact]
    public async Task A_manager_offers_a_task_and_the_first_to_take_it_on_a_phone_has_it()
    {
        var board = await SignInAsync("manager", "/", Desktop);
        var (one, two) = (await SignInAsync("staff1", "/m", Phone), await SignInAsync("staff2", "/m", Phone));
        var title = $"抢单 {Guid.NewGuid():N}"[..16];
        await board.GetByTestId("new-task").ClickAsync();
        await board.GetByLabel("标题").FillAsync(title);
        await board.Locator(".mud-dialog .mud-input-control.mud-select", new() { HasText = "派单方式" }).ClickAsync();
        await board.Locator(".mud-popover-open .mud-list-item", new() { HasText = "抢单" }).ClickAsync();
        await board.GetByTestId("create").ClickAsync();
        await Expect(board.GetByTestId("lane-offered")).ToContainTextAsync(title);

        var (ones, twos) = (one.GetByTestId("card").Filter(new() { HasText = title }), two.GetByTestId("card").Filter(new() { HasText = title }));
        await twos.WaitForAsync();
        await ones.GetByTestId("accept").ClickAsync();
        await Expect(twos).ToHaveCountAsync(0);
        await Expect(ones.GetByTestId("start")).ToBeVisibleAsync();
        await Expect(board.GetByTestId("lane-accepted")).ToContainTextAsync(title);
    }

    [Fact]
    public async Task A_decline_says_why_and_the_board_shows_it()
    {
        using var manager = await product.SignInAsync("manager");
        var title = $"拒绝 {Guid.NewGuid():N}"[..16];
        await manager.PostAsync("tasks", new { title, assigneeId = await manager.UserIdAsync("staff3") });
        var phone = await SignInAsync("staff3", "/m", Phone);
        var card = phone.GetByTestId("card").Filter(new() { HasText = title });
        await card.GetByTestId("decline").ClickAsync();
        await phone.Locator(".mud-dialog textarea").First.FillAsync("客户不在");
        await phone.GetByTestId("decline-now").ClickAsync();
        await Expect(card).ToHaveCountAsync(0);
        var board = await SignInAsync("manager", "/", Desktop);
        await Expect(board.GetByTestId("lane-declined")).ToContainTextAsync(title);
    }

    [Fact]
    public async Task B4_the_phone_checks_in_with_the_browsers_location_and_not_without_consent()
    {
        var phone = await SignInAsync("staff2", "/m", Phone);
        await phone.GetByTestId("check-in").WaitForAsync();
        await phone.GetByTestId("check-in").ClickAsync();
        await Expect(phone.GetByTestId("check-in-result")).ToContainTextAsync("人民广场站");
        await phone.GetByTestId("check-out").ClickAsync();
        await Expect(phone.GetByTestId("check-in-result")).ToContainTextAsync("签退");
        await phone.GetByTestId("consent-attendance.location").ClickAsync();
        await Expect(phone.GetByTestId("check-in")).ToBeDisabledAsync();
        await phone.GetByTestId("consent-attendance.location").ClickAsync();
        await Expect(phone.GetByTestId("check-in")).ToBeEnabledAsync();
    }

    [Fact]
    public async Task The_pages_speak_english_to_an_english_browser_and_switch()
    {
        var board = await SignInAsync("admin", "/", Desktop, "en-US");
        await Expect(board.GetByTestId("new-task")).ToContainTextAsync("New task", new() { IgnoreCase = true });
        await board.GetByTestId("language").ClickAsync();
        await Expect(board.GetByTestId("new-task")).ToContainTextAsync("新任务");
    }

    [Fact]
    public async Task A_wrong_password_is_said_in_words_and_a_page_needs_a_sign_in()
    {
        var page = await NewPageAsync(Phone, "zh-CN");
        await page.GotoAsync($"{product.Address}/m");
        await page.WaitForURLAsync("**/sign-in**");
        await page.FillAsync("input[name=userName]", "manager2");
        await page.FillAsync("input[name=password]", "wrong password");
        await page.ClickAsync("button[type=submit]");
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("不正确");
    }

    [Fact]
    public async Task E4_a_page_whose_session_is_ended_goes_to_sign_in()
    {
        var board = await SignInAsync("staff4", "/m", Phone);
        await board.Locator(".empty.big, [data-testid=card]").First.WaitForAsync();
        using var api = await product.SignInAsync("staff4");
        (await api.PostAsync("auth/logout", new { everywhere = true })).Status.Should().Be(System.Net.HttpStatusCode.NoContent);
        await Assertions.Expect(board).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("/sign-in"), new() { Timeout = 20_000 });
    }

    [Fact]
    public async Task Orleans_dashboard_is_for_admins()
    {
        var admin = await SignInAsync("admin", "/dashboard", Desktop);
        (await admin.TitleAsync()).Should().Contain("Orleans");
    }

    [Theory]
    [InlineData("manager", "/", "/dashboard")]
    [InlineData("staff1", "/m", "/privacy")]
    public async Task Who_is_signed_in_and_may_not_see_a_page_is_told_so(string who, string start, string path)
    {
        var open = await SignInAsync(who, start, Phone);
        var page = await open.Context.NewPageAsync();
        (await page.GotoAsync($"{product.Address}{path}"))!.Status.Should().Be(403);
        await Expect(page.GetByTestId("problem")).ToContainTextAsync("没有权限");
        await page.GetByRole(AriaRole.Link).ClickAsync();
        await Expect(page.GetByTestId("lane-assigned")).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task Who_goes_from_a_page_to_one_that_they_may_not_see_is_told_so()
    {
        var page = await SignInAsync("staff1", "/m", Phone);
        await page.GetByTestId("check-in").WaitForAsync();
        await page.EvaluateAsync("Blazor.navigateTo('/privacy')");
        await Expect(page.GetByTestId("problem")).ToContainTextAsync("没有权限");
        page.Url.Should().Be($"{product.Address}/privacy");
        consoleErrors.Should().OnlyContain(error => error.Contains("403"), "the browser says itself that it was refused");
        consoleErrors.Clear();
    }

    private static ILocatorAssertions Expect(ILocator locator) => Assertions.Expect(locator);

    private static async Task NoSidewaysScrollAsync(IPage page) =>
        (await page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= window.innerWidth")).Should().BeTrue("nothing sticks out sideways");

    private async Task<IPage> SignInAsync(string userName, string path, (int Width, int Height) size, string locale = "zh-CN", Product? of = null)
    {
        var at = of ?? product;
        var page = await NewPageAsync(size, locale);
        await page.GotoAsync($"{at.Address}/sign-in");
        await page.FillAsync("input[name=userName]", userName);
        await page.FillAsync("input[name=password]", at.Password(userName));
        await page.ClickAsync("button[type=submit]");
        // The page that sign-in leads to is left at once: its load is not waited for.
        await page.WaitForURLAsync(url => !url.Contains("/sign-in", StringComparison.Ordinal), new() { WaitUntil = WaitUntilState.Commit });
        await page.GotoAsync($"{at.Address}{path}");
        return page;
    }

    private async Task<IPage> NewPageAsync((int Width, int Height) size, string locale)
    {
        var context = await browser.NewContextAsync(new()
        {
            Locale = locale, ViewportSize = new() { Width = size.Width, Height = size.Height },
            Geolocation = new() { Latitude = 31.2328f, Longitude = 121.4737f, Accuracy = 25 }, Permissions = ["geolocation"],
        });
        context.SetDefaultTimeout(20_000);
        return Watched(await context.NewPageAsync());
    }

    private IPage Watched(IPage page)
    {
        page.Console += (_, message) =>
        {
            // A circuit that is told to leave while it says goodbye is no fault of the page.
            if (message.Type == "error")
            {
                consoleErrors.Add(message.Text);
            }
        };
        page.PageError += (_, error) => consoleErrors.Add(error);
        return page;
    }
}
