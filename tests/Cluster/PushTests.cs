using LimoCha.Actors.Consent;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Notices;
using LimoCha.Actors.Push;
using LimoCha.Actors.Staff;
using LimoCha.Actors.Storage;

namespace LimoCha.Actors.Cluster;

/// <summary>Pushes to phones without a live connection, through each vendor's documented protocol.</summary>
public sealed class PushTests
{
    [Theory]
    [InlineData(PushVendor.JPush, "jpush", DatabaseKind.Sqlite)]
    [InlineData(PushVendor.Fcm, "fcm", DatabaseKind.PostgreSql)]
    [InlineData(PushVendor.Apns, "apns", DatabaseKind.Sqlite)]
    [InlineData(PushVendor.Huawei, "huawei", DatabaseKind.PostgreSql)]
    public async Task A1_a_phone_without_a_connection_hears_of_its_task_through_its_vendor(PushVendor vendor, string name, DatabaseKind kind)
    {
        await using var vendors = await VendorServer.StartAsync();
        await using var host = await TestHost.StartAsync(kind, settings: vendors.Settings);
        var ann = await WithPhoneAsync(host, vendor, "phone-1");

        var task = await host.TaskAsync(ann, "拜访李四 13900139000");
        await host.TaskAsync(ann, "第二个");

        await Eventually.TrueAsync(() => Task.FromResult(!vendors.Pushes.IsEmpty), "the vendor was asked");
        var push = vendors.Pushes.Single();
        push.Should().BeEquivalentTo(new { Vendor = name, Token = "phone-1", Title = "您有 2 个新任务", Collapse = "tasks" }, "what comes together goes out as one");
        push.Raw.Should().NotContain("李四").And.NotContain("139001").And.Contain("task", "the app learns which card it is");

        // A vendor's busy moment and an access token that ended are tried again; nothing is pushed twice.
        vendors.ExpireTokens();
        vendors.Fail.Enqueue(503);
        await host.TaskAsync(ann, "第三个");
        await Eventually.TrueAsync(() => Task.FromResult(vendors.Pushes.Count == 2), "it went out after all", seconds: 40);
        vendors.Pushes.Last().Title.Should().Be("您有新任务");
        await CountAsync(host, status: 1, 3, "what the vendor took is ended");

        // A phone that is gone is forgotten, and no more is sent to it.
        vendors.Gone["phone-1"] = 0;
        await host.TaskAsync(ann, "第四个");
        var user = host.Grains.GetGrain<IUserGrain>(ann.UserId);
        await Eventually.TrueAsync(async () => (await user.SessionsAsync()).All(session => session.PushVendor is null), "the token is forgotten");
        var asked = vendors.Requests;
        await host.TaskAsync(ann, "第五个");
        await CountAsync(host, status: 0, 0, "nothing waits for a phone that is gone");
        vendors.Requests.Should().Be(asked);
        task.Should().NotBeNull();
    }

    [Fact]
    public async Task Whoever_is_connected_gets_no_push_and_what_waited_is_dropped_when_they_come()
    {
        await using var vendors = await VendorServer.StartAsync();
        await using var host = await TestHost.StartAsync(settings: vendors.Settings);
        var ann = await WithPhoneAsync(host, PushVendor.JPush, "phone-1");
        var quiet = TimeOnly.FromDateTime(TimeZoneInfo.ConvertTime(host.Clock.GetUtcNow(), TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai")).DateTime);
        await host.Grains.GetGrain<IUserGrain>(ann.UserId).SetPreferencesAsync(new() { QuietHours = new() { From = quiet.AddHours(-1), To = quiet.AddHours(2) } }, host.As(ann));
        await host.TaskAsync(ann, "夜里来的");
        await CountAsync(host, status: 0, 1, "it waits for the end of the quiet hours");

        var phone = await host.ConnectAsync(ann);

        await phone.UntilAsync(cards => cards.Count == 1);
        await CountAsync(host, status: 2, 1, "the card is on the screen");
        await host.TaskAsync(ann, "白天的");
        await phone.UntilAsync(cards => cards.Count == 2);
        (await host.QueryAsync<int>("SELECT count(*) FROM push_message")).Should().Be(1);
        vendors.Pushes.Should().BeEmpty();
    }

    [Fact]
    public async Task A2_a_mandatory_notice_is_pushed_in_quiet_hours_with_its_title()
    {
        await using var vendors = await VendorServer.StartAsync();
        await using var host = await TestHost.StartAsync(settings: vendors.Settings);
        var ann = await WithPhoneAsync(host, PushVendor.Apns, "abcdef");
        await host.Grains.GetGrain<IUserGrain>(ann.UserId).SetPreferencesAsync(new() { Off = ["service"], Language = "en", QuietHours = new() { From = new(0, 0), To = new(23, 59) } }, host.As(ann));
        await Eventually.TrueAsync(async () => await host.QueryAsync<int>("SELECT count(*) FROM staff_user") == 1, "the person is projected");
        await host.Grains.GetGrain<INoticeGrain>(Ids.New(host.Clock)).PublishAsync(new() { Title = "Maintenance tonight", Category = "service", Mandatory = true, Audience = new() { Kind = AudienceKind.Everyone } }, host.Admin());
        await Eventually.TrueAsync(() => Task.FromResult(vendors.Pushes.Any(push => push is { Title: "Maintenance tonight", Body: "Open the app to read it." })), "it arrives all the same");
    }

    [Fact]
    public async Task B4_after_consent_is_withdrawn_no_token_is_taken_and_nothing_is_pushed()
    {
        await using var vendors = await VendorServer.StartAsync();
        await using var host = await TestHost.StartAsync(settings: vendors.Settings);
        var ann = await WithPhoneAsync(host, PushVendor.JPush, "phone-1");
        var user = host.Grains.GetGrain<IUserGrain>(ann.UserId);
        await user.SetConsentAsync(Purposes.PushVendor, new() { State = ConsentState.Withdrawn }, host.As(ann));
        await host.TaskAsync(ann);
        var session = (await user.SessionsAsync()).Single();
        (await user.SetPushTargetAsync(session.Id, new() { Vendor = PushVendor.JPush, Token = "phone-2" }, host.As(ann))).Refusal!.Problem.Should().Be("consent-required");
        (await host.QueryAsync<int>("SELECT count(*) FROM push_message")).Should().Be(0);
    }

    /// <summary>
    /// Everybody takes their consent back while a round of pushes is under way on two silos and the vendor is slow; one silo dies. What
    /// was at the vendor's door is all that ever gets there: each sender asks the person's actor before each push.
    /// </summary>
    [Fact]
    public async Task B4_pushes_on_their_way_stop_at_the_next_person_and_a_silo_that_dies_brings_none_back()
    {
        const int people = 80, slots = 16;
        await using var vendors = await VendorServer.StartAsync();
        var open = new TaskCompletionSource();
        vendors.Gate = open.Task;
        await using var host = await TestHost.StartAsync(DatabaseKind.PostgreSql, silos: 2, settings: vendors.Settings);
        var silos = host.Cluster.GetActiveSilos().ToList();
        var staff = await Task.WhenAll(Enumerable.Range(0, people).Select(i => WithPhoneAsync(host, PushVendor.JPush, $"phone-{i}")));
        await Task.WhenAll(staff.Select(person => host.TaskAsync(person)));
        await Eventually.TrueAsync(() => Task.FromResult(vendors.Requests >= slots), "pushes wait at the vendor's door");

        await Task.WhenAll(staff.Select(async person => (await host.Grains.GetGrain<IUserGrain>(person.UserId).SetConsentAsync(Purposes.PushVendor, new() { State = ConsentState.Withdrawn }, host.As(person))).Refusal.Should().BeNull()));
        await host.Cluster.KillSiloAsync(silos[1]);
        open.SetResult();

        await CountAsync(host, status: 0, 0, "nothing waits any more");
        vendors.Pushes.Count.Should().BeLessThanOrEqualTo(2 * slots, "no sender went on to a second person");
        vendors.Pushes.Select(push => push.Token).Should().OnlyHaveUniqueItems();
        (await host.QueryAsync<int>("SELECT count(*) FROM push_message WHERE status = 2")).Should().BeGreaterThanOrEqualTo(people - 2 * slots);
    }

    [Fact]
    public async Task E7_nothing_is_sent_to_a_vendor_that_is_not_configured()
    {
        await using var vendors = await VendorServer.StartAsync();
        await using var host = await TestHost.StartAsync(settings: [("Push:Period", "00:00:00.100"), ("Push:JPush:Address", vendors.Http1)]);
        var ann = await WithPhoneAsync(host, PushVendor.JPush, "phone-1");
        await host.TaskAsync(ann);
        await Eventually.TrueAsync(async () => await host.QueryAsync<string?>("SELECT problem FROM push_message") == "vendor-not-configured", "it is given up");
        vendors.Requests.Should().Be(0);
    }

    /// <summary>Waits until so many pushes have a status: the vendor has a push before the queue knows of it.</summary>
    private static Task CountAsync(TestHost host, int status, int count, string because) =>
        Eventually.TrueAsync(async () => await host.QueryAsync<int>($"SELECT count(*) FROM push_message WHERE status = {status}") == count, because);

    private static async Task<Actor> WithPhoneAsync(TestHost host, PushVendor vendor, string token)
    {
        var ann = await host.UserAsync();
        var user = host.Grains.GetGrain<IUserGrain>(ann.UserId);
        await user.SetConsentAsync(Purposes.PushVendor, new() { State = ConsentState.Granted }, host.As(ann));
        var session = (await user.OpenSessionAsync("phone", host.As(ann))).Value!.SessionId;
        (await user.SetPushTargetAsync(session, new() { Vendor = vendor, Token = token }, host.As(ann))).Value!.PushVendor.Should().Be(vendor);
        return ann;
    }
}
