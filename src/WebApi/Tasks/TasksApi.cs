using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Dapper;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.ReadModel;
using LimoCha.Actors.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace LimoCha.Actors.Tasks;

/// <summary>A list of tasks.</summary>
public sealed class TaskListRequest : ListRequest
{
    /// <summary>In this stage.</summary>
    [FromQuery(Name = "stage")] public Choice<TaskStage>? Stage { get; init; }
    /// <summary>Given to this person.</summary>
    [FromQuery(Name = "assigneeId")] public Guid? AssigneeId { get; init; }
    /// <summary>Of this department.</summary>
    [FromQuery(Name = "departmentId")] public Guid? DepartmentId { get; init; }
    /// <summary>About this customer.</summary>
    [FromQuery(Name = "customerId")] public Guid? CustomerId { get; init; }
    /// <summary>Due before this (UTC).</summary>
    [FromQuery(Name = "dueBefore")] public DateTimeOffset? DueBefore { get; init; }
}

/// <summary>Many tasks in one call.</summary>
public sealed record CreateTasks
{
    /// <summary>1 to 500 tasks.</summary>
    [Required, MinLength(1), MaxLength(500)] public IReadOnlyList<CreateTask> Tasks { get; init; } = [];
}

/// <summary>How a row of a batch went.</summary>
/// <param name="Index">The row, from 0.</param>
/// <param name="Task">The task, when made.</param>
/// <param name="Problem">The problem's type, when not.</param>
/// <param name="Detail">Why not.</param>
public sealed record BatchRow(int Index, TaskView? Task, string? Problem, string? Detail);

/// <summary>Something that happened.</summary>
/// <param name="Version">The version it made.</param>
/// <param name="At">When (UTC).</param>
/// <param name="ById">Who; the empty id is the engine itself.</param>
/// <param name="Event">What, with its kind in <c>$type</c>.</param>
public sealed record HistoryItem(int Version, DateTimeOffset At, Guid ById, JsonElement Event);

/// <summary>Tasks: /tasks.</summary>
public static class TasksApi
{
    private const int AtOnce = 32;

    private static readonly Dictionary<string, SortKey<TaskRow>> Sorts = new()
    {
        ["createdAt"] = new("id", row => row.Id),
        ["updatedAt"] = new("updated_at", row => row.UpdatedAt),
        ["priority"] = new("priority", row => (int)row.Priority),
        ["title"] = new("title", row => row.Title),
    };

    /// <summary>Maps the paths.</summary>
    public static RouteGroupBuilder MapTasksApi(this RouteGroupBuilder api)
    {
        var tasks = api.MapGroup("/tasks").WithTags("Tasks").RequireAuthorization(Policies.Staff);
        tasks.MapPost("", CreateAsync).WithSummary("Makes a task; with an assignee it is on their devices at once.");
        tasks.MapPost("/batch", CreateManyAsync).WithSummary("Makes many tasks; each row succeeds or fails by itself.");
        tasks.MapGet("", ListAsync).WithSummary("Tasks the caller may see: own, the department's for managers, all for admins.");
        tasks.MapGet("/{id:guid}", GetAsync).WithSummary("A task, as it is now.");
        tasks.MapGet("/{id:guid}/history", HistoryAsync).WithSummary("What happened to a task, oldest first.");
        tasks.MapPost("/{id:guid}/assign", AssignAsync).WithSummary("Gives a draft, declined or expired task to somebody.");
        tasks.MapPost("/{id:guid}/reassign", ReassignAsync).WithSummary("Takes a task from one and gives it to another.");
        foreach (var action in Enum.GetValues<TaskAction>())
        {
            var name = action.ToString().ToLowerInvariant();
            tasks.MapPost($"/{{id:guid}}/{name}", (Guid id, TaskNote? note, Call call, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
                ActAsync(action, id, note, call, context, grains, cancellationToken)).WithName($"{name}Task").WithSummary($"{action}s a task.");
        }

        return api;
    }

    private static async Task<Results<Created<TaskView>, ProblemHttpResult>> CreateAsync(CreateTask command, Call call, HttpContext context, IGrainFactory grains, ITaskCreation creation, CancellationToken cancellationToken) =>
        (await MakeAsync(grains, creation, call.OperationId, command, call, call.Context, cancellationToken)).Created(context, task => $"/api/v1/tasks/{task.Id}");

    /// <summary>A fresh id needs no actor to be made; requests that may be making the same task meet at its actor.</summary>
    private static Task<Outcome<TaskView>> MakeAsync(IGrainFactory grains, ITaskCreation creation, Guid id, CreateTask command, Call call, CallContext context, CancellationToken cancellationToken) =>
        call.Keyed
            ? grains.Grain<ITaskGrain>(id).CreateAsync(command, context, cancellationToken)
            : creation.CreateAsync(id, command, context, cancellationToken);

    private static async Task<Ok<IReadOnlyList<BatchRow>>> CreateManyAsync(CreateTasks command, Call call, IGrainFactory grains, ITaskCreation creation, CancellationToken cancellationToken)
    {
        var rows = new BatchRow[command.Tasks.Count];
        await Parallel.ForAsync(0, rows.Length, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken }, async (index, token) =>
        {
            // Each row's id comes from the operation and its place, so that a repeat of the call finds the same tasks.
            var id = RowId(call.OperationId, index);
            var outcome = await MakeAsync(grains, creation, id, command.Tasks[index], call, call.Context with { OperationId = id }, token);
            rows[index] = new(index, outcome.Value, outcome.Refusal is { } refusal ? $"urn:limocha:problem:{refusal.Problem}" : null, outcome.Refusal?.Detail);
        });
        return TypedResults.Ok<IReadOnlyList<BatchRow>>(rows);
    }

    private static async Task<Results<Ok<Page<TaskView>>, ProblemHttpResult>> ListAsync(
        [AsParameters] TaskListRequest request, Call call, HttpContext context, Database database, TimeProvider clock, CancellationToken cancellationToken)
    {
        var query = new ListQuery<TaskRow>(database, "task", ReadTables.Task.Columns, Sorts)
            .WhereIf((int?)request.Stage?.Value, "stage = @stage", "stage")
            .WhereIf(request.AssigneeId, "assignee_id = @assigneeId", "assigneeId")
            .WhereIf(request.DepartmentId, "department_id = @departmentId", "departmentId")
            .WhereIf(request.CustomerId, "customer_id = @customerId", "customerId")
            .WhereIf(request.DueBefore, "due_at < @dueBefore", "dueBefore")
            .Search(request.Q, "title", "description");
        Scope(query, call.By);
        return (await query.ReadAsync(request, "-createdAt", TaskProjection.View, clock, cancellationToken)).Ok(context);
    }

    /// <summary>The rows an actor may see; the same rule as <see cref="TaskRules.MaySee"/>, in SQL.</summary>
    internal static void Scope(ListQuery<TaskRow> query, Actor by)
    {
        if (by.SeesAll)
        {
            return;
        }

        var own = "assignee_id = @me OR creator_id = @me";
        query.Where(by is { Role: Role.Manager, DepartmentId: not null } ? $"({own} OR department_id = @mine)" : $"({own})", "me", by.UserId);
        if (by is { Role: Role.Manager, DepartmentId: { } department })
        {
            query.Where("1 = 1", "mine", department);
        }
    }

    private static async Task<Results<Ok<TaskView>, ProblemHttpResult>> GetAsync(Guid id, Call call, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        (await grains.Grain<ITaskGrain>(id).GetAsync(call.By, cancellationToken)).Ok(context);

    private static async Task<Results<Ok<Page<HistoryItem>>, ProblemHttpResult>> HistoryAsync(
        Guid id, Call call, HttpContext context, IGrainFactory grains, Database database, TimeProvider clock, CancellationToken cancellationToken)
    {
        var task = await grains.Grain<ITaskGrain>(id).GetAsync(call.By, cancellationToken);
        if (!task.Ok)
        {
            return Problems.From(task.Refusal);
        }

        await using var connection = await database.OpenAsync(cancellationToken);
        var writes = await connection.QueryAsync<string>("SELECT facts FROM event_log WHERE kind = 'task' AND id = @id ORDER BY version", new { id });
        var items = writes.SelectMany(facts => JsonSerializer.Deserialize<LoggedFact[]>(facts, StateJson.Options)!)
            .Select(fact => new HistoryItem(fact.Version, fact.At, fact.By, fact.Event)).ToList();
        return Outcome.Of(new Page<HistoryItem>(items, null, clock.GetUtcNow()), task.Version).Ok(context);
    }

    private static async Task<Results<Ok<TaskView>, ProblemHttpResult>> AssignAsync(Guid id, AssignTask command, Call call, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        (await grains.Grain<ITaskGrain>(id).AssignAsync(command, call.Context, cancellationToken)).Ok(context);

    private static async Task<Results<Ok<TaskView>, ProblemHttpResult>> ReassignAsync(Guid id, AssignTask command, Call call, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        (await grains.Grain<ITaskGrain>(id).ReassignAsync(command, call.Context, cancellationToken)).Ok(context);

    private static async Task<Results<Ok<TaskView>, ProblemHttpResult>> ActAsync(TaskAction action, Guid id, TaskNote? note, Call call, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        (await grains.Grain<ITaskGrain>(id).ActAsync(action, note ?? new(), call.Context, cancellationToken)).Ok(context);

    /// <summary>The operation's id with the row folded into its last four bytes; time and version bits stay.</summary>
    private static Guid RowId(Guid operation, int row)
    {
        var bytes = operation.ToByteArray();
        var tail = BitConverter.ToInt32(bytes, 12) ^ row;
        BitConverter.TryWriteBytes(bytes.AsSpan(12), tail);
        return new(bytes);
    }

    private sealed record LoggedFact(int Version, DateTimeOffset At, Guid By, JsonElement Event);
}
