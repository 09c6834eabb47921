using System.Text.Json.Serialization;
using LimoCha.Actors.Kernel;

namespace LimoCha.Actors.Tasks;

/// <summary>A task's state.</summary>
public sealed record TaskState : StateRecord
{
    public bool Made { get; init; }
    public string Title { get; init; } = "";
    public string? Description { get; init; }
    public TaskStage Stage { get; init; }
    public TaskPriority Priority { get; init; } = TaskPriority.Normal;
    public string? Category { get; init; }
    public Guid CreatorId { get; init; }
    public Guid? AssigneeId { get; init; }
    public Guid? DepartmentId { get; init; }
    public Guid? CustomerId { get; init; }
    public Guid? LocationId { get; init; }
    public DateTimeOffset? DueAt { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }
    public string? Note { get; init; }
    public int Comments { get; init; }

    /// <summary>True while the assignee's devices show it.</summary>
    [JsonIgnore] public bool OnDevices => Stage is TaskStage.Assigned or TaskStage.Accepted or TaskStage.Started;

    /// <summary>True when nothing can change it any more.</summary>
    [JsonIgnore] public bool Final => Stage is TaskStage.Completed or TaskStage.Cancelled;
}

/// <summary>A fact about a task.</summary>
[JsonDerivedType(typeof(TaskCreated), "taskCreated")]
[JsonDerivedType(typeof(TaskAssigned), "taskAssigned")]
[JsonDerivedType(typeof(TaskAccepted), "taskAccepted")]
[JsonDerivedType(typeof(TaskDeclined), "taskDeclined")]
[JsonDerivedType(typeof(TaskStarted), "taskStarted")]
[JsonDerivedType(typeof(TaskCompleted), "taskCompleted")]
[JsonDerivedType(typeof(TaskCancelled), "taskCancelled")]
[JsonDerivedType(typeof(TaskExpired), "taskExpired")]
[JsonDerivedType(typeof(TaskCommented), "taskCommented")]
public abstract record TaskEvent;

/// <summary>It was written down.</summary>
public sealed record TaskCreated(
    string Title, string? Description, TaskPriority Priority, string? Category,
    Guid CreatorId, Guid? CustomerId, Guid? LocationId, DateTimeOffset? DueAt, Guid? DepartmentId) : TaskEvent;

/// <summary>It was given to somebody; <paramref name="From"/> is who had it before.</summary>
public sealed record TaskAssigned(Guid To, Guid? DepartmentId, Guid? From, DateTimeOffset? DueAt, string? Note) : TaskEvent;

/// <summary>The assignee took it.</summary>
public sealed record TaskAccepted(string? Note) : TaskEvent;

/// <summary>The assignee refused it.</summary>
public sealed record TaskDeclined(string Reason) : TaskEvent;

/// <summary>It is under way.</summary>
public sealed record TaskStarted(string? Note) : TaskEvent;

/// <summary>It is done.</summary>
public sealed record TaskCompleted(string? Note) : TaskEvent;

/// <summary>It was called off.</summary>
public sealed record TaskCancelled(string? Reason) : TaskEvent;

/// <summary>Nobody took it in time.</summary>
public sealed record TaskExpired(DateTimeOffset DueAt) : TaskEvent;

/// <summary>Somebody remarked on it.</summary>
public sealed record TaskCommented(string Text) : TaskEvent;
