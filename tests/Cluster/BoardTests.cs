using Dapper;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.ReadModel;
using LimoCha.Actors.Reports;
using LimoCha.Actors.Storage;
using LimoCha.Actors.Tasks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace LimoCha.Actors.Cluster;

/// <summary>The board shows what is, however it came to be.</summary>
public sealed class BoardTests
{
    private static readonly TaskStage[] Stages = Enum.GetValues<TaskStage>();

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task Its_numbers_and_lanes_are_those_of_the_tasks_whatever_was_written_and_by_how_many(DatabaseKind kind)
    {
        await using var host = await TestHost.StartAsync(kind);
        Guid?[] departments = [null, Ids.New(host.Clock), Ids.New(host.Clock)];
        Guid[] people = [.. Enumerable.Range(0, 5).Select(_ => Ids.New(host.Clock))];
        var rows = Enumerable.Range(0, 600).Select(_ => Ids.New(host.Clock)).ToArray();
        // Each writer has tasks of its own, as actors do, and all write at the same time.
        await Task.WhenAll(rows.Chunk(150).Select((own, writer) => Task.Run(() => WriteAsync(host, own, departments, people, new Random(writer)))));

        var board = new BoardQueries(host.Database, host.Clock, new CompanyDays(host.Clock, Options.Create(new KernelOptions())));
        foreach (var actor in new Actor[] { new(people[0], Role.Admin, null), new(people[1], Role.Manager, departments[1]), new(people[2], Role.Staff, departments[2]) })
        {
            var all = (await ReadAsync(host)).Where(task => MaySee(actor, task)).ToList();
            var stages = (await board.OverviewAsync(actor)).Stages;
            stages.Should().Equal(all.CountBy(task => task.Stage).OrderBy(pair => pair.Key).Select(pair => new StageCount(pair.Key, pair.Value)), "that is what {0} sees", actor.Role);
            var lanes = await board.BoardAsync(actor, stages);
            foreach (var stage in Stages)
            {
                var newest = stage is TaskStage.Assigned or TaskStage.Accepted or TaskStage.Started
                    ? all.Where(task => task.Stage == stage).OrderByDescending(task => task.Id.ToString()).Take(30)
                    : all.Where(task => task.Stage == stage).OrderByDescending(task => task.UpdatedAt).Take(30);
                lanes.Where(task => task.Stage == stage).Select(task => task.Id).Should().BeEquivalentTo(newest.Select(task => task.Id), "{0} sees the newest {1}", actor.Role, stage);
            }

            lanes.Should().BeInDescendingOrder(task => task.UpdatedAt);
        }
    }

    private static bool MaySee(Actor by, TaskRow task) =>
        by.SeesAll || task.AssigneeId == by.UserId || task.CreatorId == by.UserId || (by.Role == Role.Manager && task.DepartmentId == by.DepartmentId);

    private static async Task<List<TaskRow>> ReadAsync(TestHost host)
    {
        await using var connection = await host.Database.OpenAsync();
        return await connection.QueryAsync<TaskRow>($"SELECT {ReadTables.Task.Columns} FROM task");
    }

    private static async Task WriteAsync(TestHost host, Guid[] ids, Guid?[] departments, Guid[] people, Random random)
    {
        var at = host.Clock.GetUtcNow();
        T Any<T>(IReadOnlyList<T> from) => from[random.Next(from.Count)];
        foreach (var some in ids.Chunk(25))
        {
            await host.Database.WriteAsync(connection => connection.ExecuteAsync(
                "INSERT INTO task (id, version, title, stage, priority, creator_id, assignee_id, department_id, created_at, updated_at, comments) VALUES (@id, 1, 'x', @stage, 1, @creator, @assignee, @department, @at, @at, 0)",
                some.Select(id => new { id, stage = Any(Stages), creator = Any(people), assignee = (Guid?)Any(people), department = Any(departments), at = at.AddMilliseconds(random.Next(1_000_000)) }).ToList()));
        }

        for (var round = 0; round < 20; round++)
        {
            // More than one by a statement too.
            var (one, other) = (Any(ids), Any(ids));
            await host.Database.ExecuteAsync(
                "UPDATE task SET stage = @stage, department_id = @department, updated_at = @at WHERE id IN (@one, @other)",
                new { one, other, stage = Any(Stages), department = Any(departments), at = at.AddMilliseconds(random.Next(1_000_000)) });
            await host.Database.ExecuteAsync("UPDATE task SET version = version + 1 WHERE id = @one", new { one });
        }
    }
}
