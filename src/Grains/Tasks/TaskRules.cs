using LimoCha.Actors.Kernel;
using LimoCha.Actors.Staff;

namespace LimoCha.Actors.Tasks;

/// <summary>
/// A task's state machine and who may do what. Draft → Assigned or Offered → Accepted → Started → Completed; Assigned →
/// Declined; Assigned and Declined expire at their due time unless they have an escalation chain; Draft, Declined and
/// Expired can be assigned; Offered, Assigned, Accepted and Started can be reassigned; everything that is not final can be
/// cancelled. Which steps lead from Assigned to Completed is the flow's to say (<see cref="FlowRules"/>).
/// </summary>
public static partial class TaskRules
{
    private const int MaxChecklistLine = 200;
    private static readonly TimeSpan FarthestDue = TimeSpan.FromDays(5 * 365);

    /// <summary>Takes everything out that may speak of an erased customer.</summary>
    public static Decision<TaskEvent> Redact(TaskState state, Guid customerId)
    {
        ArgumentNullException.ThrowIfNull(state);
        return state.CustomerId == customerId ? new TaskRedacted() : Decision<TaskEvent>.Nothing;
    }

    /// <summary>Takes out where steps were taken before then; that they were proved stays.</summary>
    public static Decision<TaskEvent> ForgetPlaces(TaskState state, DateTimeOffset before)
    {
        ArgumentNullException.ThrowIfNull(state);
        return state.Proofs?.Any(proof => proof.Point is not null && proof.At < before) == true ? new TaskPlacesForgotten(before) : Decision<TaskEvent>.Nothing;
    }

    /// <summary>Makes the task; with an assignee or a choice it is given at once.</summary>
    /// <param name="state">What is there under this id.</param>
    /// <param name="command">What is wanted.</param>
    /// <param name="by">Who wants it.</param>
    /// <param name="facts">What the rule has to know of others.</param>
    /// <param name="now">The time.</param>
    public static Decision<TaskEvent> Create(TaskState state, CreateTask command, Actor by, CreationFacts facts, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(command);
        ArgumentNullException.ThrowIfNull(by);
        if (state.Made)
        {
            return Refusal.Conflict("already-exists", "There is a task with this id already.");
        }

        if (by.Role is Role.Auditor or Role.PrivacyOfficer)
        {
            return Refusal.Forbidden("Your role does not make tasks.");
        }

        if (string.IsNullOrWhiteSpace(command.Title) || command.Title.Length > 200)
        {
            return Refusal.Invalid("title", "Title has 1 to 200 characters.");
        }

        var type = facts.Type;
        var dueAt = command.DueAt ?? (type?.ResolveWithinMinutes is { } resolve ? now.AddMinutes(resolve) : null);
        if ((CheckDue(dueAt, "dueAt", now) ?? CheckDue(command.RespondBy, "respondBy", now) ?? CheckParts(command, facts)) is { } refusal)
        {
            return refusal;
        }

        var created = new TaskCreated(
            command.Title.Trim(), command.Description, command.Priority, command.Category ?? type?.Category,
            by.UserId, command.CustomerId, command.LocationId, dueAt, command.Assignment?.DepartmentId ?? by.DepartmentId)
        {
            TypeId = command.TypeId,
            Flow = type is null || FlowRules.IsBuiltIn(type.Flow) ? null : type.Flow,
            Checklist = NullIfEmpty(command.Checklist ?? type?.Checklist),
            DependsOn = NullIfEmpty(command.DependsOn?.Distinct().ToArray()),
            Assignment = command.Assignment is { } wanted ? wanted with { DepartmentId = wanted.DepartmentId ?? by.DepartmentId } : null,
            Escalations = NullIfEmpty(command.Escalations ?? type?.Escalations),
            RespondBy = command.RespondBy ?? (type?.RespondWithinMinutes is { } respond ? now.AddMinutes(respond) : null),
        };
        if (command.AssigneeId is { } to)
        {
            return CheckAssignee(to, facts.Assignee, by) is { } no
                ? no
                : Decision<TaskEvent>.Facts(created, new TaskAssigned(to, facts.Assignee!.DepartmentId, null, null, null));
        }

        return command.Assignment is not { } how ? created
            : AssignmentRules.CheckUse(how, by) is { } wrong ? wrong
            : facts.Choice is { } choice ? Decision<TaskEvent>.Facts(created, AssignmentRules.Give(how, choice, null, null, now))
            : created;
    }

    /// <summary>Gives a task that nobody has to somebody.</summary>
    public static Decision<TaskEvent> Assign(TaskState state, AssignTask command, Actor by, UserView? assignee, DateTimeOffset now) =>
        CheckGiving(state, command, by, assignee, now) is { } refusal ? refusal
        : state.Stage is TaskStage.Draft or TaskStage.Declined or TaskStage.Expired
            ? new TaskAssigned(command.AssigneeId!.Value, assignee!.DepartmentId, null, command.DueAt, command.Note)
        : state.OnDevices || state.Stage == TaskStage.Offered ? Refusal.Conflict("already-assigned", "Somebody has this task or is offered it; reassign it.")
        : WrongStage(state, "assigned");

    /// <summary>Takes a task from who has it or is offered it and gives it to another.</summary>
    public static Decision<TaskEvent> Reassign(TaskState state, AssignTask command, Actor by, UserView? assignee, DateTimeOffset now)
    {
        if (CheckGiving(state, command, by, assignee, now) is { } refusal)
        {
            return refusal;
        }

        if (state.Final || state.Stage == TaskStage.Draft)
        {
            return WrongStage(state, "reassigned");
        }

        if (state.OnDevices && state.AssigneeId == command.AssigneeId)
        {
            return Refusal.Conflict("already-assigned", "This person has the task already.");
        }

        return new TaskAssigned(command.AssigneeId!.Value, assignee!.DepartmentId, state.AssigneeId, command.DueAt, command.Note)
        {
            OfferedTo = state.Stage == TaskStage.Offered ? state.OfferedTo : null,
        };
    }

    /// <summary>Takes a step by its general name.</summary>
    /// <param name="state">The task.</param>
    /// <param name="action">What is done.</param>
    /// <param name="command">The remark and the proofs.</param>
    /// <param name="by">Who does it.</param>
    /// <param name="facts">What the rule has to know of others.</param>
    /// <param name="now">The time.</param>
    public static Decision<TaskEvent> Act(TaskState state, TaskAction action, TaskNote command, Actor by, StepFacts facts, DateTimeOffset now)
    {
        if (CheckActing(state, command, by) is { } refusal)
        {
            return refusal;
        }

        var note = command.Note;
        return action switch
        {
            TaskAction.Comment => string.IsNullOrWhiteSpace(note)
                ? Refusal.Invalid("note", "A comment has 1 to 1,000 characters.")
                : new TaskCommented(note.Trim()),
            TaskAction.Cancel => Cancel(state, note, by),
            TaskAction.Decline => Decline(state, note, by, facts, now),
            TaskAction.Accept when state.Stage == TaskStage.Offered => TakeOffer(state, note, by, now),
            TaskAction.Accept => FlowRules.Take(state, TaskStage.Accepted, command, by, facts, now),
            TaskAction.Start => FlowRules.Take(state, TaskStage.Started, command, by, facts, now),
            _ => FlowRules.Take(state, TaskStage.Completed, command, by, facts, now),
        };
    }

    /// <summary>Takes a step of the flow by its key.</summary>
    public static Decision<TaskEvent> Step(TaskState state, string step, TaskNote command, Actor by, StepFacts facts, DateTimeOffset now) =>
        CheckActing(state, command, by) is { } refusal ? refusal
        : state.Stage == TaskStage.Offered && step == FlowRules.Accept ? TakeOffer(state, command.Note, by, now)
        : FlowRules.Take(state, step, command, by, facts, now);

    /// <summary>Ticks a line off. Only who has the task, while it is theirs.</summary>
    public static Decision<TaskEvent> Check(TaskState state, CheckItem command, Actor by) =>
        !MaySee(state, by) ? Refusal.NotFound("task")
        : state.AssigneeId != by.UserId ? Refusal.Forbidden("Only the assignee ticks the checklist off.")
        : state.Stage is not (TaskStage.Accepted or TaskStage.Started) ? WrongStage(state, "worked on")
        : state.Checklist is not { } list || command.Item < 0 || command.Item >= list.Count ? Refusal.Unprocessable("no-such-item", $"The checklist has {state.Checklist?.Count ?? 0} lines, counted from 0.", "item")
        : list[command.Item].Done == command.Done ? Decision<TaskEvent>.Nothing
        : new TaskChecked(command.Item, command.Done);

    /// <summary>Another task waits for this one.</summary>
    public static Decision<TaskEvent> AddDependent(TaskState state, Guid dependent) =>
        !state.Made || state.Dependents?.Contains(dependent) == true ? Decision<TaskEvent>.Nothing : new TaskDependentAdded(dependent);

    /// <summary>A task that this one waited for is done.</summary>
    public static Decision<TaskEvent> DependencyDone(TaskState state, Guid dependency, TaskStage how) =>
        state.Final || state.WaitsFor?.Contains(dependency) != true ? Decision<TaskEvent>.Nothing : new TaskDependencyDone(dependency, how);

    /// <summary>When it expires if nothing happens; null when it does not.</summary>
    public static DateTimeOffset? ExpiresAt(TaskState state) =>
        state.Escalations is null && (state.Stage is TaskStage.Assigned or TaskStage.Declined or TaskStage.Offered || state.Stage == TaskStage.Draft && state.Assignment is not null) ? state.DueAt : null;

    /// <summary>Own and offered tasks for staff, the department's for its managers, all for those who see all.</summary>
    public static bool MaySee(TaskState state, Actor by) =>
        state.Made && (by.SeesAll || state.AssigneeId == by.UserId || state.CreatorId == by.UserId || Manages(state, by)
            || state.Stage == TaskStage.Offered && state.OfferedTo!.Contains(by.UserId));

    /// <summary>A manager of the task's department.</summary>
    internal static bool Manages(TaskState state, Actor by) =>
        by.Role == Role.Manager && by.DepartmentId is { } department && department == state.DepartmentId;

    /// <summary>"A task that is … cannot be …".</summary>
    internal static Refusal WrongStage(TaskState state, string wanted) =>
        Refusal.Conflict("wrong-stage", $"A task that is {Enum.GetName(state.Stage)!.ToLowerInvariant()} cannot be {wanted}.");

    private static Decision<TaskEvent> Cancel(TaskState state, string? note, Actor by) =>
        state.Final ? WrongStage(state, "cancelled")
        : by.Role == Role.Admin || state.CreatorId == by.UserId || Manages(state, by) ? new TaskCancelled(note)
        : Refusal.Forbidden("Only who made the task, their manager or an admin may cancel it.");

    private static Decision<TaskEvent> TakeOffer(TaskState state, string? note, Actor by, DateTimeOffset now) =>
        state.OfferedTo?.Contains(by.UserId) != true ? Refusal.Forbidden("The task is not offered to you.")
        : state.AnswerBy <= now || ExpiresAt(state) <= now ? Refusal.Conflict("task-expired", "The offer was not taken in time.")
        : new TaskOfferTaken(by.UserId, by.DepartmentId, state.OfferedTo, note);

    /// <summary>A refusal of what was given by a strategy goes on to the next person in the same write.</summary>
    private static Decision<TaskEvent> Decline(TaskState state, string? note, Actor by, StepFacts facts, DateTimeOffset now)
    {
        var offered = state.Stage == TaskStage.Offered && state.OfferedTo!.Contains(by.UserId);
        if (!offered && (FlowRules.CheckAssignee(state, by) ?? FlowRules.CheckInTime(state, now)) is { } refusal)
        {
            return refusal;
        }

        if (!offered && state.Stage != TaskStage.Assigned)
        {
            return WrongStage(state, "declined");
        }

        if (string.IsNullOrWhiteSpace(note))
        {
            return Refusal.Invalid("note", "A decline says why, in 1 to 1,000 characters.");
        }

        if (offered && state.OfferedTo!.Count > 1)
        {
            return new TaskOfferDeclined(by.UserId, note.Trim());
        }

        TaskEvent declined = offered ? new TaskOfferDeclined(by.UserId, note.Trim()) : new TaskDeclined(note.Trim());
        return state.Assignment is { } how && facts.Choice is { } choice
            ? Decision<TaskEvent>.Facts(declined, AssignmentRules.Give(how, choice, by.UserId, null, now))
            : declined;
    }

    private static Refusal? CheckActing(TaskState state, TaskNote command, Actor by) =>
        state is { Stage: not TaskStage.Offered, OfferedTo: { } offered } && state.AssigneeId != by.UserId && offered.Contains(by.UserId) && !MaySee(state, by)
            ? Refusal.Conflict("offer-taken", "Somebody else was faster; the task is theirs.")
        : !MaySee(state, by) ? Refusal.NotFound("task")
        : by.Role == Role.Auditor && state.AssigneeId != by.UserId ? Refusal.Forbidden("An auditor reads and changes nothing.")
        : command.Note is { Length: > 1000 } ? Refusal.Invalid("note", "Note has at most 1,000 characters.")
        : command.Proofs is { Count: > 10 } ? Refusal.Invalid("proofs", "At most 10 proofs go with a step.")
        : null;

    private static Refusal? CheckParts(CreateTask command, CreationFacts facts) =>
        command.TypeId is not null && facts.Type is null ? Refusal.Unprocessable("unknown-type", "There is no such task type.", "typeId")
        : facts.Type is { Enabled: false } ? Refusal.Unprocessable("type-disabled", "This task type is not used any more.", "typeId")
        : command.Checklist is { Count: > 50 } || command.Checklist?.Any(line => string.IsNullOrWhiteSpace(line) || line.Length > MaxChecklistLine) == true
            ? Refusal.Invalid("checklist", "A checklist has at most 50 lines of 1 to 200 characters.")
        : command.DependsOn is { Count: > 20 } ? Refusal.Invalid("dependsOn", "A task waits for at most 20 others.")
        : facts.UnknownDependency is { } unknown ? Refusal.Unprocessable("unknown-dependency", $"There is no task {unknown} that you may see.", "dependsOn")
        : command is { AssigneeId: not null, Assignment: not null } ? Refusal.Unprocessable("assignee-and-assignment", "Name an assignee or let the engine choose, not both.", "assignment")
        : command.Assignment is { } how && AssignmentRules.Check(how, command.LocationId) is { } wrong ? wrong
        : command.Escalations is { } chain && EscalationRules.Check(chain) is { } bad ? bad
        : null;

    private static Refusal? CheckGiving(TaskState state, AssignTask command, Actor by, UserView? assignee, DateTimeOffset now) =>
        !MaySee(state, by) ? Refusal.NotFound("task")
        : by.Role != Role.Admin && state.CreatorId != by.UserId && !Manages(state, by)
            ? Refusal.Forbidden("Only who made the task, their manager or an admin may assign it.")
        : command.AssigneeId is not { } to ? Refusal.Invalid("assigneeId", "AssigneeId is required.")
        : CheckAssignee(to, assignee, by) is { } refusal ? refusal
        : CheckDue(command.DueAt, "dueAt", now) is { } late ? late
        : command.DueAt is null && state.DueAt <= now && state.Escalations is null
            ? Refusal.Unprocessable("due-in-past", "The due time has passed; give a new one.", "dueAt")
        : null;

    private static Refusal? CheckAssignee(Guid to, UserView? assignee, Actor by) =>
        assignee is null ? Refusal.Unprocessable("unknown-assignee", "There is no such staff member.", "assigneeId")
        : !assignee.Enabled ? Refusal.Unprocessable("assignee-disabled", "This staff member's account is disabled.", "assigneeId")
        : by.Role == Role.Admin || to == by.UserId ? null
        : by.Role == Role.Manager && by.DepartmentId is { } department && department == assignee.DepartmentId ? null
        : Refusal.Forbidden("Managers assign within their department; staff assign to themselves.");

    private static Refusal? CheckDue(DateTimeOffset? dueAt, string field, DateTimeOffset now) =>
        dueAt is not { } due ? null
        : due <= now ? Refusal.Unprocessable("due-in-past", "The due time has passed.", field)
        : due > now + FarthestDue ? Refusal.Unprocessable("due-too-far", "The due time is more than five years away.", field)
        : null;

    private static IReadOnlyList<T>? NullIfEmpty<T>(IReadOnlyList<T>? list) => list is { Count: > 0 } ? list : null;
}

/// <summary>What the creation of a task has to know of others.</summary>
public sealed record CreationFacts
{
    /// <summary>The assignee, if there is such a person.</summary>
    public UserView? Assignee { get; init; }
    /// <summary>The type, if there is such a one.</summary>
    public TaskTypeView? Type { get; init; }
    /// <summary>Whom the engine chose.</summary>
    public AssignmentChoice? Choice { get; init; }
    /// <summary>The first of the tasks to wait for that there is not.</summary>
    public Guid? UnknownDependency { get; init; }
}

/// <summary>What a step has to know of others.</summary>
public sealed record StepFacts
{
    /// <summary>Nothing.</summary>
    public static readonly StepFacts None = new();
    /// <summary>The proofs as they were found to be, or why not.</summary>
    public Outcome<IReadOnlyList<TaskProof>>? Proofs { get; init; }
    /// <summary>Who would have the task next, if it is declined.</summary>
    public AssignmentChoice? Choice { get; init; }
}
