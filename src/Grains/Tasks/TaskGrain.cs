using LimoCha.Actors.Devices;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Staff;
using Orleans.Configuration;
using Orleans.Placement;

namespace LimoCha.Actors.Tasks;

/// <inheritdoc cref="ITaskGrain" />
/// <remarks>A task is touched a few times and then rests: its actor leaves memory early, so that a busy hour does not fill it.</remarks>
[GrainType("task"), PreferLocalPlacement, CollectionAgeLimit(Minutes = 2)]
public sealed class TaskGrain(IServiceProvider services) : DurableGrain<TaskState, TaskEvent>(services), ITaskGrain
{
    public async Task<Outcome<TaskView>> CreateAsync(CreateTask command, CallContext context, CancellationToken cancellationToken = default)
    {
        var assignee = await FindAsync(command.AssigneeId, cancellationToken);
        return await ExecuteAsync(context, state => TaskRules.Create(state, command, context.By, assignee, Clock.GetUtcNow()), View);
    }

    public async Task<Outcome<TaskView>> AssignAsync(AssignTask command, CallContext context, CancellationToken cancellationToken = default)
    {
        var assignee = await FindAsync(command.AssigneeId, cancellationToken);
        return await ExecuteAsync(context, state => TaskRules.Assign(state, command, context.By, assignee, Clock.GetUtcNow()), View);
    }

    public async Task<Outcome<TaskView>> ReassignAsync(AssignTask command, CallContext context, CancellationToken cancellationToken = default)
    {
        var assignee = await FindAsync(command.AssigneeId, cancellationToken);
        return await ExecuteAsync(context, state => TaskRules.Reassign(state, command, context.By, assignee, Clock.GetUtcNow()), View);
    }

    public Task<Outcome<TaskView>> ActAsync(TaskAction action, TaskNote command, CallContext context, CancellationToken cancellationToken = default) =>
        ExecuteAsync(context, state => TaskRules.Act(state, action, command.Note, context.By, Clock.GetUtcNow()), View);

    public Task<Outcome<TaskView>> GetAsync(Actor by, CancellationToken cancellationToken = default) =>
        Task.FromResult(TaskRules.MaySee(State, by) ? Outcome.Of(View(State, Version), Version) : Refusal.NotFound("task"));

    public Task OnDueAsync(CancellationToken cancellationToken = default) =>
        ExecuteAsync(new(Actor.System, Ids.New(Clock)), state => TaskRules.Expire(state, Clock.GetUtcNow()), View);

    protected override bool RestsWhenDone => true;

    protected override TaskState Apply(TaskState state, TaskEvent fact, DateTimeOffset at) => TaskRules.Apply(state, fact, at);

    protected override IReadOnlyList<IProjectedRow> Rows(TaskState state, int version, IReadOnlyList<Committed<TaskEvent>> facts) =>
        [TaskProjection.Row(Id, state, version)];

    /// <summary>The assignee has the card if it is open; everybody it was taken from, and the assignee of a closed one, has not.</summary>
    protected override async Task TellAsync(TaskState state, int version, IReadOnlyList<Committed<TaskEvent>> facts)
    {
        var holder = state.OnDevices ? state.AssigneeId : null;
        if (holder is { } assignee)
        {
            await GrainFactory.Grain<IUserGrain>(assignee).DeliverAsync(TaskProjection.Card(TaskProjection.Row(Id, state, version)));
        }

        var former = facts.Select(f => f.Event).OfType<TaskAssigned>().SelectMany(f => new[] { f.From, f.To }).Append(state.AssigneeId);
        foreach (var user in former.OfType<Guid>().Distinct().Where(user => user != holder))
        {
            await GrainFactory.Grain<IUserGrain>(user).RemoveAsync(new CardRef { Id = Id, Version = version });
        }
    }

    private TaskView View(TaskState state, int version) => TaskProjection.View(TaskProjection.Row(Id, state, version));

    private async Task<UserView?> FindAsync(Guid? userId, CancellationToken cancellationToken) =>
        userId is { } id ? (await GrainFactory.Grain<IUserGrain>(id).GetAsync(Actor.System, cancellationToken)).Value : null;
}
