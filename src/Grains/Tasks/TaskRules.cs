using LimoCha.Actors.Kernel;
using LimoCha.Actors.Staff;

namespace LimoCha.Actors.Tasks;

/// <summary>
/// A task's state machine and who may do what. Draft → Assigned → Accepted → Started → Completed; Assigned → Declined;
/// Assigned and Declined expire at their due time; Draft, Declined and Expired can be assigned; Assigned, Accepted and
/// Started can be reassigned; everything that is not final can be cancelled.
/// </summary>
public static class TaskRules
{
    private static readonly TimeSpan FarthestDue = TimeSpan.FromDays(5 * 365);

    /// <summary>Makes the task; with an assignee it is assigned at once.</summary>
    public static Decision<TaskEvent> Create(TaskState state, CreateTask command, Actor by, UserView? assignee, DateTimeOffset now)
    {
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

        if (CheckDue(command.DueAt, now) is { } late)
        {
            return late;
        }

        var created = new TaskCreated(
            command.Title.Trim(), command.Description, command.Priority, command.Category,
            by.UserId, command.CustomerId, command.LocationId, command.DueAt, by.DepartmentId);
        if (command.AssigneeId is not { } to)
        {
            return created;
        }

        return CheckAssignee(to, assignee, by) is { } refusal
            ? refusal
            : Decision<TaskEvent>.Facts(created, new TaskAssigned(to, assignee!.DepartmentId, null, null, null));
    }

    /// <summary>Gives a task that nobody has to somebody.</summary>
    public static Decision<TaskEvent> Assign(TaskState state, AssignTask command, Actor by, UserView? assignee, DateTimeOffset now) =>
        CheckGiving(state, command, by, assignee, now) is { } refusal ? refusal
        : state.Stage is TaskStage.Draft or TaskStage.Declined or TaskStage.Expired
            ? new TaskAssigned(command.AssigneeId!.Value, assignee!.DepartmentId, null, command.DueAt, command.Note)
        : state.OnDevices ? Refusal.Conflict("already-assigned", "Somebody has this task; reassign it.")
        : WrongStage(state, "assigned");

    /// <summary>Takes a task from who has it and gives it to another.</summary>
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

        return new TaskAssigned(command.AssigneeId!.Value, assignee!.DepartmentId, state.AssigneeId, command.DueAt, command.Note);
    }

    /// <summary>Takes a step.</summary>
    public static Decision<TaskEvent> Act(TaskState state, TaskAction action, string? note, Actor by, DateTimeOffset now)
    {
        if (!MaySee(state, by))
        {
            return Refusal.NotFound("task");
        }

        if (note is { Length: > 1000 })
        {
            return Refusal.Invalid("note", "Note has at most 1,000 characters.");
        }

        return action switch
        {
            TaskAction.Comment => string.IsNullOrWhiteSpace(note)
                ? Refusal.Invalid("note", "A comment has 1 to 1,000 characters.")
                : new TaskCommented(note.Trim()),
            TaskAction.Cancel => Cancel(state, note, by),
            _ => Step(state, action, note, by, now),
        };
    }

    /// <summary>Expires the task if nobody took it in time.</summary>
    public static Decision<TaskEvent> Expire(TaskState state, DateTimeOffset now) =>
        state.Made && ExpiresAt(state) is { } due && due <= now ? new TaskExpired(due) : Decision<TaskEvent>.Nothing;

    /// <summary>When it expires if nothing happens; null when it does not.</summary>
    public static DateTimeOffset? ExpiresAt(TaskState state) =>
        state.Stage is TaskStage.Assigned or TaskStage.Declined ? state.DueAt : null;

    /// <summary>Own tasks for staff, the department's for its managers, all for those who see all.</summary>
    public static bool MaySee(TaskState state, Actor by) =>
        state.Made && (by.SeesAll || state.AssigneeId == by.UserId || state.CreatorId == by.UserId || Manages(state, by));

    /// <summary>The state with a fact added.</summary>
    public static TaskState Apply(TaskState state, TaskEvent fact, DateTimeOffset at)
    {
        state = state with { UpdatedAt = at };
        return fact switch
        {
            TaskCreated f => state with
            {
                Made = true, Title = f.Title, Description = f.Description, Stage = TaskStage.Draft, Priority = f.Priority,
                Category = f.Category, CreatorId = f.CreatorId, CustomerId = f.CustomerId, LocationId = f.LocationId,
                DueAt = f.DueAt, DepartmentId = f.DepartmentId, CreatedAt = at,
            },
            TaskAssigned f => state with
            {
                Stage = TaskStage.Assigned, AssigneeId = f.To, DepartmentId = f.DepartmentId,
                DueAt = f.DueAt ?? state.DueAt, Note = f.Note,
            },
            TaskAccepted f => state with { Stage = TaskStage.Accepted, Note = f.Note },
            TaskDeclined f => state with { Stage = TaskStage.Declined, Note = f.Reason },
            TaskStarted f => state with { Stage = TaskStage.Started, Note = f.Note },
            TaskCompleted f => state with { Stage = TaskStage.Completed, Note = f.Note },
            TaskCancelled f => state with { Stage = TaskStage.Cancelled, Note = f.Reason },
            TaskExpired => state with { Stage = TaskStage.Expired, Note = null },
            TaskCommented => state with { Comments = state.Comments + 1 },
            _ => state,
        };
    }

    private static Decision<TaskEvent> Cancel(TaskState state, string? note, Actor by) =>
        state.Final ? WrongStage(state, "cancelled")
        : by.Role == Role.Admin || state.CreatorId == by.UserId || Manages(state, by) ? new TaskCancelled(note)
        : Refusal.Forbidden("Only who made the task, their manager or an admin may cancel it.");

    private static Decision<TaskEvent> Step(TaskState state, TaskAction action, string? note, Actor by, DateTimeOffset now)
    {
        if (state.AssigneeId != by.UserId)
        {
            return Refusal.Forbidden("Only the assignee may take this step.");
        }

        if (ExpiresAt(state) is { } due && due <= now)
        {
            return Refusal.Conflict("task-expired", "The task was not taken before its due time.");
        }

        return (action, state.Stage) switch
        {
            (TaskAction.Accept, TaskStage.Assigned) => new TaskAccepted(note),
            (TaskAction.Decline, TaskStage.Assigned) => string.IsNullOrWhiteSpace(note)
                ? Refusal.Invalid("note", "A decline says why, in 1 to 1,000 characters.")
                : new TaskDeclined(note.Trim()),
            (TaskAction.Start, TaskStage.Accepted) => new TaskStarted(note),
            (TaskAction.Complete, TaskStage.Started) => new TaskCompleted(note),
            (TaskAction.Accept, _) => WrongStage(state, "accepted"),
            (TaskAction.Decline, _) => WrongStage(state, "declined"),
            (TaskAction.Start, _) => WrongStage(state, "started"),
            _ => WrongStage(state, "completed"),
        };
    }

    private static Refusal? CheckGiving(TaskState state, AssignTask command, Actor by, UserView? assignee, DateTimeOffset now) =>
        !MaySee(state, by) ? Refusal.NotFound("task")
        : by.Role != Role.Admin && state.CreatorId != by.UserId && !Manages(state, by)
            ? Refusal.Forbidden("Only who made the task, their manager or an admin may assign it.")
        : command.AssigneeId is not { } to ? Refusal.Invalid("assigneeId", "AssigneeId is required.")
        : CheckAssignee(to, assignee, by) is { } refusal ? refusal
        : CheckDue(command.DueAt, now) is { } late ? late
        : command.DueAt is null && state.DueAt <= now
            ? Refusal.Unprocessable("due-in-past", "The due time has passed; give a new one.", "dueAt")
        : null;

    private static Refusal? CheckAssignee(Guid to, UserView? assignee, Actor by) =>
        assignee is null ? Refusal.Unprocessable("unknown-assignee", "There is no such staff member.", "assigneeId")
        : !assignee.Enabled ? Refusal.Unprocessable("assignee-disabled", "This staff member's account is disabled.", "assigneeId")
        : by.Role == Role.Admin || to == by.UserId ? null
        : by.Role == Role.Manager && by.DepartmentId is { } department && department == assignee.DepartmentId ? null
        : Refusal.Forbidden("Managers assign within their department; staff assign to themselves.");

    private static Refusal? CheckDue(DateTimeOffset? dueAt, DateTimeOffset now) =>
        dueAt is not { } due ? null
        : due <= now ? Refusal.Unprocessable("due-in-past", "The due time has passed.", "dueAt")
        : due > now + FarthestDue ? Refusal.Unprocessable("due-too-far", "The due time is more than five years away.", "dueAt")
        : null;

    private static bool Manages(TaskState state, Actor by) =>
        by.Role == Role.Manager && by.DepartmentId is { } department && department == state.DepartmentId;

    private static Refusal WrongStage(TaskState state, string wanted) =>
        Refusal.Conflict("wrong-stage", $"A task that is {JsonName(state.Stage)} cannot be {wanted}.");

    private static string JsonName(TaskStage stage) => stage switch
    {
        TaskStage.Draft => "draft",
        TaskStage.Assigned => "assigned",
        TaskStage.Accepted => "accepted",
        TaskStage.Declined => "declined",
        TaskStage.Started => "started",
        TaskStage.Completed => "completed",
        TaskStage.Cancelled => "cancelled",
        _ => "expired",
    };
}
