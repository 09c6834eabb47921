using System.Text.Json;
using System.Text.Json.Serialization;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Privacy;
using LimoCha.Actors.Staff;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace LimoCha.Actors.Tasks;

/// <summary>A schedule's state.</summary>
[NotPersonal]
public sealed record TaskScheduleState : StateRecord
{
    public bool Made { get; init; }
    public SaveTaskSchedule Schedule { get; init; } = new();
    public Guid OwnerId { get; init; }
    public Guid? DepartmentId { get; init; }
    public DateTimeOffset? NextAt { get; init; }
    public DateTimeOffset? LastAt { get; init; }
    public Guid? LastTaskId { get; init; }
    public string? LastProblem { get; init; }
    public int MadeTasks { get; init; }
}

/// <summary>A fact about a schedule.</summary>
[JsonDerivedType(typeof(TaskScheduleSaved), "taskScheduleSaved")]
[JsonDerivedType(typeof(TaskScheduleOccurred), "taskScheduleOccurred")]
[JsonDerivedType(typeof(TaskScheduleRefused), "taskScheduleRefused")]
public abstract record TaskScheduleEvent;

/// <summary>It is so now.</summary>
public sealed record TaskScheduleSaved(SaveTaskSchedule Schedule, DateTimeOffset? NextAt, Guid By, Guid? DepartmentId) : TaskScheduleEvent;

/// <summary>Its time came; <paramref name="Missed"/> earlier ones had passed unseen.</summary>
public sealed record TaskScheduleOccurred(DateTimeOffset At, Guid TaskId, int Missed, DateTimeOffset? NextAt) : TaskScheduleEvent;

/// <summary>The task of a time was refused.</summary>
[NotPersonal]
public sealed record TaskScheduleRefused(Guid TaskId, string Problem) : TaskScheduleEvent;

/// <summary>A schedule in the read model.</summary>
[Personal(DataClass.Content)]
public sealed record TaskScheduleRow : IProjectedRow
{
    public Guid Id { get; init; }
    public int Version { get; init; }
    public string Name { get; init; } = "";
    public bool Enabled { get; init; }
    public Guid OwnerId { get; init; }
    public Guid? DepartmentId { get; init; }
    public DateTimeOffset? WakeAt { get; init; }
    /// <summary><see cref="TaskScheduleView"/> as JSON.</summary>
    public string Definition { get; init; } = "{}";
}

/// <summary>Schedules: their facts and row.</summary>
public sealed class TaskScheduleKind : EntityKind<TaskScheduleState, TaskScheduleEvent>
{
    /// <summary>The only one.</summary>
    public static readonly TaskScheduleKind Instance = new();

    private TaskScheduleKind() { }

    /// <inheritdoc />
    public override string Name => "task-schedule";

    /// <inheritdoc />
    public override TaskScheduleState Apply(TaskScheduleState state, TaskScheduleEvent fact, DateTimeOffset at) => fact switch
    {
        // Whoever made it first answers for it; a change by somebody else does not move its tasks to them.
        TaskScheduleSaved f => state with
        {
            Made = true, Schedule = f.Schedule, NextAt = f.NextAt,
            OwnerId = state.Made ? state.OwnerId : f.By, DepartmentId = state.Made ? state.DepartmentId : f.DepartmentId,
        },
        TaskScheduleOccurred f => state with { NextAt = f.NextAt, LastAt = f.At, LastTaskId = f.TaskId, LastProblem = null, MadeTasks = state.MadeTasks + 1 },
        TaskScheduleRefused f when f.TaskId == state.LastTaskId => state with { LastProblem = f.Problem, MadeTasks = state.MadeTasks - 1 },
        _ => state,
    };

    /// <inheritdoc />
    public override IReadOnlyList<IProjectedRow> Rows(Guid id, TaskScheduleState state, int version, IReadOnlyList<Committed<TaskScheduleEvent>> facts) =>
    [
        new TaskScheduleRow
        {
            Id = id, Version = version, Name = state.Schedule.Name, Enabled = state.Schedule.Enabled, OwnerId = state.OwnerId,
            DepartmentId = state.DepartmentId, WakeAt = state.NextAt, Definition = JsonSerializer.Serialize(View(id, state, version), StateJson.Options),
        },
    ];

    /// <summary>Makes the task of each time that came: its id follows from the time, so a repeat makes none.</summary>
    public override async Task TellAsync(Others others, Guid id, TaskScheduleState state, int version, IReadOnlyList<Committed<TaskScheduleEvent>> facts)
    {
        ArgumentNullException.ThrowIfNull(facts);
        foreach (var occurred in facts.Select(fact => fact.Event).OfType<TaskScheduleOccurred>())
        {
            // The tasks are the owner's, with what the owner may do now; whose account is closed has nobody act in their name.
            var owner = (await others.Grains.Grain<IUserGrain>(state.OwnerId).GetAsync(Actor.System)).Value;
            var outcome = owner is { Enabled: true }
                ? await others.Grains.Grain<ITaskGrain>(occurred.TaskId).CreateAsync(
                    state.Schedule.Task! with { DueAt = state.Schedule.DueAfterMinutes is { } minutes ? occurred.At.AddMinutes(minutes) : null },
                    new(new(owner.Id, owner.Role, owner.DepartmentId), occurred.TaskId))
                : Refusal.Unprocessable("owner-disabled", "The account that the schedule belongs to is disabled.");
            if (outcome is { Ok: false, Refusal.Problem: not "already-exists" })
            {
                await others.Grains.Grain<ITaskScheduleGrain>(id).RefusedAsync(occurred.TaskId, outcome.Refusal.Problem);
            }
        }
    }

    /// <summary>The answer of a state.</summary>
    public static TaskScheduleView View(Guid id, TaskScheduleState state, int version)
    {
        ArgumentNullException.ThrowIfNull(state);
        var schedule = state.Schedule;
        return new()
        {
            Id = id, Version = version, Name = schedule.Name, Task = schedule.Task ?? new(), Rule = schedule.Rule, From = schedule.From ?? default, At = schedule.At,
            DueAfterMinutes = schedule.DueAfterMinutes, Enabled = schedule.Enabled, OwnerId = state.OwnerId, DepartmentId = state.DepartmentId,
            NextAt = state.NextAt, LastAt = state.LastAt, LastTaskId = state.LastTaskId, LastProblem = state.LastProblem, Made = state.MadeTasks,
        };
    }
}

/// <inheritdoc cref="ITaskScheduleGrain" />
[GrainType("task-schedule")]
public sealed class TaskScheduleGrain(IServiceProvider services) : DurableGrain<TaskScheduleState, TaskScheduleEvent>(TaskScheduleKind.Instance, services), ITaskScheduleGrain
{
    private readonly TimeZoneInfo zone = TimeZoneInfo.FindSystemTimeZoneById(services.GetRequiredService<IOptions<KernelOptions>>().Value.TimeZone);

    public Task<Outcome<TaskScheduleView>> CreateAsync(SaveTaskSchedule command, CallContext context, CancellationToken cancellationToken = default) =>
        ExecuteAsync(context, state => state.Made ? Refusal.Conflict("already-exists", "There is a schedule with this id already.") : ScheduleRules.Save(state, command, context.By, Clock.GetUtcNow(), zone), View);

    public Task<Outcome<TaskScheduleView>> ChangeAsync(SaveTaskSchedule command, CallContext context, CancellationToken cancellationToken = default) =>
        ExecuteAsync(context, state => state.Made ? ScheduleRules.Save(state, command, context.By, Clock.GetUtcNow(), zone) : Refusal.NotFound("schedule"), View);

    public Task<Outcome<TaskScheduleView>> GetAsync(Actor by, CancellationToken cancellationToken = default) =>
        Task.FromResult(ScheduleRules.MaySee(State, by) ? Outcome.Of(View(State, Version), Version) : Refusal.NotFound("schedule"));

    public Task OnDueAsync(CancellationToken cancellationToken = default) =>
        ExecuteAsync(Itself, state => ScheduleRules.OnDue(Id, state, Clock.GetUtcNow(), zone));

    public Task RefusedAsync(Guid taskId, string problem, CancellationToken cancellationToken = default) =>
        ExecuteAsync(
            Itself,
            state => state.LastTaskId == taskId && state.LastProblem is null ? new TaskScheduleRefused(taskId, problem) : Decision<TaskScheduleEvent>.Nothing);

    private TaskScheduleView View(TaskScheduleState state, int version) => TaskScheduleKind.View(Id, state, version);
}
