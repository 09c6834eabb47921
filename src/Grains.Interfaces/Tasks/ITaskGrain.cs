using LimoCha.Actors.Devices;
using LimoCha.Actors.Kernel;
using Orleans.Concurrency;

namespace LimoCha.Actors.Tasks;

/// <summary>
/// Makes tasks under ids that the caller's server has just made, without starting their actors: the way for the many.
/// An id that may exist already goes to <see cref="ITaskGrain.CreateAsync"/>, which looks first.
/// </summary>
public interface ITaskCreation
{
    /// <summary>Makes the task; fails when there is one with this id.</summary>
    Task<Outcome<TaskView>> CreateAsync(Guid id, CreateTask command, CallContext context, CancellationToken cancellationToken = default);
}

/// <summary>The same, from another process: any silo does it.</summary>
[Alias("ITaskCreationGrain")]
public interface ITaskCreationGrain : IGrainWithIntegerKey
{
    /// <summary>See <see cref="ITaskCreation.CreateAsync"/>.</summary>
    [Alias("CreateAsync")]
    Task<Outcome<TaskView>> CreateAsync(Guid id, CreateTask command, CallContext context, CancellationToken cancellationToken = default);
}

/// <summary>A task: its state machine, and its card on the assignee's devices.</summary>
[Alias("ITaskGrain")]
public interface ITaskGrain : IDurableGrain, IDueGrain
{
    /// <summary>Makes the task under the grain's key.</summary>
    [Alias("CreateAsync")]
    Task<Outcome<TaskView>> CreateAsync(CreateTask command, CallContext context, CancellationToken cancellationToken = default);

    /// <summary>Assigns a draft, declined or expired task.</summary>
    [Alias("AssignAsync")]
    Task<Outcome<TaskView>> AssignAsync(AssignTask command, CallContext context, CancellationToken cancellationToken = default);

    /// <summary>Takes an open task from its assignee and gives it to another.</summary>
    [Alias("ReassignAsync")]
    Task<Outcome<TaskView>> ReassignAsync(AssignTask command, CallContext context, CancellationToken cancellationToken = default);

    /// <summary>Takes a step.</summary>
    [Alias("ActAsync")]
    Task<Outcome<TaskView>> ActAsync(TaskAction action, TaskNote command, CallContext context, CancellationToken cancellationToken = default);

    /// <summary>Takes a step of the task's own flow by its key.</summary>
    [Alias("StepAsync")]
    Task<Outcome<TaskView>> StepAsync(string step, TaskNote command, CallContext context, CancellationToken cancellationToken = default);

    /// <summary>Ticks a line of the checklist off.</summary>
    [Alias("CheckAsync")]
    Task<Outcome<TaskView>> CheckAsync(CheckItem command, CallContext context, CancellationToken cancellationToken = default);

    /// <summary>Another task waits for this one; it is told when this one is done. Repeating it changes nothing.</summary>
    [Alias("AddDependentAsync")]
    Task AddDependentAsync(Guid dependent, CancellationToken cancellationToken = default);

    /// <summary>A task that this one waited for is done. Repeating it changes nothing.</summary>
    [Alias("DependencyDoneAsync")]
    Task DependencyDoneAsync(Guid dependency, TaskStage how, CancellationToken cancellationToken = default);

    /// <summary>The person it is about has been erased: its texts, proofs and answers go. The engine's own. Repeating it changes nothing.</summary>
    [Alias("RedactAsync")]
    Task RedactAsync(Guid customerId, CancellationToken cancellationToken = default);

    /// <summary>
    /// Its time is over: when it is final and nothing has happened to it since, its state is deleted and the actor ends. The engine's own.
    /// Answers whether there is no state of it any more. Repeating it changes nothing.
    /// </summary>
    [Alias("ForgetAsync")]
    Task<bool> ForgetAsync(DateTimeOffset since, CancellationToken cancellationToken = default);

    /// <summary>Where steps were taken before then goes from their proofs. The engine's own. Repeating it changes nothing.</summary>
    [Alias("ForgetPlacesAsync")]
    Task ForgetPlacesAsync(DateTimeOffset before, CancellationToken cancellationToken = default);

    /// <summary>
    /// The card that this user's devices show of the task now; null when they show none. A read of what is durable, answered
    /// between the turns of a command: a user's actor asks it while the task may be waiting for that very actor.
    /// </summary>
    [Alias("CardAsync"), AlwaysInterleave]
    Task<Card?> CardAsync(Guid userId, CancellationToken cancellationToken = default);

    /// <summary>The task, if this actor may see it.</summary>
    [Alias("GetAsync"), AlwaysInterleave]
    Task<Outcome<TaskView>> GetAsync(Actor by, CancellationToken cancellationToken = default);
}
