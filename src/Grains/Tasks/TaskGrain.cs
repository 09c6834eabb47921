using LimoCha.Actors.Devices;
using LimoCha.Actors.Kernel;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.Placement;

namespace LimoCha.Actors.Tasks;

/// <inheritdoc cref="ITaskGrain" />
/// <remarks>A task is touched a few times and then rests: its actor leaves memory early, so that a busy hour does not fill it.</remarks>
[GrainType("task"), PreferLocalPlacement, CollectionAgeLimit(Minutes = 2)]
public sealed class TaskGrain(IServiceProvider services) : DurableGrain<TaskState, TaskEvent>(TaskKind.Instance, services), ITaskGrain
{
    private readonly TaskSurroundings surroundings = services.GetRequiredService<TaskSurroundings>();

    public async Task<Outcome<TaskView>> CreateAsync(CreateTask command, CallContext context, CancellationToken cancellationToken = default)
    {
        FreshId.Clear();
        var facts = Exists ? new() : await surroundings.OfCreationAsync(Id, command, context.By);
        return await ExecuteAsync(context, state => TaskRules.Create(state, command, context.By, facts, Clock.GetUtcNow()), View);
    }

    public async Task<Outcome<TaskView>> AssignAsync(AssignTask command, CallContext context, CancellationToken cancellationToken = default)
    {
        var assignee = await surroundings.FindAsync(command.AssigneeId);
        return await ExecuteAsync(context, state => TaskRules.Assign(state, command, context.By, assignee, Clock.GetUtcNow()), View);
    }

    public async Task<Outcome<TaskView>> ReassignAsync(AssignTask command, CallContext context, CancellationToken cancellationToken = default)
    {
        var assignee = await surroundings.FindAsync(command.AssigneeId);
        return await ExecuteAsync(context, state => TaskRules.Reassign(state, command, context.By, assignee, Clock.GetUtcNow()), View);
    }

    public async Task<Outcome<TaskView>> ActAsync(TaskAction action, TaskNote command, CallContext context, CancellationToken cancellationToken = default)
    {
        var facts = await FactsAsync(command, context, declines: action == TaskAction.Decline);
        return await ExecuteAsync(context, state => TaskRules.Act(state, action, command, context.By, facts, Clock.GetUtcNow()), View);
    }

    public async Task<Outcome<TaskView>> StepAsync(string step, TaskNote command, CallContext context, CancellationToken cancellationToken = default)
    {
        var facts = await FactsAsync(command, context, declines: false);
        return await ExecuteAsync(context, state => TaskRules.Step(state, step, command, context.By, facts, Clock.GetUtcNow()), View);
    }

    public Task<Outcome<TaskView>> CheckAsync(CheckItem command, CallContext context, CancellationToken cancellationToken = default) =>
        ExecuteAsync(context, state => TaskRules.Check(state, command, context.By), View);

    public Task AddDependentAsync(Guid dependent, CancellationToken cancellationToken = default) =>
        ExecuteAsync(Itself, state => TaskRules.AddDependent(state, dependent));

    public Task DependencyDoneAsync(Guid dependency, TaskStage how, CancellationToken cancellationToken = default) =>
        ExecuteAsync(Itself, state => TaskRules.DependencyDone(state, dependency, how));

    public async Task RedactAsync(Guid customerId, CancellationToken cancellationToken = default)
    {
        await ForgetFactsAsync();
        await ExecuteAsync(Itself, state => TaskRules.Redact(state, customerId));
    }

    public async Task<bool> ForgetAsync(DateTimeOffset since, CancellationToken cancellationToken = default)
    {
        if (Exists && !(State.Final && State.UpdatedAt < since))
        {
            return false;
        }

        await RemoveAsync();
        return true;
    }

    public async Task ForgetPlacesAsync(DateTimeOffset before, CancellationToken cancellationToken = default)
    {
        await ForgetFactsAsync();
        await ExecuteAsync(Itself, state => TaskRules.ForgetPlaces(state, before));
    }

    public async Task<Card?> CardAsync(Guid userId, CancellationToken cancellationToken = default)
    {
        await LookedAsync();
        return State.Holders.Contains(userId) ? TaskProjection.Card(Id, State, Version) : null;
    }

    public async Task<Outcome<TaskView>> GetAsync(Actor by, CancellationToken cancellationToken = default)
    {
        await LookedAsync();
        return TaskRules.MaySee(State, by) ? Outcome.Of(View(State, Version), Version) : Refusal.NotFound("task");
    }

    public async Task OnDueAsync(CancellationToken cancellationToken = default)
    {
        var choice = EscalationRules.NeedsChoice(State, Clock.GetUtcNow()) ? await surroundings.ChooseAsync(Id, State) : null;
        await ExecuteAsync(Itself, state => EscalationRules.OnDue(state, choice, Clock.GetUtcNow()));
    }

    protected override bool RestsWhenDone => true;

    private TaskView View(TaskState state, int version) => TaskProjection.View(Id, state, version);

    /// <summary>A decline of what the engine gave needs the next person; a proof has to be looked at.</summary>
    private async ValueTask<StepFacts> FactsAsync(TaskNote command, CallContext context, bool declines)
    {
        var next = declines && State.Assignment is not null && State.Holders is [var last] && last == context.By.UserId;
        return next || command.Proofs is { Count: > 0 }
            ? new()
            {
                Choice = next ? await surroundings.ChooseAsync(Id, State) : null,
                Proofs = command.Proofs is { Count: > 0 } proofs ? await surroundings.ProveAsync(Id, State, proofs, context.By) : null,
            }
            : StepFacts.None;
    }
}
