using LimoCha.Actors.Kernel;
using LimoCha.Actors.Staff;
using Orleans.Concurrency;

namespace LimoCha.Actors.Tasks;

/// <inheritdoc cref="ITaskCreationGrain" />
[GrainType("task-creation"), StatelessWorker, Reentrant]
public sealed class TaskCreationGrain(EntityCreation creation, StaffDirectory staff, TimeProvider clock) : Grain, ITaskCreationGrain
{
    public async Task<Outcome<TaskView>> CreateAsync(Guid id, CreateTask command, CallContext context, CancellationToken cancellationToken = default)
    {
        var assignee = command.AssigneeId is { } to ? await staff.FindAsync(to) : null;
        var decision = TaskRules.Create(new(), command, context.By, assignee, clock.GetUtcNow());
        return await creation.CreateAsync(TaskKind.Instance, id, context, decision, TaskProjection.View);
    }
}
