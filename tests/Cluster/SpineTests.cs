using LimoCha.Actors.Attendance;
using LimoCha.Actors.Consent;
using LimoCha.Actors.Customers;
using LimoCha.Actors.Devices;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Staff;
using LimoCha.Actors.Storage;
using LimoCha.Actors.Tasks;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;

namespace LimoCha.Actors.Cluster;

/// <summary>The actors on real storage: one write a command, delivery, and what crashes leave behind.</summary>
public sealed class SpineTests
{
    public static TheoryData<DatabaseKind> Kinds => [DatabaseKind.Sqlite, DatabaseKind.PostgreSql];

    [Theory, MemberData(nameof(Kinds))]
    public async Task A1_an_assignment_reaches_every_device_of_the_assignee_and_nobody_elses(DatabaseKind kind)
    {
        await using var host = await TestHost.StartAsync(kind);
        var (ann, bob) = (await host.UserAsync(), await host.UserAsync());
        var (phone, tablet, other) = (await host.ConnectAsync(ann, "phone"), await host.ConnectAsync(ann, "tablet"), await host.ConnectAsync(bob));

        var task = await host.TaskAsync(ann, "拜访客户");

        await phone.UntilAsync(cards => cards.Any(card => card.Id == task.Id && card.Title == "拜访客户" && card.Data!.Stage == "assigned"));
        await tablet.UntilAsync(cards => cards.Any(card => card.Id == task.Id));
        other.Shown.Should().BeEmpty();
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_card_that_was_taken_away_does_not_come_back_from_a_read_model_that_lags(DatabaseKind kind)
    {
        await using var host = await TestHost.StartAsync(kind);
        var ann = await host.UserAsync();
        var phone = await host.ConnectAsync(ann);
        var (closed, open) = (await host.TaskAsync(ann, "closed"), await host.TaskAsync(ann, "open"));
        await host.ProjectedAsync(closed.Id, 1);
        await host.ProjectedAsync(open.Id, 1);
        await phone.UntilAsync(cards => cards.Count == 2);
        var held = new TaskCompletionSource();
        host.Projector.Gate = held.Task;
        await host.Grains.GetGrain<ITaskGrain>(closed.Id).ActAsync(TaskAction.Cancel, new(), host.Admin());
        await phone.UntilAsync(cards => cards.Count == 1);

        await host.Cluster.DeactivateAsync(host.Grains.GetGrain<IUserGrain>(ann.UserId));
        (await phone.HelloAsync()).Refusal.Should().BeNull();

        await phone.UntilAsync(_ => phone.Syncs >= 2);
        phone.Shown.Should().ContainSingle().Which.Id.Should().Be(open.Id);
        phone.EverShown.Should().OnlyHaveUniqueItems();
        held.SetResult();
        await host.ProjectedAsync(closed.Id, 2);
    }

    [Fact]
    public async Task A_reassigned_task_leaves_one_device_and_appears_on_the_other()
    {
        await using var host = await TestHost.StartAsync();
        var (ann, bob) = (await host.UserAsync(), await host.UserAsync());
        var (first, second) = (await host.ConnectAsync(ann), await host.ConnectAsync(bob));
        var task = await host.TaskAsync(ann);
        await first.UntilAsync(cards => cards.Count == 1);

        await host.Grains.GetGrain<ITaskGrain>(task.Id).ReassignAsync(new() { AssigneeId = bob.UserId }, host.Admin());

        await first.UntilAsync(cards => cards.Count == 0);
        await second.UntilAsync(cards => cards.Count == 1);
    }

    /// <summary>The hint that an id is fresh saves a read; when it is wrong, the insert fails and nothing is overwritten.</summary>
    /// <summary>The dangerous case: the database has committed and the answer is lost. The caller sees a failure, repeats, and the effect is there once.</summary>
    /// <summary>The projector stands still between commit and Hello, and the user's actor starts anew: the card still arrives, once the projection goes on.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_user_actor_that_starts_before_the_projection_misses_no_card(bool longerThanTheSecondLook)
    {
        await using var host = await TestHost.StartAsync();
        var ann = await host.UserAsync();
        var gate = new TaskCompletionSource();
        await host.ProjectedAsync(ann.UserId, 1, "user");
        host.Projector.Gate = gate.Task;
        var task = await host.TaskAsync(ann);
        // The delivery reached this activation; it is gone before the row is there.
        await Eventually.TrueAsync(async () => (await host.Grains.GetGrain<IUserGrain>(ann.UserId).CardsAsync()).Count == 1, "delivery goes before projection");
        await ForgetAsync(host, ann.UserId);
        (await host.Grains.GetGrain<IUserGrain>(ann.UserId).CardsAsync()).Should().BeEmpty("the new activation reads a read model that is behind");
        if (longerThanTheSecondLook)
        {
            using var pause = new PeriodicTimer(TimeSpan.FromSeconds(2.5));
            await pause.WaitForNextTickAsync();
        }

        gate.SetResult();
        await Eventually.TrueAsync(async () => (await host.Grains.GetGrain<IUserGrain>(ann.UserId).CardsAsync()).Any(card => card.Id == task.Id), "second look or second delivery");
    }

    /// <summary>The silo dies after the commit and before anything went out; the sweep of the next one finds the task by its version.</summary>
    [Theory, MemberData(nameof(Kinds))]
    public async Task What_a_crash_left_unprojected_and_undelivered_is_recovered_by_the_sweep(DatabaseKind kind)
    {
        await using var host = await TestHost.StartAsync(kind, silos: 2);
        var ann = await host.UserAsync();
        foreach (var silo in host.Cluster.GetActiveSilos())
        {
            host.Cluster.GetSiloServiceProvider(silo.SiloAddress).GetRequiredService<LimoCha.Actors.ReadModel.Projector>().Gate = new TaskCompletionSource().Task;
        }

        var tasks = new List<TaskView>();
        for (var i = 0; i < 20; i++)
        {
            tasks.Add(await host.TaskAsync(ann));
        }

        (await host.QueryAsync<int>("SELECT count(*) FROM task")).Should().Be(0);
        foreach (var silo in host.Cluster.GetActiveSilos().ToList())
        {
            await host.Cluster.StartAdditionalSiloAsync();
            await host.Cluster.KillSiloAsync(silo);
        }

        foreach (var task in tasks)
        {
            await host.ProjectedAsync(task.Id, 1);
        }

        var device = await host.ConnectAsync(ann);
        await device.UntilAsync(cards => cards.Count == tasks.Count);
        device.EverShown.Should().OnlyHaveUniqueItems();
    }

    /// <summary>A task made without its actor is the same as one made by it: the actor goes on from the row, and a repeat finds it.</summary>
    [Theory, MemberData(nameof(Kinds))]
    public async Task A_task_made_without_its_actor_goes_on_with_it(DatabaseKind kind)
    {
        await using var host = await TestHost.StartAsync(kind);
        var ann = await host.UserAsync();
        var device = await host.ConnectAsync(ann);
        var (id, context) = (Ids.New(host.Clock), host.Admin());
        var creation = host.Services.GetRequiredService<ITaskCreation>();

        var made = await creation.CreateAsync(id, new() { Title = "Visit", AssigneeId = ann.UserId }, context);
        made.Version.Should().Be(1);
        await device.UntilAsync(cards => cards.Any(card => card.Id == id && card.Version == 1));
        await host.ProjectedAsync(id, 1);

        var grain = host.Grains.GetGrain<ITaskGrain>(id);
        (await grain.CreateAsync(new() { Title = "Visit", AssigneeId = ann.UserId }, context)).Version.Should().Be(1, "the actor knows the operation that made it");
        (await grain.ActAsync(TaskAction.Accept, new(), host.As(ann))).Version.Should().Be(2);
        await creation.Invoking(c => c.CreateAsync(id, new() { Title = "Other" }, host.Admin())).Should().ThrowAsync<InconsistentStateException>();
        (await grain.GetAsync(ann)).Value!.Title.Should().Be("Visit");
        device.EverShown.Should().OnlyHaveUniqueItems();
    }

    /// <summary>Refusals of the rule are refusals of the creation, and leave nothing behind.</summary>
    [Fact]
    public async Task E4_ending_a_session_cuts_its_device_off_and_lets_it_not_back_in()
    {
        await using var host = await TestHost.StartAsync();
        var ann = await host.UserAsync();
        var device = await host.ConnectAsync(ann);
        await host.Grains.GetGrain<IUserGrain>(ann.UserId).EndSessionsAsync(null, "revoked", host.As(ann));
        await device.UntilAsync(_ => device.Ended == "revoked");
        (await device.HelloAsync()).Refusal!.Problem.Should().Be("session-over");
    }

    /// <summary>The user's actor moves to another silo with its devices connected elsewhere: it finds them again by asking the gateways.</summary>
    [Fact]
    public async Task A_user_actor_that_moved_finds_its_devices_again()
    {
        await using var host = await TestHost.StartAsync(silos: 2);
        var ann = await host.UserAsync();
        var device = await host.ConnectAsync(ann);
        await device.RegisterAsync();
        await ForgetAsync(host, ann.UserId);
        await host.TaskAsync(ann);
        await device.UntilAsync(cards => cards.Count == 1);
    }

    /// <summary>
    /// A card is on the device and not yet in the read model when the user's actor starts anew: the new one asks the task
    /// before it tells the device what is open, so the card neither goes away nor comes up a second time.
    /// </summary>
    [Fact]
    public async Task A_card_that_only_the_device_knows_of_is_kept_and_not_shown_twice()
    {
        await using var host = await TestHost.StartAsync(settings: ("Actors:SecondLook", "00:01:00"));
        var ann = await host.UserAsync();
        var device = await host.ConnectAsync(ann);
        await host.ProjectedAsync(ann.UserId, 2, "user");
        var gate = new TaskCompletionSource();
        host.Projector.Gate = gate.Task;
        var task = await host.TaskAsync(ann);
        await device.UntilAsync(cards => cards.Any(card => card.Id == task.Id));

        await ForgetAsync(host, ann.UserId);
        var syncs = device.Syncs;
        await host.Grains.GetGrain<IUserGrain>(ann.UserId).PresenceAsync();
        await device.UntilAsync(_ => device.Syncs > syncs);
        device.Shown.Should().ContainSingle(card => card.Id == task.Id);
        gate.SetResult();
        await host.ProjectedAsync(task.Id, 1);
        device.EverShown.Should().OnlyHaveUniqueItems();
    }

    /// <summary>A gateway that could not be reached for a moment still holds its devices, and nobody tells the actor: it asks again.</summary>
    [Fact]
    public async Task A_gateway_that_was_out_of_reach_gets_what_it_missed()
    {
        await using var host = await TestHost.StartAsync();
        var ann = await host.UserAsync();
        var device = await host.ConnectAsync(ann);
        device.Unreachable = true;
        var task = await host.TaskAsync(ann);
        await Eventually.TrueAsync(async () => (await host.Grains.GetGrain<IUserGrain>(ann.UserId).PresenceAsync()).Devices.Count == 0, "the actor gave the gateway up");
        device.Unreachable = false;
        await device.UntilAsync(cards => cards.Any(card => card.Id == task.Id));
        device.EverShown.Should().OnlyHaveUniqueItems();
    }

    [Fact]
    public async Task A_task_not_taken_in_time_expires_by_itself_and_leaves_the_device()
    {
        await using var host = await TestHost.StartAsync();
        var ann = await host.UserAsync();
        var device = await host.ConnectAsync(ann);
        var task = await host.TaskAsync(ann, dueAt: DateTimeOffset.UtcNow.AddSeconds(1));
        await device.UntilAsync(cards => cards.Count == 1);
        await device.UntilAsync(cards => cards.Count == 0);
        (await host.Grains.GetGrain<ITaskGrain>(task.Id).GetAsync(Actor.System)).Value!.Stage.Should().Be(TaskStage.Expired);
    }

    [Fact]
    public async Task Customers_and_tasks_survive_a_restart_of_every_silo()
    {
        await using var host = await TestHost.StartAsync(silos: 2);
        var ann = await host.UserAsync();
        var customer = await host.Grains.GetGrain<ICustomerGrain>(Ids.New(host.Clock)).CreateAsync(new() { Name = "王芳", Phone = "+8613800138000" }, host.As(ann));
        var task = await host.TaskAsync(ann);
        foreach (var silo in host.Cluster.GetActiveSilos().ToList())
        {
            await host.Cluster.StartAdditionalSiloAsync();
            await host.Cluster.StopSiloAsync(silo);
        }

        (await host.Grains.GetGrain<ICustomerGrain>(customer.Value!.Id).GetAsync(ann)).Value!.Should().BeEquivalentTo(new { Name = "王芳", Phone = "+86138****8000" });
        (await host.Grains.GetGrain<ITaskGrain>(task.Id).GetAsync(ann)).Value!.Title.Should().Be("Visit");
    }

    private static async Task ForgetAsync(TestHost host, Guid user) => await host.Cluster.DeactivateAsync(host.Grains.GetGrain<IUserGrain>(user));
}
