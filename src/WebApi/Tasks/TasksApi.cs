using System.Text.Json;
using Dapper;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.ReadModel;
using LimoCha.Actors.Search;
using LimoCha.Actors.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace LimoCha.Actors.Tasks;

/// <summary>A list of tasks.</summary>
public sealed class TaskFilter
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
    /// <summary>Offered to the caller right now.</summary>
    [FromQuery(Name = "offered")] public bool? Offered { get; init; }
}

/// <summary>Something that happened.</summary>
/// <param name="Version">The version it made.</param>
/// <param name="At">When (UTC).</param>
/// <param name="ById">Who; the empty id is the engine itself.</param>
/// <param name="Event">What, with its kind in <c>$type</c>.</param>
public sealed record HistoryItem(int Version, DateTimeOffset At, Guid ById, JsonElement Event);

/// <summary>Tasks: /tasks.</summary>
public static class TasksApi
{
    private static readonly Dictionary<string, SortKey<TaskRow>> Sorts = new()
    {
        ["createdAt"] = new("id", row => row.Id),
        ["updatedAt"] = new("updated_at", row => row.UpdatedAt),
        ["dueAt"] = new(TaskOrder.Due, row => row.DueAt),
        ["priority"] = new("priority", row => (int)row.Priority),
        ["title"] = new(TaskOrder.Title, row => row.Title),
    };

    /// <summary>Maps the paths.</summary>
    public static RouteGroupBuilder MapTasksApi(this RouteGroupBuilder api)
    {
        var tasks = api.MapGroup("/tasks").WithTags("Tasks").RequireAuthorization(Policies.Staff);
        tasks.MapPost("", CreateAsync).WithSummary("Makes a task; with an assignee it is on their devices at once.");
        tasks.MapTaskBatch();
        tasks.MapGet("", ListAsync).WithSummary("Tasks the caller may see: own, the department's for managers, all for admins.")
            .WithDescription($"Sorted by {string.Join(", ", Sorts.Keys)}; those without a due time come last.");
        tasks.MapGet("/{id:guid}", GetAsync).WithSummary("A task, as it is now.");
        tasks.MapGet("/{id:guid}/history", HistoryAsync).WithSummary("What happened to a task, oldest first.");
        tasks.MapPost("/{id:guid}/assign", AssignAsync).WithSummary("Gives a draft, declined or expired task to somebody.");
        tasks.MapPost("/{id:guid}/reassign", ReassignAsync).WithSummary("Takes a task from one and gives it to another.");
        tasks.MapPost("/{id:guid}/steps/{step}", StepAsync).WithSummary("Takes a step of the task's own flow, with what it asks to be proved.");
        tasks.MapPost("/{id:guid}/checklist", CheckAsync).WithSummary("Ticks a line of the checklist off, or takes the tick back.");
        foreach (var action in Enum.GetValues<TaskAction>())
        {
            var name = action.ToString().ToLowerInvariant();
            tasks.MapPost($"/{{id:guid}}/{name}", (Guid id, TaskNote? note, Call call, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
                ActAsync(action, id, note, call, context, grains, cancellationToken)).WithName($"{name}Task").WithSummary($"{action}s a task.");
        }

        return api;
    }

    private static async Task<Results<Created<TaskView>, ProblemHttpResult>> CreateAsync(CreateTask command, Call call, HttpContext context, IGrainFactory grains, ITaskCreation creation, CancellationToken cancellationToken) =>
        (await MakeAsync(grains, creation, command, call, cancellationToken)).Created(context, task => $"/api/v1/tasks/{task.Id}");

    /// <summary>A fresh id needs no actor to be made; requests that may be making the same task meet at its actor.</summary>
    private static Task<Outcome<TaskView>> MakeAsync(IGrainFactory grains, ITaskCreation creation, CreateTask command, Call call, CancellationToken cancellationToken) =>
        call.Keyed
            ? grains.Grain<ITaskGrain>(call.NewId()).CreateAsync(command, call.Context, cancellationToken)
            : creation.CreateAsync(call.OperationId, command, call.Context, cancellationToken);

    private static async Task<Results<Ok<Page<TaskView>>, ProblemHttpResult>> ListAsync(
        [AsParameters] TaskFilter filter, [AsParameters] ListRequest request, Call call, HttpContext context, Database database, TimeProvider clock, CancellationToken cancellationToken)
    {
        var query = new ListQuery<TaskRow>(database, "task", ReadTables.Task.Columns, Sorts)
            .WhereIf((int?)filter.Stage?.Value, "stage = @stage", "stage")
            .WhereIf(filter.DepartmentId, "department_id = @departmentId", "departmentId")
            .WhereIf(filter.CustomerId, "customer_id = @customerId", "customerId")
            .WhereIf(filter.DueBefore, "due_at < @dueBefore", "dueBefore")
            .Search(request.Q, "title", "description");
        query.With("me", call.By.UserId).With("mine", call.By.DepartmentId);
        if (filter.Offered == true)
        {
            query.Where($"stage = {(int)TaskStage.Offered} AND id IN (SELECT task_id FROM task_offer WHERE user_id = @me AND {(database.Kind == DatabaseKind.PostgreSql ? "open" : "open = 1")})")
                .WhereIf(filter.AssigneeId, TaskScope.AssignedTo("assigneeId"), "assigneeId");
        }
        else if (filter.AssigneeId is { } person)
        {
            query.Where(TaskScope.SeenBy(call.By)).With("assigneeId", person).In(TaskScope.AssignedTo("assigneeId"), TaskScope.PartsAssignedTo("assigneeId"));
        }
        else
        {
            query.In(TaskScope.SeenBy(call.By), TaskScope.PartsSeenBy(call.By));
        }

        // One person's or one customer's are few and have an index of their own.
        var many = filter is { AssigneeId: null, CustomerId: null, Offered: not true } && (call.By.SeesAll || call.By.Role == Role.Manager);
        if (many)
        {
            query.InOrder(key => TaskOrder.Parts(key, filter.Stage?.Value, byDue: filter.DueBefore is not null));
            if (!string.IsNullOrWhiteSpace(request.Q))
            {
                query.Within((newestFirst, token) => TaskSearch.WhereAsync(database, request.Q, newestFirst, token));
            }
        }

        return (await query.ReadAsync(request, "-createdAt", TaskProjection.View, clock, cancellationToken)).Ok(context);
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
        var items = writes.SelectMany(Facts.Read<JsonElement>)
            .Select(fact => new HistoryItem(fact.Version, fact.At, fact.By, fact.Event)).ToList();
        return Outcome.Of(new Page<HistoryItem>(items, null, clock.GetUtcNow()), task.Version).Ok(context);
    }

    private static async Task<Results<Ok<TaskView>, ProblemHttpResult>> AssignAsync(Guid id, AssignTask command, Call call, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        (await grains.Grain<ITaskGrain>(id).AssignAsync(command, call.Context, cancellationToken)).Ok(context);

    private static async Task<Results<Ok<TaskView>, ProblemHttpResult>> ReassignAsync(Guid id, AssignTask command, Call call, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        (await grains.Grain<ITaskGrain>(id).ReassignAsync(command, call.Context, cancellationToken)).Ok(context);

    private static async Task<Results<Ok<TaskView>, ProblemHttpResult>> StepAsync(Guid id, string step, TaskNote? note, Call call, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        (await grains.Grain<ITaskGrain>(id).StepAsync(step, note ?? new(), call.Context, cancellationToken)).Ok(context);

    private static async Task<Results<Ok<TaskView>, ProblemHttpResult>> CheckAsync(Guid id, CheckItem command, Call call, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        (await grains.Grain<ITaskGrain>(id).CheckAsync(command, call.Context, cancellationToken)).Ok(context);

    private static async Task<Results<Ok<TaskView>, ProblemHttpResult>> ActAsync(TaskAction action, Guid id, TaskNote? note, Call call, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        (await grains.Grain<ITaskGrain>(id).ActAsync(action, note ?? new(), call.Context, cancellationToken)).Ok(context);
}
