using System.Text.Json.Serialization;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Privacy;

namespace LimoCha.Actors.Tasks;

/// <summary>A task's state.</summary>
[Personal(DataClass.Content)]
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

    public Guid? TypeId { get; init; }
    /// <summary>The flow it was made with; the built-in one when null.</summary>
    public IReadOnlyList<FlowStep>? Flow { get; init; }
    /// <summary>The step taken last; null after an assignment.</summary>
    public string? Step { get; init; }
    public IReadOnlyList<ChecklistItem>? Checklist { get; init; }
    public IReadOnlyList<TaskProof>? Proofs { get; init; }
    /// <summary>Tasks that are not done yet and have to be.</summary>
    public IReadOnlyList<Guid>? WaitsFor { get; init; }
    /// <summary>Tasks that wait for this one.</summary>
    public IReadOnlyList<Guid>? Dependents { get; init; }
    public AutoAssignment? Assignment { get; init; }
    /// <summary>Who had it or was offered it and did not take it, in this round.</summary>
    public IReadOnlyList<Guid>? Tried { get; init; }
    public IReadOnlyList<Guid>? OfferedTo { get; init; }
    public DateTimeOffset? AnswerBy { get; init; }
    /// <summary>When to look for somebody again.</summary>
    public DateTimeOffset? NextTryAt { get; init; }
    public DateTimeOffset? RespondBy { get; init; }
    public DateTimeOffset? RespondedAt { get; init; }
    public DateTimeOffset? CompletedAt { get; init; }
    public IReadOnlyList<EscalationStep>? Escalations { get; init; }
    /// <summary>The steps of the chain that have been taken, a bit each.</summary>
    public int Escalated { get; init; }
    public int Reminders { get; init; }

    /// <summary>True while somebody's devices show it.</summary>
    [JsonIgnore] public bool OnDevices => AtWork(Stage);

    /// <summary>True for a stage in which somebody has the task: it is on their devices.</summary>
    public static bool AtWork(TaskStage stage) => stage is TaskStage.Assigned or TaskStage.Accepted or TaskStage.Started;

    /// <summary>True when nothing can change it any more.</summary>
    [JsonIgnore] public bool Final => Stage is TaskStage.Completed or TaskStage.Cancelled;

    /// <summary>Whose devices show it.</summary>
    [JsonIgnore] public IReadOnlyList<Guid> Holders =>
        Stage == TaskStage.Offered ? OfferedTo ?? [] : OnDevices && AssigneeId is { } assignee ? [assignee] : [];
}

/// <summary>A fact about a task.</summary>
[JsonDerivedType(typeof(TaskCreated), "taskCreated")]
[JsonDerivedType(typeof(TaskAssigned), "taskAssigned")]
[JsonDerivedType(typeof(TaskOffered), "taskOffered")]
[JsonDerivedType(typeof(TaskOfferTaken), "taskOfferTaken")]
[JsonDerivedType(typeof(TaskOfferDeclined), "taskOfferDeclined")]
[JsonDerivedType(typeof(TaskUnanswered), "taskUnanswered")]
[JsonDerivedType(typeof(TaskNotPlaced), "taskNotPlaced")]
[JsonDerivedType(typeof(TaskAccepted), "taskAccepted")]
[JsonDerivedType(typeof(TaskDeclined), "taskDeclined")]
[JsonDerivedType(typeof(TaskStarted), "taskStarted")]
[JsonDerivedType(typeof(TaskCompleted), "taskCompleted")]
[JsonDerivedType(typeof(TaskCancelled), "taskCancelled")]
[JsonDerivedType(typeof(TaskExpired), "taskExpired")]
[JsonDerivedType(typeof(TaskCommented), "taskCommented")]
[JsonDerivedType(typeof(TaskChecked), "taskChecked")]
[JsonDerivedType(typeof(TaskEscalated), "taskEscalated")]
[JsonDerivedType(typeof(TaskDependentAdded), "taskDependentAdded")]
[JsonDerivedType(typeof(TaskDependencyDone), "taskDependencyDone")]
[JsonDerivedType(typeof(TaskRedacted), "taskRedacted")]
[JsonDerivedType(typeof(TaskPlacesForgotten), "taskPlacesForgotten")]
public abstract record TaskEvent;

/// <summary>The person it is about has been erased, and with them what it said.</summary>
public sealed record TaskRedacted : TaskEvent;

/// <summary>Where steps were taken before <paramref name="Before"/> is not kept any more.</summary>
public sealed record TaskPlacesForgotten(DateTimeOffset Before) : TaskEvent;

/// <summary>It was written down.</summary>
[Personal(DataClass.Content)]
public sealed record TaskCreated(
    string Title, string? Description, TaskPriority Priority, string? Category,
    Guid CreatorId, Guid? CustomerId, Guid? LocationId, DateTimeOffset? DueAt, Guid? DepartmentId) : TaskEvent
{
    public Guid? TypeId { get; init; }
    public IReadOnlyList<FlowStep>? Flow { get; init; }
    public IReadOnlyList<string>? Checklist { get; init; }
    public IReadOnlyList<Guid>? DependsOn { get; init; }
    public AutoAssignment? Assignment { get; init; }
    public IReadOnlyList<EscalationStep>? Escalations { get; init; }
    public DateTimeOffset? RespondBy { get; init; }
}

/// <summary>It was given to somebody; <paramref name="From"/> is who had it before.</summary>
[Personal(DataClass.Content)]
public sealed record TaskAssigned(Guid To, Guid? DepartmentId, Guid? From, DateTimeOffset? DueAt, string? Note) : TaskEvent
{
    /// <summary>Why this person, when the engine chose.</summary>
    public AssignmentReason? Why { get; init; }
    public DateTimeOffset? AnswerBy { get; init; }
    /// <summary>Who was offered it before and is no more.</summary>
    public IReadOnlyList<Guid>? OfferedTo { get; init; }
}

/// <summary>It was offered to several people; <paramref name="From"/> is who had it before.</summary>
public sealed record TaskOffered(IReadOnlyList<Guid> To, Guid? From, DateTimeOffset? AnswerBy, AssignmentReason Why) : TaskEvent;

/// <summary>The first to accept has it; the others have not.</summary>
[Personal(DataClass.Content)]
public sealed record TaskOfferTaken(Guid By, Guid? DepartmentId, IReadOnlyList<Guid> OfferedTo, string? Note) : TaskEvent;

/// <summary>One of those it is offered to does not want it.</summary>
[Personal(DataClass.Content)]
public sealed record TaskOfferDeclined(Guid By, string Reason) : TaskEvent;

/// <summary>Nobody answered in time; <paramref name="From"/> have it no more.</summary>
public sealed record TaskUnanswered(IReadOnlyList<Guid> From, DateTimeOffset AnswerBy) : TaskEvent;

/// <summary>The engine found nobody; it looks again later.</summary>
public sealed record TaskNotPlaced(AssignmentReason Why, DateTimeOffset NextTryAt) : TaskEvent;

/// <summary>The assignee took it.</summary>
[Personal(DataClass.Content)]
public sealed record TaskAccepted(string? Note) : TaskEvent
{
    public string? Step { get; init; }
    public IReadOnlyList<TaskProof>? Proofs { get; init; }
}

/// <summary>The assignee refused it.</summary>
[Personal(DataClass.Content)]
public sealed record TaskDeclined(string Reason) : TaskEvent;

/// <summary>It is under way, at this step of its flow.</summary>
[Personal(DataClass.Content)]
public sealed record TaskStarted(string? Note) : TaskEvent
{
    public string? Step { get; init; }
    public IReadOnlyList<TaskProof>? Proofs { get; init; }
}

/// <summary>It is done.</summary>
[Personal(DataClass.Content)]
public sealed record TaskCompleted(string? Note) : TaskEvent
{
    public string? Step { get; init; }
    public IReadOnlyList<TaskProof>? Proofs { get; init; }
}

/// <summary>It was called off.</summary>
[Personal(DataClass.Content)]
public sealed record TaskCancelled(string? Reason) : TaskEvent;

/// <summary>Nobody took it in time.</summary>
public sealed record TaskExpired(DateTimeOffset DueAt) : TaskEvent;

/// <summary>Somebody remarked on it.</summary>
[Personal(DataClass.Content)]
public sealed record TaskCommented(string Text) : TaskEvent;

/// <summary>A line of the checklist was ticked off, or not any more.</summary>
public sealed record TaskChecked(int Item, bool Done) : TaskEvent;

/// <summary>A step of the escalation chain was taken.</summary>
public sealed record TaskEscalated(int Step, EscalationAction Action, DateTimeOffset PlannedAt) : TaskEvent;

/// <summary>Another task waits for this one.</summary>
public sealed record TaskDependentAdded(Guid Dependent) : TaskEvent;

/// <summary>A task that this one waited for is done.</summary>
public sealed record TaskDependencyDone(Guid Dependency, TaskStage How) : TaskEvent;
