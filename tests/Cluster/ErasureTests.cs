using LimoCha.Actors.Customers;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Privacy;
using LimoCha.Actors.RightsRequests;
using LimoCha.Actors.Staff;
using LimoCha.Actors.Storage;
using LimoCha.Actors.Tasks;

namespace LimoCha.Actors.Cluster;

/// <summary>C1 to C4 with real actors: requests, deadlines, erasing people and accounts.</summary>
public sealed class ErasureTests
{
    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task C2_a_deletion_request_erases_the_customer_the_tasks_texts_and_the_logged_facts(DatabaseKind kind)
    {
        await using var host = await TestHost.StartAsync(kind);
        var officer = await host.UserAsync(Role.PrivacyOfficer);
        var (ann, customer) = await PrivacyTests.CustomerAsync(host, "標記甲");
        var id = customer.GetPrimaryKey();
        var task = (await host.Grains.GetGrain<ITaskGrain>(Ids.New(host.Clock)).CreateAsync(new() { Title = "拜访標記甲", Description = "標記甲家里", AssigneeId = ann.UserId, CustomerId = id }, host.Admin())).Value!;
        await Eventually.TrueAsync(async () => await host.QueryAsync<int>("SELECT count(*) FROM task WHERE customer_id = @id", new { id }) == 1, "the task is projected");
        var request = host.Grains.GetGrain<IRightsRequestGrain>(Ids.New(host.Clock));
        (await request.ReceiveAsync(new() { Kind = RightsRequestKind.Deletion, SubjectId = id, Text = "標記甲要求删除" }, null, host.As(ann))).Refusal.Should().BeNull();
        (await request.AnswerAsync(new() { Answer = "完成" }, host.As(officer))).Refusal!.Problem.Should().Be("identity-not-verified");
        (await customer.GetAsync(officer)).Value!.ErasedAt.Should().BeNull();
        await request.VerifyAsync(new() { Method = "callback", Evidence = "通话 9" }, host.As(officer));

        (await request.AnswerAsync(new() { Answer = "標記甲的信息已删除" }, host.As(officer))).Value!.Stage.Should().Be(RightsRequestStage.Answered);

        (await customer.GetAsync(officer)).Value!.ErasedAt.Should().NotBeNull();
        (await host.Grains.GetGrain<ITaskGrain>(task.Id).GetAsync(ann)).Value!.Title.Should().Be(TaskRules.RedactedTitle);
        await GoneAsync(host, "標記甲");
        (await host.QueryAsync<int>("SELECT count(*) FROM audit_entry WHERE subject_id = @id", new { id })).Should().BePositive("the trail stays");
    }

    [Fact]
    public async Task C2_a_closed_account_leaves_no_name_no_credentials_and_no_key()
    {
        await using var host = await TestHost.StartAsync();
        var officer = await host.UserAsync(Role.PrivacyOfficer);
        var ann = await host.UserAsync();
        var phone = await host.ConnectAsync(ann);
        var user = host.Grains.GetGrain<IUserGrain>(ann.UserId);
        (await user.EraseAsync("request", host.As(ann))).Refusal!.Kind.Should().Be(RefusalKind.Forbidden);
        (await user.EraseAsync("request", host.As(officer))).Refusal.Should().BeNull();
        phone.Ended.Should().NotBeNull("every device is cut off");
        var record = (await user.GetSignInRecordAsync())!;
        record.Credentials.Should().BeEquivalentTo(new Credentials());
        record.User.Should().BeEquivalentTo(new { Enabled = false, DisplayName = "已注销 / account closed" });
        await GoneAsync(host, $"u{ann.UserId:N}");
        await host.Cluster.DeactivateAsync(user);
        (await user.GetAsync(officer)).Value!.Enabled.Should().BeFalse();
        (await user.ChangeAsync(new() { Enabled = true }, host.Admin())).Refusal!.Problem.Should().Be("erased");
    }

    [Fact]
    public async Task C1_C3_deadlines_warn_the_office_and_the_recycle_bin_lets_go_in_time()
    {
        var clock = new ShiftedClock();
        await using var host = await TestHost.StartAsync(services: clock.Use);
        var officer = await host.UserAsync(Role.PrivacyOfficer);
        await Eventually.TrueAsync(async () => await host.QueryAsync<int>("SELECT count(*) FROM staff_user") == 1, "the office is known");
        var desk = await host.ConnectAsync(officer);
        var (ann, customer) = await PrivacyTests.CustomerAsync(host);
        var (_, held) = await PrivacyTests.CustomerAsync(host);
        await customer.DeleteAsync(host.Admin());
        await held.DeleteAsync(host.Admin());
        await held.SetLegalHoldAsync(new() { Hold = true, Reason = "案号 1" }, host.As(officer));
        var request = host.Grains.GetGrain<IRightsRequestGrain>(Ids.New(host.Clock));
        await request.ReceiveAsync(new() { Kind = RightsRequestKind.Complaint, SubjectId = customer.GetPrimaryKey(), Text = "无人接听" }, null, host.As(ann));
        await desk.UntilAsync(cards => cards.Any(card => card.Category == "privacy"));
        await Eventually.TrueAsync(async () => await host.QueryAsync<int>("SELECT count(*) FROM customer WHERE wake_at IS NOT NULL") == 1, "a held customer is not waited for");

        clock.Forward(TimeSpan.FromDays(16.5));
        await Eventually.TrueAsync(async () => (await request.GetAsync(officer)).Value!.Warnings == 3, "warned until it is late");
        (await request.GetAsync(officer)).Value!.Overdue.Should().BeTrue();
        await desk.UntilAsync(cards => cards.Count(card => card.Category == "privacy") >= 2);
        (await customer.GetAsync(officer)).Value!.ErasedAt.Should().BeNull("sixteen days are not thirty");
        (await customer.RestoreAsync(host.Admin())).Refusal.Should().BeNull();
        await customer.DeleteAsync(host.Admin());

        clock.Forward(TimeSpan.FromDays(31));
        await Eventually.TrueAsync(async () => (await customer.GetAsync(officer)).Value!.ErasedAt is not null, "its time in the bin is over");
        (await held.GetAsync(officer)).Value!.ErasedAt.Should().BeNull("a legal hold stands");
    }

    /// <summary>No table has it any more; what still has it is shown.</summary>
    private static Task GoneAsync(TestHost host, string mark)
    {
        var left = "";
        return Eventually.TrueAsync(
            async () => (left = string.Join('\n', (await PrivacyTests.DumpAsync(host)).Split('\n').Where(row => row.Contains(mark, StringComparison.Ordinal)))).Length == 0,
            () => $"no table has {mark} any more; left are {left}", TimeSpan.FromSeconds(20));
    }
}
