using LimoCha.Actors.Kernel;
using LimoCha.Actors.Staff;
using LimoCha.Actors.Storage;
using LimoCha.Actors.Tasks;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;

namespace LimoCha.Actors.Cluster;

/// <summary>A command is one write, once, or none.</summary>
public sealed class CommandTests
{
    public static TheoryData<DatabaseKind> Kinds => [DatabaseKind.Sqlite, DatabaseKind.PostgreSql];

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_command_is_one_write_and_its_facts_row_and_log_follow(DatabaseKind kind)
    {
        await using var host = await TestHost.StartAsync(kind);
        var ann = await host.UserAsync();
        var task = await host.TaskAsync(ann);
        var accepted = await host.Grains.GetGrain<ITaskGrain>(task.Id).ActAsync(TaskAction.Accept, new(), host.As(ann));

        accepted.Version.Should().Be(2);
        (await host.StoredVersionAsync("task", task.Id)).Should().Be(2);
        await host.ProjectedAsync(task.Id, 2);
        (await host.QueryAsync<DateTimeOffset>("SELECT created_at FROM task WHERE id = @Id", new { task.Id })).Should().Be(accepted.Value!.CreatedAt, "a list says what the answer said");
        (await host.QueryAsync<DateTimeOffset>("SELECT updated_at FROM task WHERE id = @Id", new { task.Id })).Should().Be(accepted.Value!.UpdatedAt);
        (await host.QueryAsync<int>("SELECT count(*) FROM event_log WHERE kind = 'task' AND id = @Id", new { task.Id })).Should().Be(2, "two writes");
        (await host.QueryAsync<string>("SELECT facts FROM event_log WHERE kind = 'task' AND id = @Id AND version = 1", new { task.Id })).Should().Contain("taskCreated").And.Contain("taskAssigned");
    }

    [Fact]
    public async Task A_repeated_operation_has_its_effect_once()
    {
        await using var host = await TestHost.StartAsync();
        var ann = await host.UserAsync();
        var task = await host.TaskAsync(ann);
        var grain = host.Grains.GetGrain<ITaskGrain>(task.Id);
        var context = host.As(ann);
        var first = await grain.ActAsync(TaskAction.Comment, new() { Note = "hello" }, context);
        await host.Cluster.DeactivateAsync(grain);
        var repeat = await grain.ActAsync(TaskAction.Comment, new() { Note = "hello" }, context);
        (first.Value!.Comments, repeat.Value!.Comments, repeat.Version).Should().Be((1, 1, first.Version));
    }

    [Fact]
    public async Task A_repeated_creation_has_no_effect_however_much_came_after_it()
    {
        await using var host = await TestHost.StartAsync();
        var ann = await host.UserAsync();
        var context = host.Admin();
        var grain = host.Grains.GetGrain<ITaskGrain>(context.OperationId);
        CreateTask command = new() { Title = "Visit", AssigneeId = ann.UserId };
        var both = await Task.WhenAll(grain.CreateAsync(command, context), grain.CreateAsync(command, context));
        both.Should().AllSatisfy(made => (made.Value?.Title, made.Version).Should().Be(("Visit", 1)), "the second finds the first under way or done");
        for (var i = 0; i < 20; i++)
        {
            await grain.ActAsync(TaskAction.Comment, new() { Note = "hello" }, host.As(ann));
        }

        await host.Cluster.DeactivateAsync(grain);
        var late = await grain.CreateAsync(command with { Title = "Another" }, context);
        (late.Value?.Title, late.Value?.Comments, late.Version).Should().Be(("Visit", 20, 21));
        (await host.StoredVersionAsync("task", context.OperationId)).Should().Be(21);
    }

    [Fact]
    public async Task A_stale_version_is_refused_without_effect()
    {
        await using var host = await TestHost.StartAsync();
        var ann = await host.UserAsync();
        var task = await host.TaskAsync(ann);
        var outcome = await host.Grains.GetGrain<ITaskGrain>(task.Id).ActAsync(TaskAction.Accept, new(), host.As(ann) with { IfVersion = 7 });
        outcome.Refusal!.Kind.Should().Be(RefusalKind.Stale);
        (await host.Grains.GetGrain<ITaskGrain>(task.Id).GetAsync(ann)).Value!.Stage.Should().Be(TaskStage.Assigned);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_wrong_fresh_hint_overwrites_nothing(DatabaseKind kind)
    {
        await using var host = await TestHost.StartAsync(kind);
        var ann = await host.UserAsync();
        var task = await host.TaskAsync(ann, "first");
        var grain = host.Grains.GetGrain<ITaskGrain>(task.Id);
        await host.Cluster.DeactivateAsync(grain);
        FreshId.Mark(task.Id);
        await grain.Invoking(g => g.CreateAsync(new() { Title = "second" }, host.Admin())).Should().ThrowAsync<InconsistentStateException>();
        RequestContext.Clear();
        (await grain.GetAsync(Actor.System)).Value!.Title.Should().Be("first");
    }

    [Fact]
    public async Task A_write_whose_answer_was_lost_is_found_by_the_repeat()
    {
        var lossy = new LossyStore();
        await using var host = await TestHost.StartAsync(services: services => lossy.Wrap(services));
        var ann = await host.UserAsync();
        var task = await host.TaskAsync(ann);
        var grain = host.Grains.GetGrain<ITaskGrain>(task.Id);
        var context = host.As(ann);
        lossy.LoseNextAnswer = true;
        await grain.Invoking(g => g.ActAsync(TaskAction.Comment, new() { Note = "once" }, context)).Should().ThrowAsync<StorageUnavailableException>();
        var repeat = await grain.ActAsync(TaskAction.Comment, new() { Note = "once" }, context);
        (repeat.Value!.Comments, repeat.Version).Should().Be((1, 2));
    }

    [Fact]
    public async Task A_refused_creation_leaves_nothing()
    {
        await using var host = await TestHost.StartAsync();
        var id = Ids.New(host.Clock);
        var outcome = await host.Services.GetRequiredService<ITaskCreation>().CreateAsync(id, new() { Title = "Visit", AssigneeId = Guid.CreateVersion7() }, host.Admin());
        outcome.Refusal!.Problem.Should().Be("unknown-assignee");
        (await host.StoredVersionAsync("task", id)).Should().Be(0);
    }

    [Fact]
    public async Task A_user_name_is_held_by_one_user()
    {
        await using var host = await TestHost.StartAsync();
        var name = host.Grains.GetGrain<IUserNameGrain>("name-00ff");
        var claims = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => name.ClaimAsync(Guid.CreateVersion7())));
        claims.Count(claimed => claimed).Should().Be(1);
    }
}
