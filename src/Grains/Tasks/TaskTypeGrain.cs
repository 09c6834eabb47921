using System.Text.Json;
using System.Text.Json.Serialization;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Privacy;

namespace LimoCha.Actors.Tasks;

/// <summary>A task type's state.</summary>
public sealed record TaskTypeState : StateRecord
{
    public bool Made { get; init; }
    public SaveTaskType Type { get; init; } = new();
}

/// <summary>A fact about a task type.</summary>
[JsonDerivedType(typeof(TaskTypeSaved), "taskTypeSaved")]
public abstract record TaskTypeEvent;

/// <summary>It is so now.</summary>
public sealed record TaskTypeSaved(SaveTaskType Type) : TaskTypeEvent;

/// <summary>A task type in the read model.</summary>
[Personal(DataClass.Content)]
public sealed record TaskTypeRow : IProjectedRow
{
    public Guid Id { get; init; }
    public int Version { get; init; }
    public string Name { get; init; } = "";
    public bool Enabled { get; init; }
    /// <summary><see cref="SaveTaskType"/> as JSON.</summary>
    public string Definition { get; init; } = "{}";
}

/// <summary>Task types: their fact and row.</summary>
public sealed class TaskTypeKind : EntityKind<TaskTypeState, TaskTypeEvent>
{
    /// <summary>The only one.</summary>
    public static readonly TaskTypeKind Instance = new();

    private TaskTypeKind() { }

    /// <inheritdoc />
    public override string Name => "task-type";

    /// <inheritdoc />
    public override TaskTypeState Apply(TaskTypeState state, TaskTypeEvent fact, DateTimeOffset at) =>
        fact is TaskTypeSaved saved ? state with { Made = true, Type = saved.Type } : state;

    /// <inheritdoc />
    public override IReadOnlyList<IProjectedRow> Rows(Guid id, TaskTypeState state, int version, IReadOnlyList<Committed<TaskTypeEvent>> facts) =>
        [new TaskTypeRow { Id = id, Version = version, Name = state.Type.Name, Enabled = state.Type.Enabled, Definition = JsonSerializer.Serialize(state.Type, StateJson.Options) }];

    /// <summary>The answer of a row.</summary>
    public static TaskTypeView View(TaskTypeRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return View(row.Id, JsonSerializer.Deserialize<SaveTaskType>(row.Definition, StateJson.Options)!, row.Version);
    }

    /// <summary>The answer of a type.</summary>
    public static TaskTypeView View(Guid id, SaveTaskType type, int version)
    {
        ArgumentNullException.ThrowIfNull(type);
        return new()
        {
            Id = id, Version = version, Name = type.Name, Flow = type.Flow ?? FlowRules.BuiltIn, Checklist = type.Checklist ?? [],
            RespondWithinMinutes = type.RespondWithinMinutes, ResolveWithinMinutes = type.ResolveWithinMinutes,
            Escalations = type.Escalations ?? [], Category = type.Category, Enabled = type.Enabled,
        };
    }
}

/// <inheritdoc cref="ITaskTypeGrain" />
[GrainType("task-type")]
public sealed class TaskTypeGrain(IServiceProvider services) : DurableGrain<TaskTypeState, TaskTypeEvent>(TaskTypeKind.Instance, services), ITaskTypeGrain
{
    public Task<Outcome<TaskTypeView>> CreateAsync(SaveTaskType command, CallContext context, CancellationToken cancellationToken = default) =>
        ExecuteAsync(context, state => state.Made ? Refusal.Conflict("already-exists", "There is a task type with this id already.") : Save(command, context.By), View);

    public Task<Outcome<TaskTypeView>> ChangeAsync(SaveTaskType command, CallContext context, CancellationToken cancellationToken = default) =>
        ExecuteAsync(context, state => state.Made ? Save(command, context.By) : Refusal.NotFound("task type"), View);

    public Task<Outcome<TaskTypeView>> GetAsync(CancellationToken cancellationToken = default) =>
        Task.FromResult(Exists ? Outcome.Of(View(State, Version), Version) : Refusal.NotFound("task type"));

    private static Decision<TaskTypeEvent> Save(SaveTaskType command, Actor by) =>
        by.Role != Role.Admin ? Refusal.Forbidden("Only an admin changes task types.")
        : string.IsNullOrWhiteSpace(command.Name) ? Refusal.Invalid("name", "Name has 1 to 60 characters.")
        : command.Flow is { } flow && FlowRules.Check(flow) is { } wrong ? wrong
        : command.Checklist?.Any(line => string.IsNullOrWhiteSpace(line) || line.Length > 200) == true ? Refusal.Invalid("checklist", "A checklist has at most 50 lines of 1 to 200 characters.")
        : command.Escalations is { } chain && EscalationRules.Check(chain) is { } bad ? bad
        : new TaskTypeSaved(command with { Name = command.Name.Trim() });

    private TaskTypeView View(TaskTypeState state, int version) => TaskTypeKind.View(Id, state.Type, version);
}
