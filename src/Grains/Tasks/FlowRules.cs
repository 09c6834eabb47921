using LimoCha.Actors.Kernel;

namespace LimoCha.Actors.Tasks;

/// <summary>Flows: which steps lead from assigned to completed, who takes them, what they ask to be proved.</summary>
public static class FlowRules
{
    /// <summary>The step that every flow begins with.</summary>
    public const string Accept = "accept";

    /// <summary>The built-in flow's second step.</summary>
    public const string Start = "start";

    /// <summary>The built-in flow's last step.</summary>
    public const string Complete = "complete";

    private const int MaxProofs = 60;

    /// <summary>Accept, start, complete.</summary>
    public static readonly IReadOnlyList<FlowStep> BuiltIn =
    [
        new() { Key = Accept, Title = "Accept", Stage = TaskStage.Accepted },
        new() { Key = Start, Title = "Start", Stage = TaskStage.Started },
        new() { Key = Complete, Title = "Complete", Stage = TaskStage.Completed },
    ];

    /// <summary>Names of calls that are no steps.</summary>
    private static readonly string[] Reserved = ["decline", "cancel", "comment", "assign", "reassign", "read"];

    /// <summary>True for the built-in flow itself.</summary>
    public static bool IsBuiltIn(IReadOnlyList<FlowStep>? flow) =>
        flow is null || ReferenceEquals(flow, BuiltIn) || flow.Count == BuiltIn.Count && flow.Zip(BuiltIn).All(pair => pair.First.Key == pair.Second.Key && pair.First.Stage == pair.Second.Stage && pair.First.By == StepTaker.Assignee && pair.First.Proof.Count == 0);

    /// <summary>Whether a flow is one: its steps, their order and who takes them.</summary>
    public static Refusal? Check(IReadOnlyList<FlowStep> flow)
    {
        ArgumentNullException.ThrowIfNull(flow);
        if (flow.Count is < 2 or > 20)
        {
            return Refusal.Invalid("flow", "A flow has 2 to 20 steps.");
        }

        if (flow[0] is not { Key: Accept, By: StepTaker.Assignee, Stage: TaskStage.Accepted, Proof.Count: 0 })
        {
            return Refusal.Invalid("flow[0]", "A flow begins with the step accept, by the assignee, which leads to accepted and asks for no proof.");
        }

        for (var i = 0; i < flow.Count; i++)
        {
            var (step, field) = (flow[i], $"flow[{i}]");
            if (step.Key.Length is 0 or > 30 || !char.IsAsciiLetterLower(step.Key[0]) || step.Key.Any(c => !char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c != '-') || Reserved.Contains(step.Key))
            {
                return Refusal.Invalid($"{field}.key", "A key has 1 to 30 lower-case letters, digits and '-', begins with a letter, and is none of decline, cancel, comment, assign, reassign, read.");
            }

            if (flow.Take(i).Any(before => before.Key == step.Key))
            {
                return Refusal.Invalid($"{field}.key", "Each key stands once in a flow.");
            }

            if (string.IsNullOrWhiteSpace(step.Title) || step.Title.Length > 60)
            {
                return Refusal.Invalid($"{field}.title", "A title has 1 to 60 characters.");
            }

            var last = i == flow.Count - 1;
            if (step.Stage is not (TaskStage.Accepted or TaskStage.Started or TaskStage.Completed) || step.Stage == TaskStage.Completed != last)
            {
                return Refusal.Invalid($"{field}.stage", "Steps lead to accepted or started; the last, and only the last, to completed.");
            }

            if (i > 0 && Rank(step.Stage) < Rank(flow[i - 1].Stage))
            {
                return Refusal.Invalid($"{field}.stage", "Stages never go back.");
            }

            if (step.Proof.Distinct().Count() != step.Proof.Count)
            {
                return Refusal.Invalid($"{field}.proof", "Each kind of proof is asked for once.");
            }
        }

        return null;
    }

    /// <summary>The step that comes next; null when the task is not with anybody or done.</summary>
    public static FlowStep? Next(TaskState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (!state.OnDevices && state.Stage != TaskStage.Offered)
        {
            return null;
        }

        var flow = state.Flow ?? BuiltIn;
        for (var i = 0; i < flow.Count; i++)
        {
            if (state.Step is null ? Rank(flow[i].Stage) > Rank(state.Stage) : i > 0 && flow[i - 1].Key == state.Step)
            {
                return flow[i];
            }
        }

        return null;
    }

    /// <summary>Takes the next step, if it is the one with this key.</summary>
    public static Decision<TaskEvent> Take(TaskState state, string key, TaskNote command, Actor by, StepFacts facts, DateTimeOffset now) =>
        Next(state) is { } next && next.Key == key ? Take(state, next, command, by, facts, now)
        : (state.Flow ?? BuiltIn).Any(step => step.Key == key) ? NotNow(state, key)
        : Refusal.Unprocessable("unknown-step", $"The task's flow has no such step; it has {string.Join(", ", (state.Flow ?? BuiltIn).Select(step => step.Key))}.", "step");

    /// <summary>Takes the next step, if it leads to this stage: what clients say who know only accept, start, complete.</summary>
    public static Decision<TaskEvent> Take(TaskState state, TaskStage stage, TaskNote command, Actor by, StepFacts facts, DateTimeOffset now) =>
        Next(state) is { } next && next.Stage == stage ? Take(state, next, command, by, facts, now)
        : state.Flow is null && CheckAssignee(state, by) is { } refusal ? refusal
        : NotNow(state, Enum.GetName(stage)!.ToLowerInvariant());

    /// <summary>Only who has the task.</summary>
    internal static Refusal? CheckAssignee(TaskState state, Actor by) =>
        state.AssigneeId == by.UserId ? null : Refusal.Forbidden("Only the assignee may take this step.");

    /// <summary>Nothing is taken after its time.</summary>
    internal static Refusal? CheckInTime(TaskState state, DateTimeOffset now) =>
        TaskRules.ExpiresAt(state) <= now ? Refusal.Conflict("task-expired", "The task was not taken before its due time.")
        : state.Stage == TaskStage.Assigned && state.AnswerBy <= now ? Refusal.Conflict("task-expired", "The task was not answered in time and goes to somebody else.")
        : null;

    private static Decision<TaskEvent> Take(TaskState state, FlowStep step, TaskNote command, Actor by, StepFacts facts, DateTimeOffset now)
    {
        var allowed = step.By switch
        {
            StepTaker.Assignee => state.AssigneeId == by.UserId,
            StepTaker.Creator => state.CreatorId == by.UserId || by.Role == Role.Admin,
            _ => TaskRules.Manages(state, by) || by.Role == Role.Admin,
        };
        if (!allowed)
        {
            return Refusal.Forbidden($"This step is the {Enum.GetName(step.By)!.ToLowerInvariant()}'s.");
        }

        if (CheckInTime(state, now) is { } late)
        {
            return late;
        }

        if (step.Stage != TaskStage.Accepted && state.WaitsFor is { Count: > 0 } open)
        {
            return Refusal.Conflict("waits-for-others", $"{open.Count} tasks have to be done before this one.");
        }

        if (facts.Proofs is { Ok: false } bad)
        {
            return bad.Refusal;
        }

        var proofs = (facts.Proofs?.Value ?? []).Select(proof => proof with { Step = step.Key, At = now }).ToList();
        foreach (var wanted in step.Proof)
        {
            if (Missing(state, wanted, command, proofs) is { } missing)
            {
                return missing;
            }
        }

        if ((state.Proofs?.Count ?? 0) + proofs.Count > MaxProofs)
        {
            return Refusal.Unprocessable("too-many-proofs", $"A task keeps at most {MaxProofs} proofs.", "proofs");
        }

        var (key, kept) = (step.Key, proofs.Count > 0 ? proofs : null);
        return step.Stage switch
        {
            TaskStage.Accepted => new TaskAccepted(command.Note) { Step = key == Accept ? null : key, Proofs = kept },
            TaskStage.Started => new TaskStarted(command.Note) { Step = key == Start ? null : key, Proofs = kept },
            _ => new TaskCompleted(command.Note) { Step = key == Complete ? null : key, Proofs = kept },
        };
    }

    private static Refusal? Missing(TaskState state, ProofKind wanted, TaskNote command, List<TaskProof> proofs) => wanted switch
    {
        ProofKind.Checklist => state.Checklist?.FirstOrDefault(item => !item.Done) is { } open
            ? Refusal.Unprocessable("checklist-open", $"The checklist is not done: {state.Checklist!.Count(item => !item.Done)} lines are open.", "checklist") : null,
        ProofKind.Note => string.IsNullOrWhiteSpace(command.Note)
            ? Refusal.Unprocessable("proof-required", "This step asks for a remark.", "note") : null,
        _ => proofs.Exists(proof => proof.Kind == wanted) ? null
            : Refusal.Unprocessable("proof-required", $"This step asks for a {Enum.GetName(wanted)!.ToLowerInvariant()}.", "proofs"),
    };

    private static Refusal NotNow(TaskState state, string wanted) =>
        TaskRules.WrongStage(state, wanted switch { Accept => "accepted", Start => "started", Complete => "completed", _ => wanted });

    private static int Rank(TaskStage stage) => stage switch { TaskStage.Accepted => 1, TaskStage.Started => 2, TaskStage.Completed => 3, _ => 0 };
}
