using System.ComponentModel.DataAnnotations;
using LimoCha.Actors.Devices;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Privacy;
using Orleans.Concurrency;

namespace LimoCha.Actors.Tasks;

/// <summary>Where a task is in its life.</summary>
public enum TaskStage
{
    /// <summary>Written down, given to nobody.</summary>
    Draft = 0,
    /// <summary>Given to somebody who has not answered.</summary>
    Assigned = 1,
    /// <summary>The assignee took it.</summary>
    Accepted = 2,
    /// <summary>The assignee refused it; it waits for reassignment.</summary>
    Declined = 3,
    /// <summary>Under way.</summary>
    Started = 4,
    /// <summary>Done. Final.</summary>
    Completed = 5,
    /// <summary>Called off. Final.</summary>
    Cancelled = 6,
    /// <summary>Not taken before its due time; may be reassigned with a new one.</summary>
    Expired = 7,
    /// <summary>Offered to several people; the first to accept has it.</summary>
    Offered = 8,
}

/// <summary>How urgent a task is.</summary>
public enum TaskPriority
{
    /// <summary>When there is time.</summary>
    Low = 0,
    /// <summary>The default.</summary>
    Normal = 1,
    /// <summary>Before normal ones.</summary>
    High = 2,
    /// <summary>Now.</summary>
    Urgent = 3,
}

/// <summary>Makes a task; with an assignee it is assigned in the same write.</summary>
[GenerateSerializer, Immutable, Alias("CreateTask")]
[Personal(DataClass.Content)]
public sealed record CreateTask
{
    /// <summary>What is to be done. 1 to 200 characters.</summary>
    [Id(0), Required, StringLength(200, MinimumLength = 1)] public string Title { get; init; } = "";

    /// <summary>More about it. At most 4,000 characters.</summary>
    [Id(1), StringLength(4000)] public string? Description { get; init; }

    /// <summary>The staff member it is given to.</summary>
    [Id(2)] public Guid? AssigneeId { get; init; }

    /// <summary>The customer it is about.</summary>
    [Id(3)] public Guid? CustomerId { get; init; }

    /// <summary>The place it is at.</summary>
    [Id(4)] public Guid? LocationId { get; init; }

    /// <summary>How urgent.</summary>
    [Id(5), EnumDataType(typeof(TaskPriority))] public TaskPriority Priority { get; init; } = TaskPriority.Normal;

    /// <summary>Until when (UTC). A task not taken by then expires.</summary>
    [Id(6)] public DateTimeOffset? DueAt { get; init; }

    /// <summary>A free category, also the push category. At most 40 characters.</summary>
    [Id(7), StringLength(40)] public string? Category { get; init; }

    /// <summary>Its type, which gives it a flow, a service level, a checklist; the built-in flow (accept, start, complete) without one.</summary>
    [Id(8)] public Guid? TypeId { get; init; }

    /// <summary>What is to be ticked off; the type's when left out. At most 50 of 1 to 200 characters.</summary>
    [Id(9), MaxLength(50)] public IReadOnlyList<string>? Checklist { get; init; }

    /// <summary>Tasks that must be completed or cancelled before this one is started. At most 20.</summary>
    [Id(10), MaxLength(20)] public IReadOnlyList<Guid>? DependsOn { get; init; }

    /// <summary>Lets the engine choose who gets it. Not together with an assignee.</summary>
    [Id(11)] public AutoAssignment? Assignment { get; init; }

    /// <summary>What happens when nobody answers or it is not done in time; the type's when left out. At most 10. A task with a chain does not expire by itself.</summary>
    [Id(12), MaxLength(10)] public IReadOnlyList<EscalationStep>? Escalations { get; init; }

    /// <summary>Until when somebody should have accepted it (UTC); the type's service level when left out.</summary>
    [Id(13)] public DateTimeOffset? RespondBy { get; init; }

    /// <inheritdoc/>
    public override string ToString() => nameof(CreateTask);
}

/// <summary>Gives a draft, declined or expired task to somebody, or takes it from one and gives it to another.</summary>
[GenerateSerializer, Immutable, Alias("AssignTask")]
[Personal(DataClass.Content)]
public sealed record AssignTask
{
    /// <summary>The staff member it is given to.</summary>
    [Id(0), Required] public Guid? AssigneeId { get; init; }

    /// <summary>A new due time; without it the old one stands.</summary>
    [Id(1)] public DateTimeOffset? DueAt { get; init; }

    /// <summary>Why. At most 1,000 characters.</summary>
    [Id(2), StringLength(1000)] public string? Note { get; init; }

    /// <inheritdoc/>
    public override string ToString() => nameof(AssignTask);
}

/// <summary>A step with an optional remark: accept, decline, start, complete, cancel, comment.</summary>
[GenerateSerializer, Immutable, Alias("TaskNote")]
[Personal(DataClass.Content)]
public sealed record TaskNote
{
    /// <summary>A remark; the reason of a decline or cancellation; the text of a comment. At most 1,000 characters.</summary>
    [Id(0), StringLength(1000)] public string? Note { get; init; }

    /// <summary>What the step asks to be proved. At most 10.</summary>
    [Id(1), MaxLength(10)] public IReadOnlyList<Proof>? Proofs { get; init; }

    /// <inheritdoc/>
    public override string ToString() => nameof(TaskNote);
}

/// <summary>Ticks a line of the checklist off, or takes the tick back.</summary>
[GenerateSerializer, Immutable, Alias("CheckItem")]
public sealed record CheckItem
{
    /// <summary>The line, from 0.</summary>
    [Id(0), Range(0, 49)] public int Item { get; init; }

    /// <summary>Done or not.</summary>
    [Id(1)] public bool Done { get; init; } = true;
}

/// <summary>What can be done to a task by a step.</summary>
public enum TaskAction
{
    /// <summary>The assignee takes it.</summary>
    Accept = 0,
    /// <summary>The assignee refuses it; needs a reason.</summary>
    Decline = 1,
    /// <summary>The assignee begins.</summary>
    Start = 2,
    /// <summary>The assignee is done.</summary>
    Complete = 3,
    /// <summary>The creator or a manager calls it off.</summary>
    Cancel = 4,
    /// <summary>Anyone who sees it remarks on it.</summary>
    Comment = 5,
}

/// <summary>A task as its actor answers it.</summary>
[GenerateSerializer, Immutable, Alias("TaskView")]
[Personal(DataClass.Content)]
public sealed record TaskView
{
    /// <summary>UUIDv7.</summary>
    [Id(0)] public Guid Id { get; init; }
    /// <summary>Grows by one with each change; the ETag.</summary>
    [Id(1)] public int Version { get; init; }
    /// <summary>What is to be done.</summary>
    [Id(2)] public string Title { get; init; } = "";
    /// <summary>More about it.</summary>
    [Id(3)] public string? Description { get; init; }
    /// <summary>Where it is in its life.</summary>
    [Id(4)] public TaskStage Stage { get; init; }
    /// <summary>How urgent.</summary>
    [Id(5)] public TaskPriority Priority { get; init; }
    /// <summary>Its category.</summary>
    [Id(6)] public string? Category { get; init; }
    /// <summary>Who made it.</summary>
    [Id(7)] public Guid CreatorId { get; init; }
    /// <summary>Who has it, or had it last.</summary>
    [Id(8)] public Guid? AssigneeId { get; init; }
    /// <summary>The assignee's department when it was assigned.</summary>
    [Id(9)] public Guid? DepartmentId { get; init; }
    /// <summary>The customer it is about.</summary>
    [Id(10)] public Guid? CustomerId { get; init; }
    /// <summary>The place it is at.</summary>
    [Id(11)] public Guid? LocationId { get; init; }
    /// <summary>Until when (UTC).</summary>
    [Id(12)] public DateTimeOffset? DueAt { get; init; }
    /// <summary>When it was made (UTC).</summary>
    [Id(13)] public DateTimeOffset CreatedAt { get; init; }
    /// <summary>When it last changed (UTC).</summary>
    [Id(14)] public DateTimeOffset UpdatedAt { get; init; }
    /// <summary>The remark of the last step.</summary>
    [Id(15)] public string? Note { get; init; }
    /// <summary>How many comments it has.</summary>
    [Id(16)] public int Comments { get; init; }
    /// <summary>What it has beyond that: flow, checklist, proofs, service level, how it was assigned; null for a plain task.</summary>
    [Id(17)] public TaskDetails? Details { get; init; }

    /// <inheritdoc/>
    public override string ToString() => nameof(TaskView);
}

/// <summary>What a task has beyond the plain ones. Parts it does not have are left out.</summary>
[GenerateSerializer, Immutable, Alias("TaskDetails")]
public sealed record TaskDetails
{
    /// <summary>Its type.</summary>
    [Id(0)] public Guid? TypeId { get; init; }
    /// <summary>The step that comes next, with what it asks for; null when it is done.</summary>
    [Id(1)] public FlowStep? Next { get; init; }
    /// <summary>The checklist.</summary>
    [Id(2)] public IReadOnlyList<ChecklistItem>? Checklist { get; init; }
    /// <summary>Tasks that must be done before this one is started.</summary>
    [Id(3)] public IReadOnlyList<Guid>? WaitsFor { get; init; }
    /// <summary>How the engine chooses who gets it.</summary>
    [Id(4)] public AutoAssignment? Assignment { get; init; }
    /// <summary>Who it is or was offered to.</summary>
    [Id(5)] public IReadOnlyList<Guid>? OfferedTo { get; init; }
    /// <summary>Until when an answer is expected before the next person gets it (UTC).</summary>
    [Id(6)] public DateTimeOffset? AnswerBy { get; init; }
    /// <summary>Until when somebody should have accepted it (UTC).</summary>
    [Id(7)] public DateTimeOffset? RespondBy { get; init; }
    /// <summary>When somebody first accepted it (UTC).</summary>
    [Id(8)] public DateTimeOffset? RespondedAt { get; init; }
    /// <summary>When it was completed (UTC).</summary>
    [Id(9)] public DateTimeOffset? CompletedAt { get; init; }
    /// <summary>What happens when it is late.</summary>
    [Id(10)] public IReadOnlyList<EscalationStep>? Escalations { get; init; }
    /// <summary>How often the assignee was reminded.</summary>
    [Id(11)] public int Reminders { get; init; }
    /// <summary>What was proved.</summary>
    [Id(12)] public IReadOnlyList<TaskProof>? Proofs { get; init; }
}
