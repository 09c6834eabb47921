using LimoCha.Actors.Kernel;
using Orleans.Concurrency;

namespace LimoCha.Actors.Tasks;

/// <inheritdoc cref="ITaskCreation" />
public sealed class TaskCreation(EntityCreation creation, TaskSurroundings surroundings, TimeProvider clock) : ITaskCreation
{
    public async Task<Outcome<TaskView>> CreateAsync(Guid id, CreateTask command, CallContext context, CancellationToken cancellationToken = default)
    {
        var facts = await surroundings.OfCreationAsync(id, command, context.By).ConfigureAwait(false);
        var decision = TaskRules.Create(TaskKind.Instance.Nothing, command, context.By, facts, clock.GetUtcNow());
        return await creation.CreateAsync(TaskKind.Instance, id, context, decision, TaskProjection.View).ConfigureAwait(false);
    }
}

/// <inheritdoc cref="ITaskCreationGrain" />
[GrainType("task-creation"), StatelessWorker, Reentrant]
public sealed class TaskCreationGrain(ITaskCreation creation) : Grain, ITaskCreationGrain
{
    public Task<Outcome<TaskView>> CreateAsync(Guid id, CreateTask command, CallContext context, CancellationToken cancellationToken = default) =>
        creation.CreateAsync(id, command, context, cancellationToken);
}

/// <summary>For a process without a silo: asks one.</summary>
public sealed class TaskCreationElsewhere(IGrainFactory grains) : ITaskCreation
{
    private readonly ITaskCreationGrain worker = grains.GetGrain<ITaskCreationGrain>(0);

    public Task<Outcome<TaskView>> CreateAsync(Guid id, CreateTask command, CallContext context, CancellationToken cancellationToken = default) =>
        worker.CreateAsync(id, command, context, cancellationToken);
}
