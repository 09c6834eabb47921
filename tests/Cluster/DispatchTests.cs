using System.Collections.Concurrent;
using LimoCha.Actors.Attendance;
using LimoCha.Actors.Consent;
using LimoCha.Actors.Devices;
using LimoCha.Actors.Files;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Notices;
using LimoCha.Actors.Staff;
using LimoCha.Actors.Storage;
using LimoCha.Actors.Tasks;
using Microsoft.Extensions.DependencyInjection;

namespace LimoCha.Actors.Cluster;

/// <summary>Who gets a task, by which steps it is done, and what happens when it is not; on real storage.</summary>
public sealed class DispatchTests
{
    public static TheoryData<DatabaseKind> Kinds => [DatabaseKind.Sqlite, DatabaseKind.PostgreSql];

    private static readonly Guid East = Guid.CreateVersion7();

    [Theory, MemberData(nameof(Kinds))]
    public async Task Of_200_simultaneous_accepts_of_an_offer_exactly_one_wins_and_every_other_card_goes(DatabaseKind kind)
    {
        await using var host = await TestHost.StartAsync(kind, silos: 2);
        var people = await PeopleAsync(host, 200);
        var devices = await Task.WhenAll(people.Take(20).Select(person => host.ConnectAsync(person)));
        await ProjectedAsync(host, 200);

        var task = await CreateAsync(host, new() { Title = "急修", Assignment = new() { Offer = true, DepartmentId = East } });
        (task.Stage, task.Details!.OfferedTo!.Count).Should().Be((TaskStage.Offered, 200));
        await Task.WhenAll(devices.Select(device => device.UntilAsync(cards => cards.Any(card => card.Id == task.Id && card.Data!.Stage == "offered"))));

        var outcomes = new ConcurrentBag<(Actor Who, Outcome<TaskView> Outcome)>();
        await Task.WhenAll(people.Select(async person => outcomes.Add((person, await host.Grains.GetGrain<ITaskGrain>(task.Id).ActAsync(TaskAction.Accept, new(), host.As(person))))));

        var winner = outcomes.Single(answer => answer.Outcome.Ok).Who;
        outcomes.Where(answer => !answer.Outcome.Ok).Should().HaveCount(199).And.OnlyContain(answer => answer.Outcome.Refusal!.Problem == "offer-taken");
        foreach (var (device, person) in devices.Zip(people))
        {
            await device.UntilAsync(cards => person == winner ? cards.Single().Data!.Stage == "accepted" : cards.Count == 0);
            device.EverShown.Should().OnlyHaveUniqueItems();
        }

        (await host.Grains.GetGrain<ITaskGrain>(task.Id).GetAsync(Actor.System)).Value!.AssigneeId.Should().Be(winner.UserId);
    }

    [Fact]
    public async Task An_offer_is_there_for_whoever_comes_online_and_gone_once_it_is_taken()
    {
        await using var host = await TestHost.StartAsync();
        var (ann, bob) = ((await PeopleAsync(host, 2)) is [var one, var two]) ? (one, two) : default;
        await ProjectedAsync(host, 2);
        var task = await CreateAsync(host, new() { Title = "急修", Assignment = new() { Offer = true, DepartmentId = East } });
        await Eventually.TrueAsync(async () => await host.QueryAsync<int>("SELECT count(*) FROM task_offer WHERE open = 1") == 2, "the offers are projected");
        // A user's actor that starts anew finds the offer in the read model.
        await host.Cluster.DeactivateAsync(host.Grains.GetGrain<IUserGrain>(bob.UserId));
        var phone = await host.ConnectAsync(bob);
        await phone.UntilAsync(cards => cards.Any(card => card.Id == task.Id));

        await host.Grains.GetGrain<ITaskGrain>(task.Id).ActAsync(TaskAction.Accept, new(), host.As(ann));

        await phone.UntilAsync(cards => cards.Count == 0);
        await Eventually.TrueAsync(async () => await host.QueryAsync<int>("SELECT count(*) FROM task_offer WHERE open = 1") == 0, "nobody is offered it any more");
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task All_of_many_open_tasks_are_there_when_their_persons_actor_starts_anew(DatabaseKind kind)
    {
        const int Many = 620;
        await using var host = await TestHost.StartAsync(kind);
        var ann = (await PeopleAsync(host, 1))[0];
        var creation = host.Services.GetRequiredService<ITaskCreation>();
        await Task.WhenAll(Enumerable.Range(0, Many).Select(_ => creation.CreateAsync(Ids.New(host.Clock), new() { Title = "巡检", AssigneeId = ann.UserId }, host.Admin())));
        await Eventually.TrueAsync(async () => await host.QueryAsync<int>("SELECT count(*) FROM task WHERE open_assignee_id IS NOT NULL") == Many, "the tasks are projected");

        await host.Cluster.DeactivateAsync(host.Grains.GetGrain<IUserGrain>(ann.UserId));

        var phone = await host.ConnectAsync(ann);
        await phone.UntilAsync(cards => cards.Count == Many);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Many_assignments_at_once_are_spread_evenly_and_nobody_gets_more_than_their_capacity(DatabaseKind kind)
    {
        await using var host = await TestHost.StartAsync(kind);
        var people = await PeopleAsync(host, 5);
        await host.Grains.GetGrain<IUserGrain>(people[0].UserId).ChangeAsync(new() { Capacity = 2 }, host.Admin());
        await Eventually.TrueAsync(async () => await host.QueryAsync<int>("SELECT count(*) FROM staff_user WHERE capacity = 2") == 1, "the capacity is projected");
        await ProjectedAsync(host, 5);

        var creation = host.Services.GetRequiredService<ITaskCreation>();
        var made = await Task.WhenAll(Enumerable.Range(0, 42).Select(_ =>
            creation.CreateAsync(Ids.New(host.Clock), new() { Title = "巡检", Assignment = new() { DepartmentId = East } }, host.Admin())));

        var loads = made.GroupBy(task => task.Value!.AssigneeId).ToDictionary(group => group.Key!.Value, group => group.Count());
        loads[people[0].UserId].Should().Be(2);
        people.Skip(1).Select(person => loads[person.UserId]).Should().AllBeEquivalentTo(10);
    }

    [Fact]
    public async Task A_declined_assignment_goes_to_the_next_and_the_history_says_why_each()
    {
        await using var host = await TestHost.StartAsync();
        var people = await PeopleAsync(host, 3);
        await host.Grains.GetGrain<IUserGrain>(people[2].UserId).ChangeAsync(new() { Skills = ["锅炉"] }, host.Admin());
        await host.Grains.GetGrain<IUserGrain>(people[1].UserId).ChangeAsync(new() { Skills = ["锅炉"] }, host.Admin());
        await Eventually.TrueAsync(async () => await host.QueryAsync<int>("SELECT count(*) FROM staff_user WHERE skills LIKE '%锅炉%'") == 2, "the skills are projected");
        var task = await CreateAsync(host, new() { Title = "修锅炉", Assignment = new() { DepartmentId = East, Skills = ["锅炉"] } });
        var first = people.Single(person => person.UserId == task.AssigneeId);
        first.Should().NotBe(people[0]);

        var after = await host.Grains.GetGrain<ITaskGrain>(task.Id).ActAsync(TaskAction.Decline, new() { Note = "在别处" }, host.As(first));

        (after.Value!.Stage, after.Version).Should().Be((TaskStage.Assigned, 2), "one write for the refusal and the next");
        after.Value.AssigneeId.Should().NotBe(first.UserId).And.NotBe(people[0].UserId);
        await Eventually.TrueAsync(async () => await host.QueryAsync<int>("SELECT count(*) FROM event_log WHERE id = @Id", new { task.Id }) == 2, "both writes are logged");
        var log = await host.QueryAsync<string>("SELECT facts FROM event_log WHERE id = @Id AND version = 2", new { task.Id });
        log.Should().Contain("taskDeclined").And.Contain("\"why\"").And.Contain("\"tried\":1").And.Contain("\"skills\":1");
        var again = await host.Grains.GetGrain<ITaskGrain>(task.Id).ActAsync(TaskAction.Decline, new() { Note = "也不行" }, host.As(people.Single(person => person.UserId == after.Value.AssigneeId)));
        again.Value!.Stage.Should().Be(TaskStage.Declined, "nobody is left; it is looked for somebody again in a minute");
    }

    [Fact]
    public async Task Unanswered_assignments_go_on_after_their_deadline()
    {
        var clock = new ShiftedClock();
        await using var host = await TestHost.StartAsync(services: clock.Use);
        await PeopleAsync(host, 2);
        await ProjectedAsync(host, 2);
        var task = await CreateAsync(host, new() { Title = "x", Assignment = new() { DepartmentId = East, AnswerWithinMinutes = 5 } });
        await Eventually.TrueAsync(async () => await host.QueryAsync<int>("SELECT count(*) FROM task WHERE wake_at IS NOT NULL") == 1, "the deadline is projected");
        clock.Forward(TimeSpan.FromMinutes(6));
        await Eventually.TrueAsync(async () => (await host.Grains.GetGrain<ITaskGrain>(task.Id).GetAsync(Actor.System)).Value!.AssigneeId is { } now && now != task.AssigneeId, "the next person has it");
    }

    [Fact]
    public async Task F2_the_nearest_gets_it_and_who_has_withdrawn_consent_is_not_looked_at()
    {
        await using var host = await TestHost.StartAsync();
        var people = await PeopleAsync(host, 3);
        await ProjectedAsync(host, 3);
        var centre = new GeoPoint { Latitude = 31.2304, Longitude = 121.4737 };
        foreach (var (person, degrees) in people.Zip([0.001, 0.01, 0.05]))
        {
            var user = host.Grains.GetGrain<IUserGrain>(person.UserId);
            (await user.LocateAsync(centre with { Latitude = centre.Latitude + degrees }, host.Clock.GetUtcNow())).Refusal!.Problem.Should().Be("consent-required");
            await user.SetConsentAsync(Purposes.DispatchLocation, new() { State = ConsentState.Granted }, host.As(person));
            (await user.LocateAsync(centre with { Latitude = centre.Latitude + degrees }, host.Clock.GetUtcNow())).Refusal.Should().BeNull();
        }

        var nearest = new CreateTask { Title = "x", Assignment = new() { Strategy = AssignmentStrategy.Nearest, DepartmentId = East, Near = centre } };
        (await CreateAsync(host, nearest)).AssigneeId.Should().Be(people[0].UserId);
        await host.Grains.GetGrain<IUserGrain>(people[0].UserId).SetConsentAsync(Purposes.DispatchLocation, new() { State = ConsentState.Withdrawn }, host.As(people[0]));
        (await CreateAsync(host, nearest)).AssigneeId.Should().Be(people[1].UserId);
        (await CreateAsync(host, nearest with { Assignment = nearest.Assignment! with { Offer = true, WithinMetres = 2000 } })).Details!.OfferedTo.Should().Equal(people[1].UserId);
        await host.Grains.GetGrain<IUserGrain>(people[0].UserId).SetConsentAsync(Purposes.DispatchLocation, new() { State = ConsentState.Granted }, host.As(people[0]));
        (await CreateAsync(host, nearest)).AssigneeId.Should().Be(people[1].UserId, "the point was forgotten with the withdrawal");
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_task_of_a_type_walks_its_own_flow_with_photo_and_location(DatabaseKind kind)
    {
        await using var host = await TestHost.StartAsync(kind);
        var ann = await host.UserAsync(department: East);
        var place = host.Grains.GetGrain<ICheckInLocationGrain>(Ids.New(host.Clock));
        await place.CreateAsync(new() { Name = "客户现场", Center = new() { Latitude = 31.23, Longitude = 121.47 }, RadiusMetres = 200 }, host.Admin());
        var type = await host.Grains.GetGrain<ITaskTypeGrain>(Ids.New(host.Clock)).CreateAsync(
            new()
            {
                Name = "安装", Checklist = ["通电"], ResolveWithinMinutes = 240, RespondWithinMinutes = 30,
                Flow =
                [
                    new() { Key = "accept", Title = "接单", Stage = TaskStage.Accepted },
                    new() { Key = "arrive", Title = "到达", Stage = TaskStage.Started, Proof = [ProofKind.Location] },
                    new() { Key = "finish", Title = "完成", Stage = TaskStage.Completed, Proof = [ProofKind.Photo, ProofKind.Checklist] },
                ],
            }, host.Admin());
        var phone = await host.ConnectAsync(ann);
        var task = await CreateAsync(host, new() { Title = "安装空调", TypeId = type.Value!.Id, AssigneeId = ann.UserId, LocationId = place.GetPrimaryKey() });
        task.DueAt.Should().BeCloseTo(task.CreatedAt.AddMinutes(240), TimeSpan.FromSeconds(5));
        await phone.UntilAsync(cards => cards.Any(card => card.Id == task.Id && card.Data!.Next!.Key == "accept" && card.Data.Checklist!.Single().Text == "通电"));
        var grain = host.Grains.GetGrain<ITaskGrain>(task.Id);
        (await grain.StepAsync("accept", new(), host.As(ann))).Refusal.Should().BeNull();

        var here = new TaskNote { Proofs = [new() { Kind = ProofKind.Location, Point = new() { Latitude = 31.2305, Longitude = 121.47 } }] };
        (await grain.StepAsync("arrive", here, host.As(ann))).Refusal!.Problem.Should().Be("consent-required");
        await host.Grains.GetGrain<IUserGrain>(ann.UserId).SetConsentAsync(Purposes.TaskLocation, new() { State = ConsentState.Granted }, host.As(ann));
        (await grain.StepAsync("arrive", here, host.As(ann))).Value!.Details!.Proofs!.Single().DistanceMetres.Should().BeInRange(50, 60);

        var files = host.Services.GetRequiredService<FileStore>();
        StoredFile File(Guid owner, byte[] bytes) => new() { Id = Ids.New(host.Clock), OwnerId = owner, TaskId = task.Id, Name = "p.png", ContentType = "image/png", CreatedAt = host.Clock.GetUtcNow(), Content = bytes };
        var (mine, others) = (await files.KeepAsync(File(ann.UserId, [1, 2, 3])), await files.KeepAsync(File(Guid.NewGuid(), [4])));
        TaskNote Photo(Guid id) => new() { Proofs = [new() { Kind = ProofKind.Photo, FileId = id }] };
        (await grain.StepAsync("finish", Photo(others.Id), host.As(ann))).Refusal.Should().BeEquivalentTo(new { Problem = "unknown-file", Field = "proofs[0].fileId" });
        (await grain.StepAsync("finish", Photo(mine.Id), host.As(ann))).Refusal!.Problem.Should().Be("checklist-open");
        await grain.CheckAsync(new() { Item = 0 }, host.As(ann));
        var done = await grain.StepAsync("finish", Photo(mine.Id), host.As(ann));
        (done.Value!.Stage, done.Value.Details!.Proofs![1].Sha256, done.Value.Details.RespondedAt is not null, done.Value.Details.CompletedAt is not null).Should().Be((TaskStage.Completed, mine.Sha256, true, true));
        (await files.ReadAsync(mine.Id))!.Content.Should().Equal(1, 2, 3);
        await phone.UntilAsync(cards => cards.Count == 0);
    }

    [Fact]
    public async Task A_task_starts_only_after_those_it_waits_for_and_hears_of_them_through_a_crash()
    {
        await using var host = await TestHost.StartAsync(silos: 2);
        var ann = await host.UserAsync(department: East);
        var phone = await host.ConnectAsync(ann);
        var (first, second) = (await host.TaskAsync(ann, "一"), await host.TaskAsync(ann, "二"));
        var task = await CreateAsync(host, new() { Title = "三", AssigneeId = ann.UserId, DependsOn = [first.Id, second.Id] });
        (await host.Grains.GetGrain<ITaskGrain>(Ids.New(host.Clock)).CreateAsync(new() { Title = "四", DependsOn = [Guid.NewGuid()] }, host.Admin())).Refusal!.Problem.Should().Be("unknown-dependency");
        await phone.UntilAsync(cards => cards.Any(card => card.Id == task.Id && card.Data!.WaitsFor == 2));
        var grain = host.Grains.GetGrain<ITaskGrain>(task.Id);
        await grain.ActAsync(TaskAction.Accept, new(), host.As(ann));
        (await grain.ActAsync(TaskAction.Start, new(), host.As(ann))).Refusal!.Problem.Should().Be("waits-for-others");

        foreach (var action in new[] { TaskAction.Accept, TaskAction.Start, TaskAction.Complete })
        {
            (await host.Grains.GetGrain<ITaskGrain>(first.Id).ActAsync(action, new(), host.As(ann))).Refusal.Should().BeNull();
        }

        await host.Grains.GetGrain<ITaskGrain>(second.Id).ActAsync(TaskAction.Cancel, new(), host.Admin());
        await Eventually.TrueAsync(async () => (await grain.GetAsync(ann)).Value!.Details?.WaitsFor is null, "both are done, one way or the other");
        (await grain.ActAsync(TaskAction.Start, new(), host.As(ann))).Refusal.Should().BeNull();
    }

    [Fact]
    public async Task A_late_task_reminds_tells_the_manager_and_goes_to_somebody_else()
    {
        var clock = new ShiftedClock();
        await using var host = await TestHost.StartAsync(services: clock.Use);
        var (ann, manager) = (await host.UserAsync(department: East), await host.UserAsync(Role.Manager, East));
        await ProjectedAsync(host, 1);
        var (phone, desk) = (await host.ConnectAsync(ann), await host.ConnectAsync(manager, "desk"));
        var task = await CreateAsync(host, new()
        {
            Title = "回访", AssigneeId = ann.UserId, RespondBy = clock.GetUtcNow().AddMinutes(10),
            Escalations = [new() { AfterMinutes = 0, Action = EscalationAction.Remind }, new() { AfterMinutes = 5, Action = EscalationAction.TellManager }, new() { AfterMinutes = 10, Action = EscalationAction.Reassign }],
        });
        await phone.UntilAsync(cards => cards.Any(card => card.Id == task.Id));
        var bob = await host.UserAsync(department: East);
        await ProjectedAsync(host, 2);
        clock.Forward(TimeSpan.FromMinutes(11));
        await phone.UntilAsync(cards => cards.Any(card => card.Id == task.Id && card.Data!.Reminders == 1));
        desk.Shown.Should().BeEmpty();
        clock.Forward(TimeSpan.FromMinutes(5));
        await desk.UntilAsync(cards => cards.Any(card => card is { Kind: "notice", Category: "task-escalation", Title: "回访" } && card.TaskId == task.Id));
        clock.Forward(TimeSpan.FromMinutes(5));
        await phone.UntilAsync(cards => cards.All(card => card.Id != task.Id));
        var after = (await host.Grains.GetGrain<ITaskGrain>(task.Id).GetAsync(Actor.System)).Value!;
        (after.AssigneeId, after.Stage).Should().Be((bob.UserId, TaskStage.Assigned));
        desk.EverShown.Should().HaveCount(1, "one notice, however often it was told");
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_schedule_makes_its_task_once_each_time(DatabaseKind kind)
    {
        var clock = new ShiftedClock();
        await using var host = await TestHost.StartAsync(kind, silos: 2, services: clock.Use);
        var (ann, manager) = (await host.UserAsync(department: East), await host.UserAsync(Role.Manager, East));
        await ProjectedAsync(host, 1);
        var shanghai = TimeZoneInfo.ConvertTime(clock.GetUtcNow(), TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai"));
        var schedule = host.Grains.GetGrain<ITaskScheduleGrain>(Ids.New(clock));
        var made = await schedule.CreateAsync(
            new() { Name = "日报", Task = new() { Title = "写日报", AssigneeId = ann.UserId }, Rule = "FREQ=DAILY", From = DateOnly.FromDateTime(shanghai.Date).AddDays(1), At = new(18, 0), DueAfterMinutes = 60 }, host.As(manager));
        made.Value!.NextAt.Should().NotBeNull();
        await Eventually.TrueAsync(async () => await host.QueryAsync<int>("SELECT count(*) FROM task_schedule WHERE wake_at IS NOT NULL") == 1, "it is projected");
        for (var day = 1; day <= 3; day++)
        {
            var next = (await schedule.GetAsync(manager)).Value!.NextAt!.Value;
            clock.Forward(next - clock.GetUtcNow() + TimeSpan.FromMinutes(1));
            await Eventually.TrueAsync(async () => await host.QueryAsync<int>("SELECT count(*) FROM task WHERE title = '写日报'") == day, "today's task is made");
        }

        var view = (await schedule.GetAsync(manager)).Value!;
        (view.Made, view.LastProblem).Should().Be((3, null));
        var task = (await host.Grains.GetGrain<ITaskGrain>(view.LastTaskId!.Value).GetAsync(Actor.System)).Value!;
        (task.CreatorId, task.AssigneeId, task.DueAt).Should().Be((manager.UserId, ann.UserId, view.LastAt!.Value.AddMinutes(60)));
        await host.Grains.GetGrain<IUserGrain>(manager.UserId).ChangeAsync(new() { Enabled = false }, host.Admin());
        clock.Forward(view.NextAt!.Value - clock.GetUtcNow() + TimeSpan.FromMinutes(1));
        await Eventually.TrueAsync(async () => (await schedule.GetAsync(Actor.System)).Value!.LastProblem == "owner-disabled", "the owner can see why none was made");
    }

    private static async Task<TaskView> CreateAsync(TestHost host, CreateTask command)
    {
        var outcome = await host.Services.GetRequiredService<ITaskCreation>().CreateAsync(Ids.New(host.Services.GetRequiredService<TimeProvider>()), command, host.Admin());
        outcome.Refusal.Should().BeNull();
        return outcome.Value!;
    }

    private static async Task<IReadOnlyList<Actor>> PeopleAsync(TestHost host, int count) =>
        await Task.WhenAll(Enumerable.Range(0, count).Select(_ => host.UserAsync(department: East)));

    private static Task ProjectedAsync(TestHost host, int staff) =>
        Eventually.TrueAsync(async () => await host.QueryAsync<int>("SELECT count(*) FROM staff_user WHERE role = 0") >= staff, "the people are projected");
}
