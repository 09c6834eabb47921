using LimoCha.Actors.Devices;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Staff;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.Placement;

namespace LimoCha.Actors.Tasks;

/// <inheritdoc cref="ITaskGrain" />
/// <remarks>A task is touched a few times and then rests: its actor leaves memory early, so that a busy hour does not fill it.</remarks>
[GrainType("task"), PreferLocalPlacement, CollectionAgeLimit(Minutes = 2)]
public sealed class TaskGrain(IServiceProvider services) : DurableGrain<TaskState, TaskEvent>(TaskKind.Instance, services), ITaskGrain
{
    private readonly StaffDirectory staff = services.GetRequiredService<StaffDirectory>();

    public async Task<Outcome<TaskView>> CreateAsync(CreateTask command, CallContext context, CancellationToken cancellationToken = default)
    {
        var assignee = await FindAsync(command.AssigneeId);
        return await ExecuteAsync(context, state => TaskRules.Create(state, command, context.By, assignee, Clock.GetUtcNow()), View);
    }

    public async Task<Outcome<TaskView>> AssignAsync(AssignTask command, CallContext context, CancellationToken cancellationToken = default)
    {
        var assignee = await FindAsync(command.AssigneeId);
        return await ExecuteAsync(context, state => TaskRules.Assign(state, command, context.By, assignee, Clock.GetUtcNow()), View);
    }

    public async Task<Outcome<TaskView>> ReassignAsync(AssignTask command, CallContext context, CancellationToken cancellationToken = default)
    {
        var assignee = await FindAsync(command.AssigneeId);
        return await ExecuteAsync(context, state => TaskRules.Reassign(state, command, context.By, assignee, Clock.GetUtcNow()), View);
    }

    public Task<Outcome<TaskView>> ActAsync(TaskAction action, TaskNote command, CallContext context, CancellationToken cancellationToken = default) =>
        ExecuteAsync(context, state => TaskRules.Act(state, action, command.Note, context.By, Clock.GetUtcNow()), View);

    public Task<Card?> CardAsync(Guid userId, CancellationToken cancellationToken = default) =>
        Task.FromResult(State.OnDevices && State.AssigneeId == userId ? TaskProjection.Card(TaskProjection.Row(Id, State, Version)) : null);

    public Task<Outcome<TaskView>> GetAsync(Actor by, CancellationToken cancellationToken = default) =>
        Task.FromResult(TaskRules.MaySee(State, by) ? Outcome.Of(View(State, Version), Version) : Refusal.NotFound("task"));

    public Task OnDueAsync(CancellationToken cancellationToken = default) =>
        ExecuteAsync(new(Actor.System, Ids.New(Clock)), state => TaskRules.Expire(state, Clock.GetUtcNow()), View);

    protected override bool RestsWhenDone => true;

    private TaskView View(TaskState state, int version) => TaskProjection.View(Id, state, version);

    private ValueTask<UserView?> FindAsync(Guid? userId) => userId is { } id ? staff.FindAsync(id) : default;
}
