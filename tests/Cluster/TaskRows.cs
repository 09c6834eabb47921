using Dapper;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.ReadModel;
using LimoCha.Actors.Storage;
using LimoCha.Actors.Tasks;

namespace LimoCha.Actors.Cluster;

/// <summary>Some hundred rows of tasks of a few people and departments, written and changed by several at the same time.</summary>
internal sealed class TaskRows
{
    private static readonly TaskStage[] Stages = Enum.GetValues<TaskStage>();

    private readonly TestHost host;

    private TaskRows(TestHost host)
    {
        this.host = host;
        Departments = [null, Ids.New(host.Clock), Ids.New(host.Clock)];
        People = [.. Enumerable.Range(0, 5).Select(_ => Ids.New(host.Clock))];
        Lookers = [new(People[0], Role.Admin, null), new(People[1], Role.Manager, Departments[1]), new(People[2], Role.Staff, Departments[2]), new(People[3], Role.Manager, null)];
    }

    public IReadOnlyList<Guid?> Departments { get; }

    public IReadOnlyList<Guid> People { get; }

    /// <summary>One of each who sees other tasks.</summary>
    public IReadOnlyList<Actor> Lookers { get; }

    public static async Task<TaskRows> WriteAsync(TestHost host)
    {
        var tasks = new TaskRows(host);
        var ids = Enumerable.Range(0, 600).Select(_ => Ids.New(host.Clock)).ToArray();
        // Each writer has tasks of its own, as actors do, and all write at the same time.
        await Task.WhenAll(ids.Chunk(150).Select((own, writer) => Task.Run(() => tasks.WriteAsync(own, new Random(writer)))));
        return tasks;
    }

    /// <summary>All that an actor may see.</summary>
    public async Task<List<TaskRow>> SeenByAsync(Actor by)
    {
        await using var connection = await host.Database.OpenAsync();
        return [.. (await connection.QueryAsync<TaskRow>($"SELECT {ReadTables.Task.Columns} FROM task")).Where(task =>
            by.SeesAll || task.AssigneeId == by.UserId || task.CreatorId == by.UserId || (by is { Role: Role.Manager, DepartmentId: not null } && task.DepartmentId == by.DepartmentId))];
    }

    private async Task WriteAsync(Guid[] ids, Random random)
    {
        var at = host.Clock.GetUtcNow();
        T Any<T>(IReadOnlyList<T> from) => from[random.Next(from.Count)];
        Guid? Anybody() => random.Next(6) == 0 ? null : Any(People);
        foreach (var some in ids.Chunk(25))
        {
            await host.Database.WriteAsync(connection => connection.ExecuteAsync(
                "INSERT INTO task (id, version, title, stage, priority, creator_id, assignee_id, department_id, created_at, updated_at, comments) VALUES (@id, 1, @title, @stage, 1, @creator, @assignee, @department, @at, @at, 0)",
                some.Select(id => new { id, title = $"t{random.Next(20)}", stage = Any(Stages), creator = Any(People), assignee = Anybody(), department = Any(Departments), at = at.AddMilliseconds(random.Next(1_000_000)) }).ToList()));
        }

        for (var round = 0; round < 20; round++)
        {
            // More than one by a statement too.
            var (one, other) = (Any(ids), Any(ids));
            await host.Database.ExecuteAsync(
                "UPDATE task SET stage = @stage, department_id = @department, assignee_id = @assignee, updated_at = @at WHERE id IN (@one, @other)",
                new { one, other, stage = Any(Stages), department = Any(Departments), assignee = Anybody(), at = at.AddMilliseconds(random.Next(1_000_000)) });
            await host.Database.ExecuteAsync("UPDATE task SET version = version + 1 WHERE id = @one", new { one });
        }
    }
}
