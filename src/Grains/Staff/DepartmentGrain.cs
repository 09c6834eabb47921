using System.Text.Json.Serialization;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Privacy;

namespace LimoCha.Actors.Staff;

/// <summary>A department's state.</summary>
[NotPersonal]
public sealed record DepartmentState : StateRecord
{
    public string Name { get; init; } = "";
    public Guid? ParentId { get; init; }
}

/// <summary>A fact about a department.</summary>
[JsonDerivedType(typeof(DepartmentSaved), "departmentSaved")]
public abstract record DepartmentEvent;

/// <summary>It has this name and place.</summary>
[NotPersonal]
public sealed record DepartmentSaved(string Name, Guid? ParentId) : DepartmentEvent;

/// <summary>Departments: their fact and row.</summary>
public sealed class DepartmentKind : EntityKind<DepartmentState, DepartmentEvent>
{
    /// <summary>The only one.</summary>
    public static readonly DepartmentKind Instance = new();

    private DepartmentKind() { }

    /// <inheritdoc />
    public override string Name => "department";

    /// <inheritdoc />
    public override DepartmentState Apply(DepartmentState state, DepartmentEvent fact, DateTimeOffset at) =>
        fact is DepartmentSaved saved ? state with { Name = saved.Name, ParentId = saved.ParentId } : state;

    /// <inheritdoc />
    public override IReadOnlyList<IProjectedRow> Rows(Guid id, DepartmentState state, int version, IReadOnlyList<Committed<DepartmentEvent>> facts) =>
        [new DepartmentRow { Id = id, Version = version, Name = state.Name, ParentId = state.ParentId }];
}

/// <inheritdoc cref="IDepartmentGrain" />
[GrainType("department")]
public sealed class DepartmentGrain(IServiceProvider services) : DurableGrain<DepartmentState, DepartmentEvent>(DepartmentKind.Instance, services), IDepartmentGrain
{
    public Task<Outcome<DepartmentView>> CreateAsync(SaveDepartment command, CallContext context, CancellationToken cancellationToken = default) =>
        Exists
            ? Task.FromResult<Outcome<DepartmentView>>(Refusal.Conflict("already-exists", "There is a department with this id already."))
            : SaveAsync(command, context);

    public Task<Outcome<DepartmentView>> ChangeAsync(SaveDepartment command, CallContext context, CancellationToken cancellationToken = default) =>
        Exists ? SaveAsync(command, context) : Task.FromResult<Outcome<DepartmentView>>(Refusal.NotFound("department"));

    public Task<Outcome<DepartmentView>> GetAsync(CancellationToken cancellationToken = default) =>
        Task.FromResult(Exists ? Outcome.Of(View(State, Version), Version) : Refusal.NotFound("department"));

    private Task<Outcome<DepartmentView>> SaveAsync(SaveDepartment command, CallContext context) =>
        ExecuteAsync(
            context,
            _ => context.By.Role != Role.Admin ? Refusal.Forbidden("Only an admin changes departments.")
                : string.IsNullOrWhiteSpace(command.Name) ? Refusal.Invalid("name", "Name has 1 to 60 characters.")
                : command.ParentId == Id ? Refusal.Unprocessable("own-parent", "A department cannot be above itself.", "parentId")
                : new DepartmentSaved(command.Name.Trim(), command.ParentId),
            View);

    private DepartmentView View(DepartmentState state, int version) =>
        new() { Id = Id, Version = version, Name = state.Name, ParentId = state.ParentId };
}
