using LimoCha.Actors.Kernel;

namespace LimoCha.Actors.Tasks;

/// <summary>What happens to a task as time passes: it expires, an answer does not come, it is looked for somebody again, its escalation chain goes on.</summary>
public static class EscalationRules
{
    /// <summary>Whether a chain is one.</summary>
    public static Refusal? Check(IReadOnlyList<EscalationStep> chain)
    {
        ArgumentNullException.ThrowIfNull(chain);
        return chain.Count > 10 ? Refusal.Invalid("escalations", "A chain has at most 10 steps.")
            : chain.Any(step => step.AfterMinutes is < -10_080 or > 10_080 || !Enum.IsDefined(step.Trigger) || !Enum.IsDefined(step.Action))
                ? Refusal.Invalid("escalations", "Each step has a trigger, an action, and afterMinutes from -10,080 to 10,080.")
            : null;
    }

    /// <summary>The next time at which something falls due; null when nothing does.</summary>
    public static DateTimeOffset? WakeAt(TaskState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (state.Final || !state.Made)
        {
            return null;
        }

        var wake = TaskRules.ExpiresAt(state);
        wake = Earlier(wake, AnswerBy(state));
        wake = Earlier(wake, TryAt(state));
        foreach (var (_, _, at) in Open(state))
        {
            wake = Earlier(wake, at);
        }

        return wake;
    }

    /// <summary>True when what is due now needs somebody to be chosen first.</summary>
    public static bool NeedsChoice(TaskState state, DateTimeOffset now) =>
        !state.Final && state.Made && !(TaskRules.ExpiresAt(state) <= now)
        && (state.Assignment is not null && (AnswerBy(state) <= now || TryAt(state) <= now)
            || Open(state).Any(step => step.At <= now && step.Step.Action == EscalationAction.Reassign));

    /// <summary>How to choose for a task: as it says, or by load among its department.</summary>
    public static AutoAssignment How(TaskState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        return state.Assignment ?? new() { DepartmentId = state.DepartmentId };
    }

    /// <summary>Who is not chosen again in this round.</summary>
    public static IReadOnlyList<Guid> Tried(TaskState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        return [.. (state.Tried ?? []).Concat(state.Holders).Distinct()];
    }

    /// <summary>Everything that is due now, as facts.</summary>
    /// <param name="state">The task.</param>
    /// <param name="choice">Whom the engine chose, when somebody was to be.</param>
    /// <param name="now">The time.</param>
    public static Decision<TaskEvent> OnDue(TaskState state, AssignmentChoice? choice, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (state.Final || !state.Made)
        {
            return Decision<TaskEvent>.Nothing;
        }

        if (TaskRules.ExpiresAt(state) is { } due && due <= now)
        {
            return new TaskExpired(due);
        }

        List<TaskEvent> facts = [];
        if (AnswerBy(state) is { } answerBy && answerBy <= now)
        {
            facts.Add(new TaskUnanswered([.. state.Holders], answerBy));
            if (choice is not null && state.Assignment is not null)
            {
                facts.Add(AssignmentRules.Give(state.Assignment, choice, null, null, now));
                choice = null;
            }
        }
        else if (TryAt(state) <= now && choice is not null)
        {
            facts.Add(AssignmentRules.Give(state.Assignment!, choice, null, null, now));
            choice = null;
        }

        foreach (var (index, step, at) in Open(state).Where(step => step.At <= now).OrderBy(step => step.At))
        {
            facts.Add(new TaskEscalated(index, step.Action, at));
            if (step.Action == EscalationAction.Reassign && choice is { People: [var next, ..] })
            {
                facts.Add(new TaskAssigned(next.UserId, next.DepartmentId, state.AssigneeId, null, null)
                {
                    Why = choice.Why, OfferedTo = state.Stage == TaskStage.Offered ? state.OfferedTo : null,
                });
                choice = null;
            }
        }

        return Decision<TaskEvent>.Facts(facts);
    }

    /// <summary>An offer that nobody is left in lapses at once.</summary>
    private static DateTimeOffset? AnswerBy(TaskState state) => state.Stage switch
    {
        TaskStage.Offered when state.OfferedTo is null or [] => state.UpdatedAt,
        TaskStage.Offered or TaskStage.Assigned => state.AnswerBy,
        _ => null,
    };

    private static DateTimeOffset? TryAt(TaskState state) =>
        state is { Assignment: not null, Stage: TaskStage.Draft or TaskStage.Declined } ? state.NextTryAt ?? state.UpdatedAt : null;

    /// <summary>The steps of the chain that have not been taken.</summary>
    private static IEnumerable<(int Index, EscalationStep Step, DateTimeOffset At)> Open(TaskState state) =>
        state.Escalations is { Count: > 0 } chain ? Open(state, chain) : [];

    private static IEnumerable<(int Index, EscalationStep Step, DateTimeOffset At)> Open(TaskState state, IReadOnlyList<EscalationStep> chain)
    {
        for (var i = 0; i < chain.Count; i++)
        {
            var step = chain[i];
            var from = step.Trigger == EscalationTrigger.DueAt ? state.DueAt : state.RespondedAt is null ? state.RespondBy : null;
            if ((state.Escalated & 1 << i) == 0 && from is { } at)
            {
                yield return (i, step, at.AddMinutes(step.AfterMinutes));
            }
        }
    }

    private static DateTimeOffset? Earlier(DateTimeOffset? one, DateTimeOffset? other) => one is null || other < one ? other ?? one : one;
}
