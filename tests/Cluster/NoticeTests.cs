using LimoCha.Actors.Kernel;
using LimoCha.Actors.Notices;
using LimoCha.Actors.Staff;
using LimoCha.Actors.Storage;

namespace LimoCha.Actors.Cluster;

/// <summary>Notices on devices, read, taken back, expired; on real storage.</summary>
public sealed class NoticeTests
{
    public static TheoryData<DatabaseKind> Kinds => [DatabaseKind.Sqlite, DatabaseKind.PostgreSql];

    private static readonly Guid East = Guid.CreateVersion7();

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_notice_is_on_every_device_of_its_audience_until_its_reader_has_read_it(DatabaseKind kind)
    {
        await using var host = await TestHost.StartAsync(kind);
        var (ann, bob, other) = (await host.UserAsync(department: East), await host.UserAsync(department: East), await host.UserAsync(department: Guid.CreateVersion7()));
        await ProjectedAsync(host, 3);
        var (phone, tablet, bobs, others) = (await host.ConnectAsync(ann), await host.ConnectAsync(ann, "tablet"), await host.ConnectAsync(bob), await host.ConnectAsync(other));

        var notice = await PublishAsync(host, new() { Title = "周会改期", Audience = new() { Kind = AudienceKind.Department, DepartmentId = East } });
        foreach (var device in new[] { phone, tablet, bobs })
        {
            await device.UntilAsync(cards => cards is [{ Kind: "notice", Title: "周会改期", Mandatory: false, Data: null }]);
        }

        var user = host.Grains.GetGrain<IUserGrain>(ann.UserId);
        (await user.ReadNoticeAsync(notice.Id, host.As(ann))).Value!.ReadAt.Should().NotBeNull();
        (await user.ReadNoticeAsync(notice.Id, host.As(ann))).Refusal.Should().BeNull("a repeat is fine");
        (await user.ReadNoticeAsync(notice.Id, host.As(bob))).Refusal!.Kind.Should().Be(RefusalKind.Forbidden);
        (await host.Grains.GetGrain<IUserGrain>(other.UserId).ReadNoticeAsync(notice.Id, host.As(other))).Refusal!.Kind.Should().Be(RefusalKind.NotFound);
        await phone.UntilAsync(cards => cards.Count == 0);
        await tablet.UntilAsync(cards => cards.Count == 0);
        bobs.Shown.Should().ContainSingle();
        others.EverShown.Should().BeEmpty();

        // Neither an actor that starts anew nor a device that comes back shows it again.
        await Eventually.TrueAsync(async () => await host.QueryAsync<int>("SELECT count(*) FROM notice_receipt") == 1, "the receipt is projected");
        await host.Cluster.DeactivateAsync(user);
        await phone.HelloAsync();
        await phone.UntilAsync(_ => phone.Syncs == 2);
        phone.Shown.Should().BeEmpty();
        phone.EverShown.Should().HaveCount(1);

        await host.Grains.GetGrain<INoticeGrain>(notice.Id).WithdrawAsync(host.Admin());
        await bobs.UntilAsync(cards => cards.Count == 0);
    }

    [Fact]
    public async Task Somebody_who_joins_later_gets_what_still_stands_and_an_expired_notice_goes_from_every_device()
    {
        var clock = new ShiftedClock();
        await using var host = await TestHost.StartAsync(services: clock.Use);
        var ann = await host.UserAsync();
        await ProjectedAsync(host, 1);
        var phone = await host.ConnectAsync(ann);
        var notice = await PublishAsync(host, new() { Title = "停机维护", Mandatory = true, Audience = new() { Kind = AudienceKind.Everyone }, ExpiresAt = clock.GetUtcNow().AddHours(2) });
        await phone.UntilAsync(cards => cards is [{ Mandatory: true }]);
        await Eventually.TrueAsync(async () => await host.QueryAsync<int>("SELECT count(*) FROM notice WHERE wake_at IS NOT NULL") == 1, "it is projected");
        var late = await host.UserAsync();
        await host.Cluster.DeactivateAsync(host.Grains.GetGrain<IUserGrain>(late.UserId));
        var newcomer = await host.ConnectAsync(late);
        await newcomer.UntilAsync(cards => cards.Any(card => card.Id == notice.Id));
        await ProjectedAsync(host, 2);

        clock.Forward(TimeSpan.FromHours(3));

        await phone.UntilAsync(cards => cards.Count == 0);
        await newcomer.UntilAsync(cards => cards.Count == 0);
    }

    [Fact]
    public async Task A2_a_category_switched_off_leaves_the_devices_and_comes_back_and_mandatory_notices_stay()
    {
        await using var host = await TestHost.StartAsync();
        var ann = await host.UserAsync();
        await ProjectedAsync(host, 1);
        var phone = await host.ConnectAsync(ann);
        var all = new Audience { Kind = AudienceKind.Everyone };
        var news = await PublishAsync(host, new() { Title = "新闻", Category = "news", Audience = all });
        var law = await PublishAsync(host, new() { Title = "服务变更", Category = "news", Mandatory = true, Audience = all });
        await phone.UntilAsync(cards => cards.Count == 2);
        await Eventually.TrueAsync(async () => await host.QueryAsync<int>("SELECT count(*) FROM notice") == 2, "both are projected");

        var user = host.Grains.GetGrain<IUserGrain>(ann.UserId);
        await user.SetPreferencesAsync(new() { DeviceOff = ["news"] }, host.As(ann));
        await phone.UntilAsync(cards => cards is [var only] && only.Id == law.Id);
        await user.SetPreferencesAsync(new(), host.As(ann));
        await phone.UntilAsync(cards => cards.Any(card => card.Id == news.Id));
    }

    private static async Task<NoticeView> PublishAsync(TestHost host, PublishNotice notice)
    {
        var outcome = await host.Grains.GetGrain<INoticeGrain>(Ids.New(host.Clock)).PublishAsync(notice, host.Admin());
        outcome.Refusal.Should().BeNull();
        return outcome.Value!;
    }

    private static Task ProjectedAsync(TestHost host, int staff) =>
        Eventually.TrueAsync(async () => await host.QueryAsync<int>("SELECT count(*) FROM staff_user") >= staff, "the people are projected");
}
