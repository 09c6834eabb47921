using Dapper;
using FluentAssertions;
using LimoCha.Actors.Consent;
using LimoCha.Actors.Customers;
using LimoCha.Actors.Files;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Privacy;
using LimoCha.Actors.Retention;
using LimoCha.Actors.Staff;
using LimoCha.Actors.Storage;
using LimoCha.Actors.Tasks;
using Microsoft.Extensions.DependencyInjection;

namespace LimoCha.Actors.Cluster;

public sealed class RetentionTests
{
    private static readonly TaskAction[] ToTheEnd = [TaskAction.Accept, TaskAction.Start, TaskAction.Complete];

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task B1_tasks_that_are_over_are_taken_out_when_the_company_says_so_and_nothing_of_them_is_left(DatabaseKind kind)
    {
        var clock = new ShiftedClock();
        await using var host = await TestHost.StartAsync(kind, services: clock.Use);
        var (ann, retention) = (await host.UserAsync(), host.Services.GetRequiredService<RetentionClock>());
        var (over, open) = (await host.TaskAsync(ann, "标记完成"), await host.TaskAsync(ann, "还在做"));
        var file = await host.Services.GetRequiredService<FileStore>().KeepAsync(
            new() { Id = Ids.New(clock), OwnerId = ann.UserId, TaskId = over.Id, Name = "p.png", ContentType = "image/png", CreatedAt = clock.GetUtcNow(), Content = [1, 2, 3] });
        await CompleteAsync(host, over.Id, ann);
        await host.ProjectedAsync(open.Id, 1);
        clock.Forward(TimeSpan.FromDays(31));
        (await retention.PurgeAsync()).Should().Be(0, "records are kept until somebody says otherwise");

        await KeepRecordsAsync(host, days: 30);
        var recent = await host.TaskAsync(ann, "刚完成");
        await CompleteAsync(host, recent.Id, ann);
        (await PrivacyTests.DumpAsync(host)).Should().Contain("标记完成");
        (await retention.PurgeAsync()).Should().Be(1);

        (await PrivacyTests.DumpAsync(host)).Should().NotContain("标记完成").And.NotContain(file.Sha256);
        (await host.QueryAsync<int>("SELECT count(*) FROM event_log WHERE id = @id", new { id = over.Id })).Should().Be(0);
        (await host.QueryAsync<int>("SELECT count(*) FROM OrleansStorage WHERE GrainTypeString = 'task'")).Should().Be(2);
        (await host.QueryAsync<int>("SELECT count(*) FROM task")).Should().Be(2);
        if (kind == DatabaseKind.PostgreSql)
        {
            (await host.QueryAsync<int>("SELECT sum(tasks) FROM task_count WHERE stage = @stage", new { stage = (int)TaskStage.Completed })).Should().Be(1, "the board counts what there is");
        }

        var gone = host.Grains.GetGrain<ITaskGrain>(over.Id);
        (await gone.GetAsync(ann)).Refusal!.Kind.Should().Be(RefusalKind.NotFound);
        (await gone.ActAsync(TaskAction.Cancel, new(), host.Admin())).Refusal!.Kind.Should().Be(RefusalKind.NotFound);
        (await host.Grains.GetGrain<ITaskGrain>(recent.Id).GetAsync(ann)).Value!.Stage.Should().Be(TaskStage.Completed);
        (await host.Grains.GetGrain<ITaskGrain>(open.Id).ActAsync(TaskAction.Accept, new(), host.As(ann))).Refusal.Should().BeNull("work that is not over is never taken out");
        (await retention.PurgeAsync()).Should().Be(0);
    }

    [Fact]
    public async Task B1_what_one_purpose_does_not_get_rid_of_holds_up_no_other()
    {
        var clock = new ShiftedClock();
        await using var host = await TestHost.StartAsync(services: services =>
        {
            clock.Use(services);
            services.Insert(0, ServiceDescriptor.Singleton<IRetained, Broken>());
        });
        var ann = await host.UserAsync();
        var over = await host.TaskAsync(ann, "标记完成");
        await CompleteAsync(host, over.Id, ann);
        await KeepRecordsAsync(host, days: 30);
        clock.Forward(TimeSpan.FromDays(31));

        (await host.Services.GetRequiredService<RetentionClock>().PurgeAsync()).Should().Be(1);

        host.Services.GetServices<IRetained>().First().Should().BeOfType<Broken>().Which.Asked.Should().Be(1);
    }

    /// <summary>The state is gone and the process dies before the rows are.</summary>
    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task What_a_crash_left_of_a_task_that_is_taken_out_goes_the_next_time(DatabaseKind kind)
    {
        var clock = new ShiftedClock();
        await using var host = await TestHost.StartAsync(kind, services: clock.Use);
        var ann = await host.UserAsync();
        var task = await host.TaskAsync(ann);
        await CompleteAsync(host, task.Id, ann);
        await KeepRecordsAsync(host, days: 30);
        var grain = host.Grains.GetGrain<ITaskGrain>(task.Id);
        (await grain.ForgetAsync(clock.GetUtcNow().AddDays(-30))).Should().BeFalse("its time is not over");
        clock.Forward(TimeSpan.FromDays(31));
        (await grain.ForgetAsync(clock.GetUtcNow().AddDays(-30))).Should().BeTrue();
        (await host.QueryAsync<int>("SELECT count(*) FROM task")).Should().Be(1);

        (await host.Services.GetRequiredService<RetentionClock>().PurgeAsync()).Should().Be(1);

        foreach (var table in new[] { "task", "event_log WHERE kind = 'task'", "OrleansStorage WHERE GrainTypeString = 'task'" })
        {
            (await host.QueryAsync<int>($"SELECT count(*) FROM {table}")).Should().Be(0, table);
        }
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task B1_what_is_about_a_customer_under_a_legal_hold_stays(DatabaseKind kind)
    {
        var clock = new ShiftedClock();
        await using var host = await TestHost.StartAsync(kind, services: clock.Use);
        var (ann, officer) = (await host.UserAsync(), await host.UserAsync(Role.PrivacyOfficer));
        var (held, free) = (await CustomerAsync(host, ann), await CustomerAsync(host, ann));
        (await held.SetLegalHoldAsync(new() { Hold = true, Reason = "诉讼" }, host.As(officer))).Refusal.Should().BeNull();
        foreach (var customer in new[] { held, free })
        {
            var task = await host.Grains.GetGrain<ITaskGrain>(Ids.New(clock)).CreateAsync(new() { Title = "回访", AssigneeId = ann.UserId, CustomerId = customer.GetPrimaryKey() }, host.Admin());
            await CompleteAsync(host, task.Value!.Id, ann);
        }

        await KeepRecordsAsync(host, days: 30);
        clock.Forward(TimeSpan.FromDays(31));
        var retention = host.Services.GetRequiredService<RetentionClock>();
        (await retention.PurgeAsync()).Should().Be(1);
        (await host.QueryAsync<Guid>("SELECT customer_id FROM task")).Should().Be(held.GetPrimaryKey());

        (await held.SetLegalHoldAsync(new() { Hold = false, Reason = "结束" }, host.As(officer))).Refusal.Should().BeNull();
        (await retention.PurgeAsync()).Should().Be(1);
    }

    [Fact]
    public async Task Of_many_silos_one_purges_at_a_time()
    {
        var clock = new ShiftedClock();
        await using var host = await TestHost.StartAsync(DatabaseKind.PostgreSql, services: clock.Use);
        var ann = await host.UserAsync();
        await CompleteAsync(host, (await host.TaskAsync(ann)).Id, ann);
        await KeepRecordsAsync(host, days: 30);
        clock.Forward(TimeSpan.FromDays(31));
        var retention = host.Services.GetRequiredService<RetentionClock>();
        await using (var another = await host.Database.OpenAsync())
        {
            await another.ExecuteAsync("SELECT pg_advisory_lock(@Lock)", new { RetentionClock.Lock });
            (await retention.PurgeAsync()).Should().Be(0, "another silo is at it");
            await another.ExecuteAsync("SELECT pg_advisory_unlock(@Lock)", new { RetentionClock.Lock });
        }

        (await retention.PurgeAsync()).Should().Be(1);
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task F2_where_a_step_was_taken_is_kept_for_half_a_year_and_then_nowhere(DatabaseKind kind)
    {
        var clock = new ShiftedClock();
        await using var host = await TestHost.StartAsync(kind, services: clock.Use);
        var ann = await host.UserAsync();
        await host.Grains.GetGrain<IUserGrain>(ann.UserId).SetConsentAsync(Purposes.TaskLocation, new() { State = ConsentState.Granted }, host.As(ann));
        var type = await host.Grains.GetGrain<ITaskTypeGrain>(Ids.New(clock)).CreateAsync(
            new() { Name = "巡店", Flow = [new() { Key = "accept", Title = "接单", Stage = TaskStage.Accepted }, new() { Key = "finish", Title = "完成", Stage = TaskStage.Completed, Proof = [ProofKind.Location] }] }, host.Admin());
        var grain = host.Grains.GetGrain<ITaskGrain>(Ids.New(clock));
        (await grain.CreateAsync(new() { Title = "巡店", TypeId = type.Value!.Id, AssigneeId = ann.UserId }, host.Admin())).Refusal.Should().BeNull();
        (await grain.StepAsync("accept", new(), host.As(ann))).Refusal.Should().BeNull();
        var done = (await grain.StepAsync("finish", new() { Note = "\"point\": 到", Proofs = [new() { Kind = ProofKind.Location, Point = new() { Latitude = 31.23057, Longitude = 121.4 } }] }, host.As(ann))).Value!;
        await host.ProjectedAsync(done.Id, done.Version);
        var retention = host.Services.GetRequiredService<RetentionClock>();
        clock.Forward(TimeSpan.FromDays(179));
        (await retention.PurgeAsync()).Should().Be(0);
        (await PrivacyTests.DumpAsync(host)).Should().Contain("31.23057");

        clock.Forward(TimeSpan.FromDays(2));
        // An actor that starts anew finds what its last step wrote, the place too, in its row.
        await host.Grains.GetGrain<IManagementGrain>(0).ForceActivationCollection(TimeSpan.Zero);
        (await retention.PurgeAsync()).Should().Be(1);

        var now = (await grain.GetAsync(ann)).Value!;
        now.Details!.Proofs!.Should().ContainSingle().Which.Should().BeEquivalentTo(done.Details!.Proofs![0] with { Point = null }, "that it was proved, and when, stays");
        now.UpdatedAt.Should().Be(done.UpdatedAt, "nothing happened to the task");
        await host.ProjectedAsync(now.Id, now.Version);
        (await PrivacyTests.DumpAsync(host)).Should().NotContain("31.23057").And.Contain("taskCompleted");
        (await retention.PurgeAsync()).Should().Be(0);
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task B1_sensitive_fields_of_a_customer_go_when_nobody_used_them_for_what_they_are_kept_for(DatabaseKind kind)
    {
        var clock = new ShiftedClock();
        await using var host = await TestHost.StartAsync(kind, services: clock.Use);
        var (ann, officer, retention) = (await host.UserAsync(), await host.UserAsync(Role.PrivacyOfficer), host.Services.GetRequiredService<RetentionClock>());
        var (customer, held) = (await CustomerAsync(host, ann), await CustomerAsync(host, ann));
        (await held.SetLegalHoldAsync(new() { Hold = true, Reason = "诉讼" }, host.As(officer))).Refusal.Should().BeNull();
        clock.Forward(TimeSpan.FromDays(1000));
        (await retention.PurgeAsync()).Should().Be(0);
        (await customer.UseAsync(new() { Kind = UseKind.View, Purpose = Purposes.CustomerCare, Classes = [DataClass.Health] }, host.As(ann))).Value!.Customer!.Health.Should().Be("健康");
        (await customer.UseAsync(new() { Kind = UseKind.View, Purpose = Purposes.CustomerIdentity }, host.As(officer))).Value!.Decision.Allowed.Should().BeFalse();

        clock.Forward(TimeSpan.FromDays(200));
        await AreProjectedAsync(host, customer, held);
        (await retention.PurgeAsync()).Should().Be(1, "a use for care keeps what is kept for care; one that was refused keeps nothing");
        (await customer.GetAsync(ann)).Value!.OnFile.Should().Contain([DataClass.Health, DataClass.Belief]).And.NotContain(DataClass.IdentityDocument);

        clock.Forward(TimeSpan.FromDays(1000));
        await AreProjectedAsync(host, customer, held);
        (await retention.PurgeAsync()).Should().Be(1);
        var now = (await customer.GetAsync(ann)).Value!;
        now.OnFile.Should().NotContain([DataClass.Health, DataClass.Belief, DataClass.IdentityDocument]);
        now.Name.Should().NotBeEmpty("who the customer is, is kept to serve them");
        await AreProjectedAsync(host, customer, held);
        (await retention.PurgeAsync()).Should().Be(0);

        (await held.GetAsync(ann)).Value!.OnFile.Should().Contain([DataClass.Health, DataClass.IdentityDocument], "a legal hold keeps everything");
        await held.SetLegalHoldAsync(new() { Hold = false, Reason = "结束" }, host.As(officer));
        await AreProjectedAsync(host, customer, held);
        (await retention.PurgeAsync()).Should().Be(2);
        (await held.GetAsync(ann)).Value!.OnFile.Should().NotContain([DataClass.Health, DataClass.IdentityDocument]);
        await Eventually.TrueAsync(async () => await host.QueryAsync<int>("SELECT count(*) FROM audit_entry WHERE action = 'customer.fieldsForgotten'") == 4, "the trail says so");
    }

    [Fact]
    public async Task B1_whatever_is_declared_to_be_kept_for_days_has_a_clock_or_is_not_kept()
    {
        await using var host = await TestHost.StartAsync();
        var notKept = new Dictionary<string, string>
        {
            [Purposes.AccountTravel] = "in memory, for minutes", [Purposes.DispatchLocation] = "in memory, for minutes",
            [Purposes.PushVendor] = "with the session, which ends 30 days after its last use", [Purposes.DeviceInformation] = "nothing is recorded for it", [Purposes.CrashDiagnosis] = "nothing is recorded for it",
            [Purposes.CustomerMarketing] = "uses what is kept to serve the customer", [Purposes.OrderDelivery] = "uses what is kept to serve the customer",
        };
        var clocks = host.Services.GetServices<IRetained>().Select(kept => kept.Purpose);
        DeclaredPurposes.All.Where(purpose => purpose.RetentionDays is not null).Select(purpose => purpose.Key).Append(Purposes.TaskRecords)
            .Should().BeEquivalentTo(clocks.Concat(notKept.Keys));
    }

    private static async Task<ICustomerGrain> CustomerAsync(TestHost host, Actor owner)
    {
        var customer = host.Grains.GetGrain<ICustomerGrain>(Ids.New(host.Clock));
        (await customer.CreateAsync(new() { Name = "林小满", Phone = "+8613800138000" }, host.As(owner))).Refusal.Should().BeNull();
        foreach (var (purpose, dataClass) in new (string, DataClass?)[] { (Purposes.CustomerCare, null), (Purposes.CustomerCare, DataClass.Health), (Purposes.CustomerCare, DataClass.Belief), (Purposes.CustomerIdentity, null), (Purposes.CustomerIdentity, DataClass.IdentityDocument) })
        {
            await customer.SetConsentAsync(purpose, new() { State = ConsentState.Granted, DataClass = dataClass }, host.As(owner));
        }

        (await customer.ChangeAsync(new() { Health = "健康", Belief = "信仰", IdentityNumber = "11010519491231002X" }, host.As(owner))).Refusal.Should().BeNull();
        return customer;
    }

    /// <summary>The clock looks for rows: they say what the actors do.</summary>
    private static async Task AreProjectedAsync(TestHost host, params ICustomerGrain[] customers)
    {
        foreach (var id in customers.Select(customer => customer.GetPrimaryKey()))
        {
            await host.ProjectedAsync(id, await host.StoredVersionAsync("customer", id), "customer");
        }
    }

    private static async Task CompleteAsync(TestHost host, Guid task, Actor by)
    {
        var version = 0;
        foreach (var action in ToTheEnd)
        {
            version = (await host.Grains.GetGrain<ITaskGrain>(task).ActAsync(action, new(), host.As(by))).Value!.Version;
        }

        await host.ProjectedAsync(task, version);
    }

    private static async Task KeepRecordsAsync(TestHost host, int days)
    {
        var officer = await host.UserAsync(Role.PrivacyOfficer);
        (await host.Services.GetRequiredService<PrivacyCatalogs>().ChangeAsync(catalog => catalog.DeclareAsync(
            new() { Key = Purposes.TaskRecords, Subject = SubjectKind.Staff, TitleZh = "任务记录", TitleEn = "Records of tasks", Classes = [DataClass.WorkIdentity, DataClass.Content], Basis = LegalBasis.Contract, RetentionDays = days },
            host.As(officer)))).Refusal.Should().BeNull();
    }

    private sealed class Broken : IRetained
    {
        public string Purpose => Purposes.TaskRecords;

        public int Asked { get; private set; }

        public Task<int> PurgeAsync(DateTimeOffset before, CancellationToken cancellationToken)
        {
            Asked++;
            throw new InvalidOperationException("It cannot be done.");
        }
    }
}
