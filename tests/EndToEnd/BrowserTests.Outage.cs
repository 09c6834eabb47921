using System.Text.RegularExpressions;
using Microsoft.Playwright;
using LimoCha.Actors.Testing;

namespace LimoCha.Actors.EndToEnd;

/// <summary>Pages while the database or the server is away.</summary>
public sealed partial class BrowserTests
{
    [Fact]
    public async Task Pages_that_are_opened_while_the_database_is_away_fill_when_it_is_back_and_those_that_were_open_go_on()
    {
        await using var postgres = await Postgres.StartNewAsync();
        await using var away = await Product.StartDemoAsync(("Storage:Provider", "PostgreSql"), ("Storage:ConnectionString", await postgres.CreateDatabaseAsync()));
        using var manager = await away.SignInAsync("manager");
        async Task<string> AssignAsync()
        {
            var title = $"停电任务 {Guid.NewGuid():N}"[..20];
            var made = await manager.PostAsync("tasks", new { title, assigneeId = await manager.UserIdAsync("staff1") });
            made.Status.Should().Be(System.Net.HttpStatusCode.Created, "{0}", made.Text);
            return title;
        }

        var before = await AssignAsync();
        var open = await SignInAsync("manager", "/", Desktop, of: away);
        await Expect(open.GetByTestId("lane-assigned")).ToContainTextAsync(before);
        var phone = await SignInAsync("staff2", "/m", Phone, of: away);
        await Expect(phone.GetByTestId("check-in")).ToBeEnabledAsync();

        postgres.Stop();
        var late = Watched(await open.Context.NewPageAsync());
        await late.GotoAsync($"{away.Address}/");
        var trying = late.GetByText("暂时无法读取数据");
        await trying.WaitForAsync();
        await Expect(late.GetByTestId("lane-assigned")).ToHaveCountAsync(0);
        await Expect(open.GetByTestId("lane-assigned")).ToContainTextAsync(before);
        await phone.GetByTestId("check-in").ClickAsync();
        await Expect(phone.GetByTestId("check-in-result")).ToContainTextAsync("暂时无法保存", new() { Timeout = 30_000 });
        await phone.GetByTestId("consent-attendance.location").ClickAsync();
        await Expect(phone.Locator(".mud-snackbar").First).ToContainTextAsync("暂时无法保存", new() { Timeout = 30_000 });
        // What failed took the actor with it: who they are cannot be read now. What the open page learnt of it just before is good for half a second.
        var latePhone = await phone.Context.NewPageAsync();
        await Eventually.TrueAsync(async () => (await latePhone.GotoAsync($"{away.Address}/m"))!.Status == 503, "who they are cannot be read");
        await latePhone.GetByText("暂时无法读取数据").WaitForAsync();

        await postgres.StartAsync();
        await Expect(late.GetByTestId("lane-assigned")).ToContainTextAsync(before, new() { Timeout = 30_000 });
        await Expect(trying).ToHaveCountAsync(0);
        await Expect(latePhone.GetByTestId("check-in")).ToBeEnabledAsync(new() { Timeout = 30_000 });
        await Expect(latePhone.Locator(".mud-progress-linear")).ToHaveCountAsync(0);
        await Expect(latePhone.GetByText("暂时无法读取数据")).ToHaveCountAsync(0);
        var after = await AssignAsync();
        await Expect(open.GetByTestId("lane-assigned")).ToContainTextAsync(after);
        await Expect(late.GetByTestId("lane-assigned")).ToContainTextAsync(after);
        await phone.GetByTestId("check-in").ClickAsync();
        await Expect(phone.GetByTestId("check-in-result")).ToContainTextAsync("人民广场站");
        // Before the server goes.
        await open.Context.CloseAsync();
        await phone.Context.CloseAsync();
    }

    [Theory]
    [InlineData("zh-CN", "连接已断开，正在重新连接…")]
    [InlineData("en", "Disconnected; connecting again…")]
    public async Task A_page_whose_server_is_killed_says_so_and_comes_back_by_itself_when_the_server_does(string language, string said)
    {
        await using var killed = await Product.StartDemoAsync();
        var board = await SignInAsync("manager", "/", Desktop, language, killed);
        await Expect(board.GetByTestId("lane-assigned")).ToHaveCountAsync(1);
        await Expect(board.GetByTestId("reconnecting")).ToBeHiddenAsync();

        await killed.Process.KillAsync();
        await Expect(board.GetByTestId("reconnecting")).ToHaveTextAsync(said);
        await Expect(board.GetByTestId("reconnecting")).ToBeVisibleAsync();
        // What it had stays to be read.
        await Expect(board.GetByTestId("lane-assigned")).ToHaveCountAsync(1);

        await killed.StartAgainAsync();
        await Expect(board.GetByTestId("reconnecting")).ToBeHiddenAsync(new() { Timeout = 30_000 });
        await Expect(board.GetByTestId("lane-assigned")).ToHaveCountAsync(1);
        consoleErrors.Should().NotBeEmpty("a connection that was cut is an error of the browser's");
        consoleErrors.Clear();
        await board.Context.CloseAsync();
    }

    [Fact]
    public async Task A_page_whose_connection_cannot_begin_is_asked_for_again_until_it_can()
    {
        var page = await SignInAsync("manager", "/sign-in", Phone);
        var refused = 0;
        await page.RouteAsync("**/_blazor/negotiate**", route => refused++ < 2 ? route.FulfillAsync(new() { Status = 503 }) : route.ContinueAsync());
        await page.GotoAsync($"{product.Address}/");
        await page.GetByTestId("reconnecting").WaitForAsync();
        await page.GetByTestId("lane-assigned").WaitForAsync();
        await Expect(page.GetByTestId("reconnecting")).ToBeHiddenAsync();
        refused.Should().Be(3);
        consoleErrors.Clear();
    }

    [Fact]
    public async Task A_page_whose_connection_breaks_before_it_is_one_is_connected_again_and_has_not_failed()
    {
        var page = await SignInAsync("manager", "/sign-in", Phone);
        const int Broken = 2;
        var tries = 0;
        IWebSocketRoute? last = null;
        var connection = new Regex(@"/_blazor\?id=");
        await page.RouteAsync("**/_blazor/negotiate**", route => { tries++; return route.ContinueAsync(); });
        await page.RouteAsync(connection, route => tries <= Broken ? route.FulfillAsync(new() { Status = 404 }) : route.ContinueAsync());
        // As a proxy between two servers does it: who is asked for the socket does not know it.
        await page.RouteWebSocketAsync(connection, socket => { if (tries <= Broken) { _ = socket.CloseAsync(); } else { (last = socket).ConnectToServer(); } });

        await page.GotoAsync($"{product.Address}/");
        await page.GetByTestId("reconnecting").WaitForAsync();
        await Expect(page.GetByTestId("page-failed")).ToBeHiddenAsync();
        await page.GetByTestId("lane-assigned").WaitForAsync();
        tries.Should().Be(Broken + 1);

        // Later, on a page that is there.
        await page.EvaluateAsync("void (document.body.dataset.same = 'yes')");
        tries = 0;
        await last!.CloseAsync();
        await page.GetByTestId("reconnecting").WaitForAsync();
        await Expect(page.GetByTestId("reconnecting")).ToBeHiddenAsync(new() { Timeout = 30_000 });
        await Expect(page.GetByTestId("page-failed")).ToBeHiddenAsync();
        tries.Should().Be(Broken + 1);
        (await page.EvaluateAsync<string?>("document.body.dataset.same")).Should().Be("yes", "it was connected again, not loaded");
        consoleErrors.Should().NotBeEmpty();
        consoleErrors.Clear();
    }

    [Fact]
    public async Task A_page_whose_part_at_the_server_fails_says_so_and_is_loaded_again_at_a_click()
    {
        var phone = await SignInAsync("staff2", "/m", Phone);
        await Expect(phone.GetByTestId("check-in")).ToBeEnabledAsync();
        await phone.EvaluateAsync("void (limocha.position = () => { throw new Error('a browser that does not do what it should'); })");
        await phone.GetByTestId("check-in").ClickAsync();
        await Expect(phone.GetByTestId("page-failed")).ToBeVisibleAsync();
        await Expect(phone.GetByTestId("page-failed")).ToContainTextAsync("页面出错了");

        await phone.GetByText("重新加载").ClickAsync();
        await Expect(phone.GetByTestId("check-in")).ToBeEnabledAsync();
        await Expect(phone.GetByTestId("page-failed")).ToBeHiddenAsync();
        consoleErrors.Should().NotBeEmpty();
        consoleErrors.Clear();
    }
}
