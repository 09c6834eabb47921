using LimoCha.Actors.Devices;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Notices;
using LimoCha.Actors.Staff;

namespace LimoCha.Actors.Tasks;

/// <summary>Tasks: their facts, rows and cards.</summary>
public sealed class TaskKind : EntityKind<TaskState, TaskEvent>
{
    /// <summary>The only one.</summary>
    public static readonly TaskKind Instance = new();

    private TaskKind() { }

    /// <inheritdoc />
    public override string Name => "task";

    /// <inheritdoc />
    public override TaskState Apply(TaskState state, TaskEvent fact, DateTimeOffset at) => TaskRules.Apply(state, fact, at);

    /// <inheritdoc />
    public override IReadOnlyList<IProjectedRow> Rows(Guid id, TaskState state, int version, IReadOnlyList<Committed<TaskEvent>> facts) =>
        TaskProjection.Rows(id, state, version, facts);

    /// <summary>
    /// Those who have the task or are offered it have the card; everybody it was taken from has not. Tasks that wait for this
    /// one, and tasks this one waits for, and managers who are to be told, are told.
    /// </summary>
    public override Task TellAsync(Others others, Guid id, TaskState state, int version, IReadOnlyList<Committed<TaskEvent>> facts)
    {
        ArgumentNullException.ThrowIfNull(others);
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(facts);
        var holders = state.Holders;
        var former = Former(state, facts, holders);
        var related = state.WaitsFor is not null || state.Dependents is not null || state.Escalations is not null;
        // By far the most common is one person and nobody else: nothing of its own waits for that.
        return holders is [var only] && former is null && !related
            ? GiveAsync(others, only, TaskProjection.Card(id, state, version))
            : TellAllAsync();

        async Task TellAllAsync()
        {
            if (holders.Count > 0)
            {
                var card = TaskProjection.Card(id, state, version);
                await Task.WhenAll(holders.Select(holder => GiveAsync(others, holder, card)));
            }

            if (former is not null)
            {
                var gone = new CardRef { Id = id, Version = version };
                await Task.WhenAll(former.Select(holder => others.TellAsync(holder, user => user.RemoveAsync(gone))));
            }

            if (related)
            {
                await TellRelatedAsync(others.Grains, id, state, facts);
            }
        }
    }

    private static Task GiveAsync(Others others, Guid holder, Card card) => others.TellAsync(holder, user => user.DeliverAsync(card));

    /// <summary>Whom the facts concern and who does not have the task; null for nobody.</summary>
    private static HashSet<Guid>? Former(TaskState state, IReadOnlyList<Committed<TaskEvent>> facts, IReadOnlyList<Guid> holders)
    {
        HashSet<Guid>? former = null;
        void Add(Guid user)
        {
            if (!holders.Contains(user))
            {
                (former ??= []).Add(user);
            }
        }

        foreach (var fact in facts)
        {
            foreach (var user in TaskProjection.Concerned(fact.Event))
            {
                Add(user);
            }
        }

        if (state.AssigneeId is { } assignee)
        {
            Add(assignee);
        }

        return former;
    }

    private static async Task TellRelatedAsync(IGrainFactory grains, Guid id, TaskState state, IReadOnlyList<Committed<TaskEvent>> facts)
    {
        await Task.WhenAll((state.WaitsFor ?? []).Select(waited => grains.Grain<ITaskGrain>(waited).AddDependentAsync(id)));
        if (state.Final)
        {
            await Task.WhenAll((state.Dependents ?? []).Select(waiting => grains.Grain<ITaskGrain>(waiting).DependencyDoneAsync(id, state.Stage)));
        }

        foreach (var (step, at) in facts.Where(fact => fact.Event is TaskEscalated { Action: EscalationAction.TellManager }).Select(fact => (((TaskEscalated)fact.Event).Step, fact.At)))
        {
            var notice = Ids.Derived(at, id, $"escalation/{step}");
            await grains.Grain<INoticeGrain>(notice).PublishAsync(EscalationNotice.For(id, state), new(Actor.System, notice));
        }
    }
}

/// <summary>What managers are told of a task that is late.</summary>
internal static class EscalationNotice
{
    private static readonly TimeSpan Kept = TimeSpan.FromDays(7);

    public static PublishNotice For(Guid id, TaskState state) => new()
    {
        // The title is the company's own; who is late stands in the task, which the manager opens.
        Title = state.Title, Category = "task-escalation", TaskId = id,
        Audience = state.DepartmentId is { } department ? new() { Kind = AudienceKind.Managers, DepartmentId = department } : new() { Kind = AudienceKind.People, UserIds = [state.CreatorId] },
        ExpiresAt = state.UpdatedAt + Kept,
    };
}
