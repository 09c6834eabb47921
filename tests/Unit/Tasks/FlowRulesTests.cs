using LimoCha.Actors.Kernel;
using LimoCha.Actors.Tasks;
using static LimoCha.Actors.Unit.Tasks.TaskGivens;

namespace LimoCha.Actors.Unit.Tasks;

public sealed class FlowRulesTests
{
    private static readonly FlowStep[] Installation =
    [
        new() { Key = "accept", Title = "接单", Stage = TaskStage.Accepted },
        new() { Key = "arrive", Title = "到达", Stage = TaskStage.Started, Proof = [ProofKind.Location] },
        new() { Key = "install", Title = "安装", Stage = TaskStage.Started, Proof = [ProofKind.Checklist, ProofKind.Photo] },
        new() { Key = "approve", Title = "验收", Stage = TaskStage.Completed, By = StepTaker.Manager, Proof = [ProofKind.Note] },
    ];

    [Fact]
    public void A_flow_is_walked_step_by_step_and_each_step_asks_for_its_proof()
    {
        var state = In(TaskStage.Assigned) with { Flow = Installation, Checklist = [new() { Text = "水平" }, new() { Text = "通电" }] };
        Take(ref state, "accept").Should().BeNull();
        Take(ref state, "install").Should().BeEquivalentTo(new { Kind = RefusalKind.Conflict }, "arrive comes first");
        Take(ref state, "arrive").Should().BeEquivalentTo(new { Problem = "proof-required", Field = "proofs" });
        Take(ref state, "arrive", proof: ProofKind.Location).Should().BeNull();
        Take(ref state, "install", proof: ProofKind.Photo)!.Problem.Should().Be("checklist-open");
        state = Fold(state, TaskRules.Check(state, new() { Item = 0 }, Assignee));
        state = Fold(state, TaskRules.Check(state, new() { Item = 1 }, Assignee));
        Take(ref state, "install", proof: ProofKind.Photo).Should().BeNull();
        Take(ref state, "approve")!.Kind.Should().Be(RefusalKind.Forbidden, "the manager's step");
        Take(ref state, "approve", by: Manager)!.Field.Should().Be("note");
        Take(ref state, "approve", by: Manager, note: "合格").Should().BeNull();
        state.Stage.Should().Be(TaskStage.Completed);
        state.Proofs!.Select(proof => (proof.Step, proof.Kind)).Should().Equal(("arrive", ProofKind.Location), ("install", ProofKind.Photo));
    }

    [Fact]
    public void Clients_that_know_only_accept_start_and_complete_walk_a_flow_by_its_stages()
    {
        var state = In(TaskStage.Assigned) with { Flow = [Installation[0], new() { Key = "go", Title = "出发", Stage = TaskStage.Started }, new() { Key = "done", Title = "完成", Stage = TaskStage.Completed }] };
        foreach (var action in new[] { TaskAction.Accept, TaskAction.Start, TaskAction.Complete })
        {
            var decision = Act(state, action, null, Assignee, Now);
            decision.Refusal.Should().BeNull();
            state = Fold(state, decision);
        }

        (state.Stage, state.Step).Should().Be((TaskStage.Completed, "done"));
    }

    [Fact]
    public void A_task_waits_for_others_before_it_is_started_and_not_before_it_is_accepted()
    {
        var other = Guid.NewGuid();
        var state = In(TaskStage.Assigned) with { WaitsFor = [other] };
        state = Fold(state, Act(state, TaskAction.Accept, null, Assignee, Now));
        Act(state, TaskAction.Start, null, Assignee, Now).Refusal!.Problem.Should().Be("waits-for-others");
        state = Fold(state, TaskRules.DependencyDone(state, other, TaskStage.Completed));
        Act(state, TaskAction.Start, null, Assignee, Now).Refusal.Should().BeNull();
        TaskRules.DependencyDone(state, other, TaskStage.Completed).Events.Should().BeEmpty("a repeat changes nothing");
    }

    [Fact]
    public void An_unknown_step_is_refused_with_the_steps_there_are() =>
        TaskRules.Step(In(TaskStage.Assigned), "dance", new(), Assignee, StepFacts.None, Now).Refusal!.Detail.Should().Contain("accept, start, complete");

    [Fact]
    public void Only_the_assignee_ticks_the_checklist_and_only_while_working()
    {
        var state = In(TaskStage.Started) with { Checklist = [new() { Text = "a" }] };
        TaskRules.Check(state, new() { Item = 1 }, Assignee).Refusal!.Problem.Should().Be("no-such-item");
        TaskRules.Check(state, new() { Item = 0 }, Manager).Refusal!.Kind.Should().Be(RefusalKind.Forbidden);
        TaskRules.Check(state with { Stage = TaskStage.Assigned }, new() { Item = 0 }, Assignee).Refusal!.Kind.Should().Be(RefusalKind.Conflict);
        TaskRules.Check(state, new() { Item = 0, Done = false }, Assignee).Events.Should().BeEmpty("it is open already");
    }

    public static TheoryData<string, FlowStep[]> BadFlows() => new()
    {
        { "flow", [Installation[0]] },
        { "flow[0]", [Installation[1], Installation[3]] },
        { "flow[1].key", [Installation[0], new() { Key = "Cancel it", Title = "x", Stage = TaskStage.Completed }] },
        { "flow[1].key", [Installation[0], new() { Key = "decline", Title = "x", Stage = TaskStage.Completed }] },
        { "flow[2].key", [Installation[0], Installation[1], Installation[1], Installation[3]] },
        { "flow[1].title", [Installation[0], new() { Key = "x", Title = " ", Stage = TaskStage.Completed }] },
        { "flow[1].stage", [Installation[0], Installation[1]] },
        { "flow[1].stage", [Installation[0], Installation[3], Installation[3] with { Key = "again" }] },
        { "flow[2].stage", [Installation[0], Installation[1], new() { Key = "x", Title = "x", Stage = TaskStage.Accepted }, Installation[3]] },
        { "flow[1].proof", [Installation[0], new() { Key = "x", Title = "x", Stage = TaskStage.Completed, Proof = [ProofKind.Note, ProofKind.Note] }] },
    };

    [Theory, MemberData(nameof(BadFlows))]
    public void What_is_no_flow_is_refused_with_the_step_at_fault(string field, FlowStep[] flow) => FlowRules.Check(flow)!.Field.Should().Be(field);

    [Fact]
    public void The_built_in_flow_is_a_flow_like_any_other()
    {
        FlowRules.Check(FlowRules.BuiltIn).Should().BeNull();
        FlowRules.Check(Installation).Should().BeNull();
    }

    private static Refusal? Take(ref TaskState state, string step, Actor? by = null, string? note = null, ProofKind? proof = null)
    {
        var facts = proof is { } kind ? new StepFacts { Proofs = Outcome.Of<IReadOnlyList<TaskProof>>([new() { Kind = kind }], 0) } : StepFacts.None;
        var decision = TaskRules.Step(state, step, new() { Note = note }, by ?? Assignee, facts, Now);
        state = Fold(state, decision);
        return decision.Refusal;
    }
}
