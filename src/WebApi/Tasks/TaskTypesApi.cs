using LimoCha.Actors.Kernel;
using LimoCha.Actors.ReadModel;
using LimoCha.Actors.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace LimoCha.Actors.Tasks;

/// <summary>A list of task types.</summary>
public sealed class TaskTypeFilter
{
    /// <summary>Those that are used, or those that are not.</summary>
    [FromQuery(Name = "enabled")] public bool? Enabled { get; init; }
}

/// <summary>Task types: /task-types.</summary>
public static class TaskTypesApi
{
    private static readonly Dictionary<string, SortKey<TaskTypeRow>> Sorts = new() { ["name"] = new("name", row => row.Name) };

    /// <summary>Maps the paths.</summary>
    public static RouteGroupBuilder MapTaskTypesApi(this RouteGroupBuilder api)
    {
        var types = api.MapGroup("/task-types").WithTags("Tasks").RequireAuthorization(Policies.Staff);
        types.MapPost("", CreateAsync).RequireAuthorization(Policies.Admin).WithSummary("Makes a task type: its flow, checklist, service level, escalation.");
        types.MapGet("", ListAsync).WithSummary("The task types.");
        types.MapGet("/{id:guid}", GetAsync).WithSummary("A task type.");
        types.MapPut("/{id:guid}", ChangeAsync).RequireAuthorization(Policies.Admin).WithSummary("Changes a task type; tasks made before keep theirs.");
        return api;
    }

    private static async Task<Results<Created<TaskTypeView>, ProblemHttpResult>> CreateAsync(SaveTaskType command, Call call, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        (await grains.Grain<ITaskTypeGrain>(call.NewId()).CreateAsync(command, call.Context, cancellationToken)).Created(context, type => $"/api/v1/task-types/{type.Id}");

    private static async Task<Results<Ok<Page<TaskTypeView>>, ProblemHttpResult>> ListAsync([AsParameters] TaskTypeFilter filter, [AsParameters] ListRequest request, HttpContext context, Database database, TimeProvider clock, CancellationToken cancellationToken) =>
        (await new ListQuery<TaskTypeRow>(database, "task_type", ReadTables.TaskType.Columns, Sorts).WhereIf(filter.Enabled, "enabled = @enabled", "enabled").Search(request.Q, "name")
            .ReadAsync(request, "name", TaskTypeKind.View, clock, cancellationToken)).Ok(context);

    private static async Task<Results<Ok<TaskTypeView>, ProblemHttpResult>> GetAsync(Guid id, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        (await grains.Grain<ITaskTypeGrain>(id).GetAsync(cancellationToken)).Ok(context);

    private static async Task<Results<Ok<TaskTypeView>, ProblemHttpResult>> ChangeAsync(Guid id, SaveTaskType command, Call call, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        (await grains.Grain<ITaskTypeGrain>(id).ChangeAsync(command, call.Context, cancellationToken)).Ok(context);
}
