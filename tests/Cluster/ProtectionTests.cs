using System.Text;
using LimoCha.Actors.Analytics;
using LimoCha.Actors.Attendance;
using LimoCha.Actors.BusinessTransfers;
using LimoCha.Actors.Consent;
using LimoCha.Actors.Customers;
using LimoCha.Actors.Files;
using LimoCha.Actors.Incidents;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Privacy;
using LimoCha.Actors.Retention;
using LimoCha.Actors.Sharing;
using LimoCha.Actors.Staff;
using LimoCha.Actors.Storage;
using LimoCha.Actors.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace LimoCha.Actors.Cluster;

/// <summary>D2, D4, E1, E6, E8, E9, F1, F3 with real actors on both databases.</summary>
public sealed class ProtectionTests
{
    private static readonly Actor Officer = new(Guid.CreateVersion7(), Role.PrivacyOfficer, null);

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task E9_facts_for_analysis_name_nobody_and_an_erasure_empties_them(DatabaseKind kind)
    {
        await using var host = await TestHost.StartAsync(kind);
        var (ann, customer) = await PrivacyTests.CustomerAsync(host, "标记分析", "+8613812340000");
        await customer.ChangeAsync(new() { BirthDate = new(1990, 5, 17), Source = "展会" }, host.As(ann));
        await Eventually.TrueAsync(async () => await host.QueryAsync<string>("SELECT age_band FROM customer_fact") is "35-44", "the facts are there");
        var id = customer.GetPrimaryKey();
        var row = await host.QueryAsync<CustomerFactRow>("SELECT id, version, month, source, age_band, department_id, promotable, deleted, erased FROM customer_fact");
        row.Id.Should().NotBe(id).And.Be(host.Services.GetRequiredService<BlindIndex>().Pseudonym(id), "only who has the key can tell");
        row.ToString().Should().NotContain("1990-05").And.NotContain("/1990").And.NotContain("标记分析").And.NotContain("3812340000").And.NotContain(id.ToString());
        await customer.EraseAsync("request", host.As(Officer));
        await Eventually.TrueAsync(async () => await host.QueryAsync<int>("SELECT count(*) FROM customer_fact WHERE erased AND month IS NULL AND source IS NULL AND age_band IS NULL") == 1, "nothing is left of them");
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task E1_an_uploaded_file_is_unreadable_at_rest_and_goes_with_its_key(DatabaseKind kind)
    {
        await using var host = await TestHost.StartAsync(kind);
        var files = host.Services.GetRequiredService<FileStore>();
        var kept = await files.KeepAsync(new() { Id = Ids.New(host.Clock), OwnerId = Guid.NewGuid(), Name = "a.txt", ContentType = "text/plain", CreatedAt = host.Clock.GetUtcNow(), Content = Encoding.UTF8.GetBytes("标记文件内容") });
        (await PrivacyTests.DumpAsync(host)).Should().NotContain("标记文件内容");
        Encoding.UTF8.GetString((await files.ReadAsync(kept.Id))!.Content).Should().Be("标记文件内容");
        await host.Services.GetRequiredService<ISubjectKeys>().DestroyAsync((await host.QueryAsync<Guid?>("SELECT key_id FROM stored_file"))!.Value);
        (await files.ReadAsync(kept.Id)).Should().BeNull();
    }

    [Fact]
    public async Task E1_no_marked_value_is_in_PostgreSQLs_files_nor_in_a_dump()
    {
        const string mark = "標記", digits = "13812349876", address = "marked-value@example.com", visible = "不是个人的公司名";
        await using var postgres = await Postgres.StartNewAsync();
        var connection = await postgres.CreateDatabaseAsync();
        string dump;
        await using (var host = await TestHost.StartAsync(DatabaseKind.PostgreSql, connectionString: connection))
        {
            var ann = await host.UserAsync();
            var customer = host.Grains.GetGrain<ICustomerGrain>(Ids.New(host.Clock));
            await customer.CreateAsync(new() { Name = $"{mark}客户", Phone = $"+86{digits}", Email = address, Address = $"{mark}路", Company = visible }, host.As(ann));
            foreach (var (purpose, dataClass) in new (string, DataClass?)[] { (Purposes.CustomerCare, null), (Purposes.CustomerCare, DataClass.Health), (Purposes.CustomerCare, DataClass.Belief), (Purposes.CustomerCare, DataClass.Property), (Purposes.CustomerIdentity, null), (Purposes.CustomerIdentity, DataClass.IdentityDocument) })
            {
                await customer.SetConsentAsync(purpose, new() { State = ConsentState.Granted, DataClass = dataClass }, host.As(ann));
            }

            (await customer.ChangeAsync(new() { Health = $"{mark}健康", Belief = $"{mark}信仰", Property = $"{mark}财产", IdentityNumber = "11010519491231002X" }, host.As(ann))).Refusal.Should().BeNull();
            await customer.SetGuardianAsync(new() { Name = $"{mark}监护人", Relation = "母", Phone = $"+86{digits}", Evidence = "档案" }, host.As(ann));
            var staff = host.Grains.GetGrain<IUserGrain>(Ids.New(host.Clock));
            var by = new Actor(staff.GetPrimaryKey(), Role.Staff, null);
            await staff.CreateAsync(new() { UserName = "sealed", DisplayName = "员工", Phone = $"+86{digits}", Email = address }, new() { PasswordHash = $"{mark}散列", SecurityStamp = "s" }, host.Admin());
            await staff.SetConsentAsync(Purposes.AccountRealName, new() { State = ConsentState.Granted }, host.As(by));
            (await staff.SetRealNameAsync(new() { Name = $"{mark}真名", IdentityNumber = "11010519491231002X" }, host.As(by))).Refusal.Should().BeNull();
            await staff.OpenSessionAsync($"{mark}device", host.As(by));
            await host.Services.GetRequiredService<FileStore>().KeepAsync(new() { Id = Ids.New(host.Clock), OwnerId = by.UserId, Name = "a.txt", ContentType = "text/plain", CreatedAt = host.Clock.GetUtcNow(), Content = Encoding.UTF8.GetBytes($"{mark}文件") });
            await host.Grains.GetGrain<RightsRequests.IRightsRequestGrain>(Ids.New(host.Clock)).ReceiveAsync(new() { Kind = RightsRequests.RightsRequestKind.Complaint, SubjectId = customer.GetPrimaryKey(), Text = $"{mark}投诉" }, null, host.As(ann));
            await Eventually.TrueAsync(async () => await host.QueryAsync<int>("SELECT count(*) FROM rights_request") == 1 && await host.QueryAsync<int>("SELECT version FROM customer") >= 8, "everything is projected");
            await host.Database.ExecuteAsync("SET search_path TO DEFAULT; CHECKPOINT");
            dump = await postgres.DumpAsync(connection);
        }

        postgres.Stop();
        var files = Directory.EnumerateFiles(postgres.Folder, "*", SearchOption.AllDirectories).Where(file => !Path.GetFileName(file).StartsWith('.')).Select(File.ReadAllBytes).ToList();
        bool OnDisk(string text) => files.Exists(bytes => bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0);
        (OnDisk(visible), dump.Contains(visible, StringComparison.Ordinal)).Should().Be((true, true), "the search finds what is there in the open");
        foreach (var text in new[] { mark, digits, address, "11010519491231002X" })
        {
            (OnDisk(text), dump.Contains(text, StringComparison.Ordinal)).Should().Be((false, false), "{0} is sealed wherever it is kept", text);
        }
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task E6_affected_subjects_come_from_the_trail_once_each_whatever_is_repeated(DatabaseKind kind)
    {
        await using var host = await TestHost.StartAsync(kind);
        var (ann, first) = await PrivacyTests.CustomerAsync(host);
        var (bob, second) = await PrivacyTests.CustomerAsync(host);
        foreach (var (customer, by) in new[] { (first, ann), (second, bob) })
        {
            await customer.UseAsync(new() { Kind = UseKind.View, Purpose = Purposes.CustomerService }, host.As(by));
        }

        var now = host.Clock.GetUtcNow();
        await Eventually.TrueAsync(async () => await host.QueryAsync<int>("SELECT count(*) FROM audit_entry WHERE action = 'customer.view'") == 2, "both uses are in the trail");
        // The trail alone says who was concerned, also of whom the read model has nothing: not yet, or not any more.
        await host.Database.ExecuteAsync("DELETE FROM customer");
        await Eventually.TrueAsync(async () => await host.QueryAsync<int>("SELECT count(*) FROM staff_user") == 2, "staff are in the read model, which says who is asked for by name");
        var incident = host.Grains.GetGrain<IIncidentGrain>(Ids.New(host.Clock));
        await incident.ReportAsync(new() { Title = "t", Description = "d", Classes = [DataClass.Contact] }, host.As(Officer));
        var search = new FindAffected { From = now.AddHours(-1), To = now.AddHours(1), ActorId = ann.UserId, Actions = ["customer.view"] };
        (await incident.FindAffectedAsync(search, host.As(Officer))).Value.Should().Be(new AffectedFound(1, 1, 0));
        (await incident.FindAffectedAsync(search, host.As(Officer))).Value.Should().Be(new AffectedFound(0, 1, 0), "who is on the list is on it once");
        (await incident.FindAffectedAsync(search with { ActorId = null }, host.As(Officer))).Value.Should().Be(new AffectedFound(1, 2, 0));
        (await incident.FindAffectedAsync(new() { SubjectIds = [ann.UserId, Guid.NewGuid()] }, host.As(Officer))).Value.Should().Be(new AffectedFound(1, 3, 0), "nobody is on it who does not exist");
    }

    [Fact]
    public async Task E6_notices_go_on_after_the_actor_was_lost_and_deadlines_warn()
    {
        var clock = new ShiftedClock();
        await using var host = await TestHost.StartAsync(services: clock.Use);
        var officer = await host.UserAsync(Role.PrivacyOfficer);
        await Eventually.TrueAsync(async () => await host.QueryAsync<int>("SELECT count(*) FROM staff_user") == 1, "the office is known");
        var desk = await host.ConnectAsync(officer);
        List<Guid> ids = [];
        for (var i = 0; i < 70; i++)
        {
            ids.Add((await PrivacyTests.CustomerAsync(host, $"客户{i}", $"+86138000{i:D5}")).Customer.GetPrimaryKey());
        }

        await Eventually.TrueAsync(async () => await host.QueryAsync<int>("SELECT count(*) FROM customer") == 70, "they are projected");
        var incident = host.Grains.GetGrain<IIncidentGrain>(Ids.New(host.Clock));
        await incident.ReportAsync(new() { Title = "t", Level = IncidentLevel.Serious, Description = "d", Classes = [DataClass.Contact] }, host.As(officer));
        await desk.UntilAsync(cards => cards.Any(card => card.Title.Contains("安全事件", StringComparison.Ordinal)));
        await incident.ChangeAsync(new() { Impact = "i", Advice = "a", Remedy = "r" }, host.As(officer));
        await incident.MeasureAsync(new() { Kind = IncidentMeasureKind.Containment, Text = "m" }, host.As(officer));
        (await incident.FindAffectedAsync(new() { SubjectIds = ids }, host.As(officer))).Value!.Total.Should().Be(70);
        (await incident.NotifyAsync(host.As(officer))).Refusal.Should().BeNull();
        await host.Cluster.DeactivateAsync(incident);
        // No mail server is configured: everybody is called.
        await Eventually.TrueAsync(async () => (await incident.GetAsync(officer)).Value!.Notices is { Pending: 0, ToDo: 70 }, "everybody is on a list");
        (await incident.ContactsAsync(NoticeChannel.Phone, officer)).Value!.Select(contact => contact.Phone).Should().HaveCount(70).And.OnlyHaveUniqueItems();

        clock.Forward(TimeSpan.FromHours(5));
        await Eventually.TrueAsync(async () => (await incident.GetAsync(officer)).Value is { Warnings: 2, Overdue: true }, "the authority has not heard");
        await incident.ReportedAsync(new() { Authority = "网信办", Reference = "1" }, host.As(officer));
        (await incident.GetAsync(officer)).Value!.Overdue.Should().BeFalse();
        clock.Forward(TimeSpan.FromHours(72));
        await Eventually.TrueAsync(async () => (await incident.GetAsync(officer)).Value is { Warnings: 4, Overdue: true }, "nobody has called them");
    }

    [Fact]
    public async Task D4_where_nothing_binds_the_new_holder_every_consent_is_asked_again_and_where_something_does_none_is()
    {
        var clock = new ShiftedClock();
        await using var host = await TestHost.StartAsync(services: clock.Use);
        var (ann, customer) = await PrivacyTests.CustomerAsync(host);
        await customer.SetConsentAsync(Purposes.CustomerContact, new() { State = ConsentState.Granted }, host.As(ann));
        await Eventually.TrueAsync(async () => await host.QueryAsync<int>("SELECT count(*) FROM consent_receipt") == 1, "the receipt is projected");
        var second = Actor.System with { UserId = Guid.CreateVersion7() };
        async Task<BusinessTransferView> TransferAsync(string? agreement)
        {
            var transfer = host.Grains.GetGrain<IBusinessTransferGrain>(Ids.New(clock));
            (await transfer.PlanAsync(new() { NewHolder = "新公司", Agreement = agreement, Contact = "c", EffectiveOn = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime).AddDays(3) }, host.As(Officer))).Refusal.Should().BeNull();
            (await transfer.RehearseAsync(host.As(Officer))).Value!.Effect!.Consents.Should().Contain(new PurposeConsents(Purposes.CustomerContact, 1));
            await transfer.AnnounceAsync(host.As(Officer));
            (await transfer.CompleteAsync(new() { TextZh = "新", TextEn = "new" }, host.As(second))).Refusal!.Problem.Should().Be("too-early");
            clock.Forward(TimeSpan.FromDays(4));
            (await transfer.CompleteAsync(new() { TextZh = "新", TextEn = "new" }, host.As(Officer))).Refusal!.Problem.Should().Be("second-person-required");
            var done = await transfer.CompleteAsync(new() { TextZh = "新", TextEn = "new" }, host.As(second));
            done.Refusal.Should().BeNull();
            return done.Value!;
        }

        Task<CustomerUse> UseAsync() => customer.UseAsync(new() { Kind = UseKind.Call, Purpose = Purposes.CustomerContact }, host.As(ann)).ContinueWith(use => use.Result.Value!, TaskScheduler.Default);
        (await TransferAsync("协议 9")).PolicyVersion.Should().Be(2);
        await Eventually.TrueAsync(async () => (await host.Grains.GetGrain<IPrivacyCatalogGrain>(CatalogKind.Key).GetAsync()).Policy.Version == 2, "the policy names the new holder");
        (await UseAsync()).Decision.Allowed.Should().BeTrue("the new holder is bound");
        (await TransferAsync(null)).PolicyVersion.Should().Be(3);
        await Eventually.TrueAsync(async () => (await UseAsync()).Decision.Problem == "consent-outdated", "consent is asked again");
    }

    [Fact]
    public async Task E8_impossible_travel_is_noticed_under_its_own_consent_and_stops_every_session()
    {
        await using var host = await TestHost.StartAsync();
        var ann = await host.UserAsync();
        var user = host.Grains.GetGrain<IUserGrain>(ann.UserId);
        var session = (await user.OpenSessionAsync("phone", host.As(ann))).Value!.SessionId;
        var device = await host.ConnectAsync(ann, "tablet");
        async Task FlyAsync()
        {
            var now = host.Clock.GetUtcNow();
            await user.LocateAsync(new() { Latitude = 39.9, Longitude = 116.4 }, now.AddMinutes(-10));
            await user.LocateAsync(new() { Latitude = 31.2, Longitude = 121.5 }, now);
        }

        await FlyAsync();
        (await user.CheckSessionAsync(session))!.Challenged.Should().BeFalse("nobody looks at where she is without her consent");
        await user.SetConsentAsync(Purposes.AccountTravel, new() { State = ConsentState.Granted }, host.As(ann));
        await FlyAsync();
        (await user.CheckSessionAsync(session))!.Challenged.Should().BeTrue();
        await Eventually.TrueAsync(() => Task.FromResult(device.Ended == "second-factor-required"), "her devices are cut off");
        (await user.AdmitUseAsync(session)).Refusal!.Problem.Should().Be("second-factor-required");
        await user.ElevateSessionAsync(session, host.As(ann));
        (await user.CheckSessionAsync(session))!.Challenged.Should().BeFalse();
        await Eventually.TrueAsync(async () => await host.QueryAsync<int>("SELECT count(*) FROM risk_signal WHERE kind = 1") == 1, "it is recorded");
    }

    [Fact]
    public async Task E8_checking_in_at_two_far_places_within_minutes_is_impossible_travel_too()
    {
        var clock = new ShiftedClock();
        await using var host = await TestHost.StartAsync(services: clock.Use);
        var (boss, ann) = (await host.UserAsync(Role.Manager), await host.UserAsync());
        var user = host.Grains.GetGrain<IUserGrain>(ann.UserId);
        var session = (await user.OpenSessionAsync("phone", host.As(ann))).Value!.SessionId;
        foreach (var purpose in new[] { Purposes.AccountTravel, Purposes.AttendanceLocation })
        {
            await user.SetConsentAsync(purpose, new() { State = ConsentState.Granted }, host.As(ann));
        }

        async Task CheckInAsync(string name, double latitude, double longitude)
        {
            var point = new GeoPoint { Latitude = latitude, Longitude = longitude, System = CoordinateSystem.Gcj02 };
            var place = host.Grains.GetGrain<ICheckInLocationGrain>(Ids.New(clock));
            (await place.CreateAsync(new() { Name = name, Center = point, RadiusMetres = 200 }, host.As(boss))).Ok.Should().BeTrue();
            (await place.CheckInAsync(new() { Kind = CheckInKind.In, Point = point }, host.As(ann))).Ok.Should().BeTrue();
        }

        await CheckInAsync("北京站", 39.9, 116.4);
        clock.Forward(TimeSpan.FromHours(3));
        await CheckInAsync("虹桥站", 31.2, 121.3);
        (await user.CheckSessionAsync(session))!.Challenged.Should().BeFalse("a flight takes two hours");
        clock.Forward(TimeSpan.FromMinutes(20));
        await CheckInAsync("广州南站", 23.0, 113.3);
        await Eventually.TrueAsync(async () => (await user.CheckSessionAsync(session))!.Challenged, "nobody gets there in twenty minutes");
        await Eventually.TrueAsync(async () => await host.QueryAsync<int>("SELECT count(*) FROM risk_signal WHERE kind = 1") == 1, "it is recorded, once");
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task F1_visits_are_counted_in_order_under_concurrency_and_go_when_their_time_is_over(DatabaseKind kind)
    {
        var clock = new ShiftedClock();
        await using var host = await TestHost.StartAsync(kind, services: clock.Use);
        var ann = await host.UserAsync();
        var content = host.Grains.GetGrain<IContentGrain>(Ids.New(clock));
        await content.CreateAsync(new() { Title = "t", Text = "x" }, host.As(ann));
        var share = host.Grains.GetGrain<IShareGrain>(Ids.New(clock));
        await share.CreateAsync(content.GetPrimaryKey(), new() { Channel = "wechat" }, host.As(ann));
        await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => share.VisitAsync("WeChat", "iOS")));
        await Eventually.TrueAsync(async () => await host.QueryAsync<int>("SELECT count(*) FROM share_visit") == 100, "each visit has a row");
        (await host.QueryAsync<int>("SELECT count(DISTINCT visit_order) FROM share_visit WHERE visit_order BETWEEN 1 AND 100")).Should().Be(100);
        var retention = host.Services.GetRequiredService<RetentionClock>();
        (await retention.PurgeAsync()).Should().Be(0);
        clock.Forward(TimeSpan.FromDays(181));
        (await retention.PurgeAsync()).Should().BeGreaterThanOrEqualTo(100, "the purpose keeps visits for 180 days");
        (await host.QueryAsync<int>("SELECT visits FROM share")).Should().Be(100, "the number stays");
    }

    [Fact]
    public async Task F3_what_a_registration_kept_is_gone_when_it_is_over()
    {
        var clock = new ShiftedClock();
        await using var host = await TestHost.StartAsync(services: clock.Use);
        var registration = host.Grains.GetGrain<IRegistrationGrain>(Ids.New(clock));
        await registration.BeginAsync(new() { UserName = "标记注册", DisplayName = "标记注册", Email = "mark-reg@example.com", PasswordHash = "标记散列" }, host.Admin());
        (await PrivacyTests.DumpAsync(host)).Should().NotContain("标记注册").And.NotContain("mark-reg@example.com").And.NotContain("标记散列");
        await Eventually.TrueAsync(async () => await host.QueryAsync<int>("SELECT count(*) FROM registration WHERE wake_at IS NOT NULL") == 1, "its end is known");
        clock.Forward(TimeSpan.FromMinutes(11));
        await Eventually.TrueAsync(async () => (await registration.ConfirmAsync("000000", host.Admin())).Refusal?.Kind == RefusalKind.NotFound, "it is over");
    }
}
