using LimoCha.Actors.Devices;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Staff;

namespace LimoCha.Actors.Tasks;

/// <summary>Tasks: their facts, row and cards.</summary>
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
        [TaskProjection.Row(id, state, version)];

    /// <summary>The assignee has the card if it is open; everybody it was taken from, and the assignee of a closed one, has not.</summary>
    public override async Task TellAsync(IGrainFactory grains, Guid id, TaskState state, int version, IReadOnlyList<Committed<TaskEvent>> facts)
    {
        var holder = state.OnDevices ? state.AssigneeId : null;
        if (holder is { } assignee)
        {
            await grains.Grain<IUserGrain>(assignee).DeliverAsync(TaskProjection.Card(TaskProjection.Row(id, state, version)));
        }

        var former = facts.Select(f => f.Event).OfType<TaskAssigned>().SelectMany(f => new[] { f.From, f.To }).Append(state.AssigneeId);
        foreach (var user in former.OfType<Guid>().Distinct().Where(user => user != holder))
        {
            await grains.Grain<IUserGrain>(user).RemoveAsync(new CardRef { Id = id, Version = version });
        }
    }
}
