using LimoCha.Actors.Kernel;
using LimoCha.Actors.Staff;
using LimoCha.Actors.Tasks;

namespace LimoCha.Actors.Unit.Tasks;

/// <summary>A company of six, and tasks in their stages.</summary>
internal static class TaskGivens
{
    public static readonly DateTimeOffset Now = new(2026, 3, 2, 1, 0, 0, TimeSpan.Zero);
    public static readonly Guid East = new("01900000-0000-7000-8000-00000000000e");
    public static readonly Guid South = new("01900000-0000-7000-8000-00000000000f");
    public static readonly Actor Admin = Person(1, Role.Admin, null);
    public static readonly Actor Manager = Person(2, Role.Manager, East);
    public static readonly Actor OtherManager = Person(3, Role.Manager, South);
    public static readonly Actor Assignee = Person(4, Role.Staff, East);
    public static readonly Actor Colleague = Person(5, Role.Staff, East);
    public static readonly Actor Auditor = Person(6, Role.Auditor, null);

    public static Decision<TaskEvent> Create(Actor by, UserView assignee) =>
        TaskRules.Create(new(), new() { Title = "Visit", AssigneeId = assignee.Id }, by, new() { Assignee = assignee }, Now);

    public static TaskState In(TaskStage stage) => new()
    {
        Made = true, Title = "Visit", Stage = stage, CreatorId = Manager.UserId, AssigneeId = stage == TaskStage.Draft ? null : Assignee.UserId, DepartmentId = East,
    };

    public static Decision<TaskEvent> Act(TaskState state, TaskAction action, string? note, Actor by, DateTimeOffset now) =>
        TaskRules.Act(state, action, new() { Note = note }, by, StepFacts.None, now);

    public static Decision<TaskEvent> Expire(TaskState state, DateTimeOffset now) => EscalationRules.OnDue(state, null, now);

    public static TaskState Fold(TaskState state, Decision<TaskEvent> decision) =>
        decision.Events.Aggregate(state, (current, fact) => TaskRules.Apply(current, fact, Now));

    public static Actor Person(int n, Role role, Guid? department) => new(new Guid($"01900000-0000-7000-8000-{n:D12}"), role, department);

    public static UserView View(Actor actor) => new() { Id = actor.UserId, DepartmentId = actor.DepartmentId, Role = actor.Role, Enabled = true };
}
