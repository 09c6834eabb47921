using System.ComponentModel.DataAnnotations;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Privacy;

namespace LimoCha.Actors.Tasks;

/// <summary>Makes or changes a schedule: the same task again and again.</summary>
[GenerateSerializer, Immutable, Alias("SaveTaskSchedule")]
[NotPersonal]
public sealed record SaveTaskSchedule
{
    /// <summary>1 to 60 characters.</summary>
    [Id(0), Required, StringLength(60, MinimumLength = 1)] public string Name { get; init; } = "";
    /// <summary>The task that is made each time. Its due time is left out; see <see cref="DueAfterMinutes"/>.</summary>
    [Id(1), Required] public CreateTask? Task { get; init; }
    /// <summary>When: an RRULE (RFC 5545 §3.3.10) of DAILY or longer, like <c>FREQ=WEEKLY;BYDAY=MO,TH</c>. At most 200 characters.</summary>
    [Id(2), Required, StringLength(200, MinimumLength = 6)] public string Rule { get; init; } = "";
    /// <summary>The first day, in the company's zone.</summary>
    [Id(3), Required] public DateOnly? From { get; init; }
    /// <summary>The time of day, in the company's zone.</summary>
    [Id(4)] public TimeOnly At { get; init; } = new(9, 0);
    /// <summary>Each task is due this many minutes after it was made. 1 to 525,600.</summary>
    [Id(5), Range(1, 525_600)] public int? DueAfterMinutes { get; init; }
    /// <summary>False rests it.</summary>
    [Id(6)] public bool Enabled { get; init; } = true;
}

/// <summary>A schedule.</summary>
[GenerateSerializer, Immutable, Alias("TaskScheduleView")]
[NotPersonal]
public sealed record TaskScheduleView
{
    /// <summary>UUIDv7.</summary>
    [Id(0)] public Guid Id { get; init; }
    /// <summary>Grows with each change; the ETag.</summary>
    [Id(1)] public int Version { get; init; }
    /// <summary>Its name.</summary>
    [Id(2)] public string Name { get; init; } = "";
    /// <summary>The task that is made.</summary>
    [Id(3)] public CreateTask Task { get; init; } = new();
    /// <summary>The RRULE.</summary>
    [Id(4)] public string Rule { get; init; } = "";
    /// <summary>The first day.</summary>
    [Id(5)] public DateOnly From { get; init; }
    /// <summary>The time of day.</summary>
    [Id(6)] public TimeOnly At { get; init; }
    /// <summary>Due this many minutes after.</summary>
    [Id(7)] public int? DueAfterMinutes { get; init; }
    /// <summary>False while it rests.</summary>
    [Id(8)] public bool Enabled { get; init; }
    /// <summary>Who answers for it; its tasks are theirs.</summary>
    [Id(9)] public Guid OwnerId { get; init; }
    /// <summary>Whose department.</summary>
    [Id(10)] public Guid? DepartmentId { get; init; }
    /// <summary>The next time (UTC); null when there is none.</summary>
    [Id(11)] public DateTimeOffset? NextAt { get; init; }
    /// <summary>The last time (UTC).</summary>
    [Id(12)] public DateTimeOffset? LastAt { get; init; }
    /// <summary>The task made then.</summary>
    [Id(13)] public Guid? LastTaskId { get; init; }
    /// <summary>Why the last task was not made; the problem's type.</summary>
    [Id(14)] public string? LastProblem { get; init; }
    /// <summary>How many it has made.</summary>
    [Id(15)] public int Made { get; init; }
}

/// <summary>A schedule: makes its task whenever its time has come, each time once.</summary>
[Alias("ITaskScheduleGrain")]
public interface ITaskScheduleGrain : IDurableGrain, IDueGrain
{
    /// <summary>Makes it under the grain's key.</summary>
    [Alias("CreateAsync")]
    Task<Outcome<TaskScheduleView>> CreateAsync(SaveTaskSchedule command, CallContext context, CancellationToken cancellationToken = default);

    /// <summary>Changes it; the next time is worked out anew.</summary>
    [Alias("ChangeAsync")]
    Task<Outcome<TaskScheduleView>> ChangeAsync(SaveTaskSchedule command, CallContext context, CancellationToken cancellationToken = default);

    /// <summary>The schedule, if this actor may see it.</summary>
    [Alias("GetAsync")]
    Task<Outcome<TaskScheduleView>> GetAsync(Actor by, CancellationToken cancellationToken = default);

    /// <summary>The task of the last time was refused. The schedule tells itself; repeating it changes nothing.</summary>
    [Alias("RefusedAsync")]
    Task RefusedAsync(Guid taskId, string problem, CancellationToken cancellationToken = default);
}
