using System.Text.Json;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.ReadModel;
using LimoCha.Actors.Storage;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LimoCha.Actors.Tasks;

/// <summary>Recurring tasks: /task-schedules.</summary>
public static class TaskSchedulesApi
{
    private static readonly Dictionary<string, SortKey<TaskScheduleRow>> Sorts = new() { ["name"] = new("name", row => row.Name) };

    /// <summary>Maps the paths.</summary>
    public static RouteGroupBuilder MapTaskSchedulesApi(this RouteGroupBuilder api)
    {
        var schedules = api.MapGroup("/task-schedules").WithTags("Tasks").RequireAuthorization(Policies.Manager);
        schedules.MapPost("", CreateAsync).WithSummary("Makes the same task again and again, by an RRULE (RFC 5545) in the company's time zone.");
        schedules.MapGet("", ListAsync).WithSummary("Schedules: own and the department's for managers, all for admins.");
        schedules.MapGet("/{id:guid}", GetAsync).WithSummary("A schedule, with its next time and how the last one went.");
        schedules.MapPut("/{id:guid}", ChangeAsync).WithSummary("Changes a schedule; enabled false rests it.");
        return api;
    }

    private static async Task<Results<Created<TaskScheduleView>, ProblemHttpResult>> CreateAsync(SaveTaskSchedule command, Call call, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        (await grains.Grain<ITaskScheduleGrain>(call.NewId()).CreateAsync(command, call.Context, cancellationToken)).Created(context, schedule => $"/api/v1/task-schedules/{schedule.Id}");

    private static async Task<Results<Ok<Page<TaskScheduleView>>, ProblemHttpResult>> ListAsync(
        [AsParameters] ListRequest request, Call call, HttpContext context, Database database, TimeProvider clock, CancellationToken cancellationToken)
    {
        var query = new ListQuery<TaskScheduleRow>(database, "task_schedule", ReadTables.TaskSchedule.Columns, Sorts).Search(request.Q, "name");
        if (!call.By.SeesAll)
        {
            query.Where("(owner_id = @me OR department_id = @mine)", "me", call.By.UserId).Where("1 = 1", "mine", call.By.DepartmentId);
        }

        return (await query.ReadAsync(request, "name", row => JsonSerializer.Deserialize<TaskScheduleView>(row.Definition, StateJson.Options)!, clock, cancellationToken)).Ok(context);
    }

    private static async Task<Results<Ok<TaskScheduleView>, ProblemHttpResult>> GetAsync(Guid id, Call call, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        (await grains.Grain<ITaskScheduleGrain>(id).GetAsync(call.By, cancellationToken)).Ok(context);

    private static async Task<Results<Ok<TaskScheduleView>, ProblemHttpResult>> ChangeAsync(Guid id, SaveTaskSchedule command, Call call, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        (await grains.Grain<ITaskScheduleGrain>(id).ChangeAsync(command, call.Context, cancellationToken)).Ok(context);
}
