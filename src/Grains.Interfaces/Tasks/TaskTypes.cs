using System.ComponentModel.DataAnnotations;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Privacy;
using Orleans.Concurrency;

namespace LimoCha.Actors.Tasks;

/// <summary>What an escalation step waits for.</summary>
public enum EscalationTrigger
{
    /// <summary>The time by which somebody should have accepted; nothing happens once somebody has.</summary>
    RespondBy = 0,
    /// <summary>The due time; nothing happens once the task is done.</summary>
    DueAt = 1,
}

/// <summary>What an escalation step does.</summary>
public enum EscalationAction
{
    /// <summary>The card comes up again on the devices of whoever has or is offered the task.</summary>
    Remind = 0,
    /// <summary>The managers of the task's department get a notice.</summary>
    TellManager = 1,
    /// <summary>The task goes to somebody else, chosen by its strategy, or by load when it has none.</summary>
    Reassign = 2,
}

/// <summary>A step of an escalation chain.</summary>
[GenerateSerializer, Immutable, Alias("EscalationStep")]
public sealed record EscalationStep
{
    /// <summary>What the time counts from.</summary>
    [Id(0), EnumDataType(typeof(EscalationTrigger))] public EscalationTrigger Trigger { get; init; }
    /// <summary>Minutes after it; before it when negative. −10,080 to 10,080.</summary>
    [Id(1), Range(-10_080, 10_080)] public int AfterMinutes { get; init; }
    /// <summary>What happens then.</summary>
    [Id(2), EnumDataType(typeof(EscalationAction))] public EscalationAction Action { get; init; }
}

/// <summary>Makes or changes a task type. Tasks made before keep the flow they were made with.</summary>
[GenerateSerializer, Immutable, Alias("SaveTaskType")]
[NotPersonal]
public sealed record SaveTaskType
{
    /// <summary>1 to 60 characters.</summary>
    [Id(0), Required, StringLength(60, MinimumLength = 1)] public string Name { get; init; } = "";
    /// <summary>
    /// The flow: 2 to 20 steps. The first is <c>accept</c>, by the assignee, and leads to accepted; the last alone leads to
    /// completed; stages never go back. Left out: accept, start, complete.
    /// </summary>
    [Id(1), MaxLength(20)] public IReadOnlyList<FlowStep>? Flow { get; init; }
    /// <summary>What is to be ticked off.</summary>
    [Id(2), MaxLength(50)] public IReadOnlyList<string>? Checklist { get; init; }
    /// <summary>Service level: accepted within this many minutes of its creation. 1 to 525,600.</summary>
    [Id(3), Range(1, 525_600)] public int? RespondWithinMinutes { get; init; }
    /// <summary>Service level: completed within this many minutes of its creation; the due time when a task names none. 1 to 525,600.</summary>
    [Id(4), Range(1, 525_600)] public int? ResolveWithinMinutes { get; init; }
    /// <summary>What happens when it is late.</summary>
    [Id(5), MaxLength(10)] public IReadOnlyList<EscalationStep>? Escalations { get; init; }
    /// <summary>The category of its tasks.</summary>
    [Id(6), StringLength(40)] public string? Category { get; init; }
    /// <summary>False keeps it from being used for new tasks.</summary>
    [Id(7)] public bool Enabled { get; init; } = true;
}

/// <summary>A task type.</summary>
[GenerateSerializer, Immutable, Alias("TaskTypeView")]
[NotPersonal]
public sealed record TaskTypeView
{
    /// <summary>UUIDv7.</summary>
    [Id(0)] public Guid Id { get; init; }
    /// <summary>Grows with each change; the ETag.</summary>
    [Id(1)] public int Version { get; init; }
    /// <summary>Its name.</summary>
    [Id(2)] public string Name { get; init; } = "";
    /// <summary>The flow.</summary>
    [Id(3)] public IReadOnlyList<FlowStep> Flow { get; init; } = [];
    /// <summary>What is to be ticked off.</summary>
    [Id(4)] public IReadOnlyList<string> Checklist { get; init; } = [];
    /// <summary>Accepted within this many minutes.</summary>
    [Id(5)] public int? RespondWithinMinutes { get; init; }
    /// <summary>Completed within this many minutes.</summary>
    [Id(6)] public int? ResolveWithinMinutes { get; init; }
    /// <summary>What happens when it is late.</summary>
    [Id(7)] public IReadOnlyList<EscalationStep> Escalations { get; init; } = [];
    /// <summary>The category of its tasks.</summary>
    [Id(8)] public string? Category { get; init; }
    /// <summary>Whether new tasks may be of it.</summary>
    [Id(9)] public bool Enabled { get; init; }
}

/// <summary>A kind of task with its own flow, checklist, service level and escalation.</summary>
[Alias("ITaskTypeGrain")]
public interface ITaskTypeGrain : IDurableGrain
{
    /// <summary>Makes it under the grain's key.</summary>
    [Alias("CreateAsync")]
    Task<Outcome<TaskTypeView>> CreateAsync(SaveTaskType command, CallContext context, CancellationToken cancellationToken = default);

    /// <summary>Changes it.</summary>
    [Alias("ChangeAsync")]
    Task<Outcome<TaskTypeView>> ChangeAsync(SaveTaskType command, CallContext context, CancellationToken cancellationToken = default);

    /// <summary>The type.</summary>
    [Alias("GetAsync"), AlwaysInterleave]
    Task<Outcome<TaskTypeView>> GetAsync(CancellationToken cancellationToken = default);
}
