namespace LimoCha.Actors.Tasks;

/// <summary>What each fact makes of a task.</summary>
public static partial class TaskRules
{
    private const int MaxTried = 500;

    /// <summary>The title of a task whose person was erased.</summary>
    public const string RedactedTitle = "已删除 / erased";

    /// <summary>The state with a fact added.</summary>
    public static TaskState Apply(TaskState state, TaskEvent fact, DateTimeOffset at)
    {
        ArgumentNullException.ThrowIfNull(state);
        return fact switch
        {
            // What nearly every task begins with: one copy of the state for each, not two.
            TaskCreated f => state with
            {
                UpdatedAt = at, Made = true, Title = f.Title, Description = f.Description, Stage = TaskStage.Draft, Priority = f.Priority,
                Category = f.Category, CreatorId = f.CreatorId, CustomerId = f.CustomerId, LocationId = f.LocationId,
                DueAt = f.DueAt, DepartmentId = f.DepartmentId, CreatedAt = at, TypeId = f.TypeId, Flow = f.Flow,
                Checklist = f.Checklist is null ? null : [.. f.Checklist.Select(text => new ChecklistItem { Text = text })],
                WaitsFor = f.DependsOn, Assignment = f.Assignment, Escalations = f.Escalations, RespondBy = f.RespondBy,
            },
            TaskAssigned f => state with
            {
                UpdatedAt = at, Stage = TaskStage.Assigned, AssigneeId = f.To, DepartmentId = f.DepartmentId, Step = null,
                DueAt = f.DueAt ?? state.DueAt, Note = f.Note, AnswerBy = f.AnswerBy, OfferedTo = null, NextTryAt = null,
            },
            // Nothing happened to the task: it goes on resting.
            TaskPlacesForgotten f => state with { Proofs = [.. state.Proofs!.Select(proof => proof.At < f.Before ? proof with { Point = null } : proof)] },
            _ => ApplyLater(state with { UpdatedAt = at }, fact, at),
        };
    }

    /// <summary>What happens to a task that has been made.</summary>
    private static TaskState ApplyLater(TaskState state, TaskEvent fact, DateTimeOffset at) =>
        fact switch
        {
            TaskRedacted => state with
            {
                Title = RedactedTitle, Description = null, Note = null, CustomerId = null, Proofs = null, Unknown = null,
                Checklist = state.Checklist is null ? null : [.. state.Checklist.Select(item => item with { Text = RedactedTitle })],
            },
            TaskOffered f => state with { Stage = TaskStage.Offered, AssigneeId = null, OfferedTo = f.To, AnswerBy = f.AnswerBy, NextTryAt = null, Note = null, Step = null },
            TaskOfferTaken f => state with
            {
                Stage = TaskStage.Accepted, AssigneeId = f.By, DepartmentId = f.DepartmentId ?? state.DepartmentId, AnswerBy = null,
                Note = f.Note, Step = FlowRules.Accept, RespondedAt = state.RespondedAt ?? at,
            },
            TaskOfferDeclined f => Tried(state, f.By) with { OfferedTo = [.. state.OfferedTo!.Where(user => user != f.By)] },
            TaskUnanswered f => Tried(state, [.. f.From]) with { Stage = TaskStage.Declined, AnswerBy = null, OfferedTo = null, Note = null },
            TaskNotPlaced f => state with { NextTryAt = f.NextTryAt, Tried = null },
            TaskAccepted f => state with { Stage = TaskStage.Accepted, Note = f.Note, Step = f.Step ?? FlowRules.Accept, Proofs = Add(state.Proofs, f.Proofs), AnswerBy = null, RespondedAt = Timed(state) ? state.RespondedAt ?? at : null },
            TaskDeclined f => Tried(state, state.AssigneeId!.Value) with { Stage = TaskStage.Declined, Note = f.Reason, AnswerBy = null },
            TaskStarted f => state with { Stage = TaskStage.Started, Note = f.Note, Step = f.Step ?? FlowRules.Start, Proofs = Add(state.Proofs, f.Proofs) },
            TaskCompleted f => state with { Stage = TaskStage.Completed, Note = f.Note, Step = f.Step ?? FlowRules.Complete, Proofs = Add(state.Proofs, f.Proofs), OfferedTo = null, CompletedAt = Timed(state) ? at : null },
            TaskCancelled f => state with { Stage = TaskStage.Cancelled, Note = f.Reason, AnswerBy = null, NextTryAt = null, OfferedTo = null },
            TaskExpired => state with { Stage = TaskStage.Expired, Note = null, AnswerBy = null, NextTryAt = null, OfferedTo = null },
            TaskCommented => state with { Comments = state.Comments + 1 },
            TaskChecked f => state with { Checklist = [.. state.Checklist!.Select((item, i) => i == f.Item ? item with { Done = f.Done } : item)] },
            TaskEscalated f => state with { Escalated = state.Escalated | 1 << f.Step, Reminders = state.Reminders + (f.Action == EscalationAction.Remind ? 1 : 0) },
            TaskDependentAdded f => state with { Dependents = [.. state.Dependents ?? [], f.Dependent] },
            TaskDependencyDone f => state with { WaitsFor = NullIfEmpty<Guid>([.. state.WaitsFor!.Where(id => id != f.Dependency)]) },
            _ => state,
        };

    /// <summary>True for tasks whose service level is watched; plain ones do not keep the times.</summary>
    private static bool Timed(TaskState state) => state.RespondBy is not null || state.TypeId is not null || state.Escalations is not null;

    private static TaskState Tried(TaskState state, params Guid[] users) =>
        state.Assignment is null ? state : state with { Tried = [.. (state.Tried ?? []).Concat(users).Distinct().TakeLast(MaxTried)] };

    private static IReadOnlyList<TaskProof>? Add(IReadOnlyList<TaskProof>? proofs, IReadOnlyList<TaskProof>? more) =>
        more is not { Count: > 0 } ? proofs : [.. proofs ?? [], .. more];
}
