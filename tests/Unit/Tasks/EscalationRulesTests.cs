using LimoCha.Actors.Tasks;
using static LimoCha.Actors.Unit.Tasks.TaskGivens;

namespace LimoCha.Actors.Unit.Tasks;

public sealed class EscalationRulesTests
{
    private static readonly EscalationStep[] Chain =
    [
        new() { Trigger = EscalationTrigger.RespondBy, AfterMinutes = 0, Action = EscalationAction.Remind },
        new() { Trigger = EscalationTrigger.RespondBy, AfterMinutes = 10, Action = EscalationAction.TellManager },
        new() { Trigger = EscalationTrigger.DueAt, AfterMinutes = -30, Action = EscalationAction.Remind },
        new() { Trigger = EscalationTrigger.DueAt, AfterMinutes = 0, Action = EscalationAction.Reassign },
    ];

    private static TaskState Late(TaskStage stage) => In(stage) with { Escalations = Chain, RespondBy = Now.AddMinutes(15), DueAt = Now.AddHours(2) };

    [Fact]
    public void A_chain_goes_on_step_by_step_and_each_step_once()
    {
        var state = Late(TaskStage.Assigned);
        EscalationRules.WakeAt(state).Should().Be(Now.AddMinutes(15));
        EscalationRules.OnDue(state, null, Now.AddMinutes(14)).Events.Should().BeEmpty();
        state = Fold(state, EscalationRules.OnDue(state, null, Now.AddMinutes(15)));
        state.Reminders.Should().Be(1);
        EscalationRules.OnDue(state, null, Now.AddMinutes(15)).Events.Should().BeEmpty("each step is taken once");
        EscalationRules.OnDue(state, null, Now.AddMinutes(25)).Events.Should().ContainSingle().Which.Should().BeEquivalentTo(new { Step = 1, Action = EscalationAction.TellManager });
    }

    [Fact]
    public void Who_has_answered_is_not_asked_to_and_what_is_done_is_not_late()
    {
        var answered = Fold(Late(TaskStage.Assigned), Act(Late(TaskStage.Assigned), TaskAction.Accept, null, Assignee, Now));
        EscalationRules.WakeAt(answered).Should().Be(Now.AddMinutes(90), "only the due time counts now");
        EscalationRules.WakeAt(Late(TaskStage.Completed)).Should().BeNull();
        answered.RespondedAt.Should().Be(Now);
    }

    [Fact]
    public void A_late_task_goes_to_somebody_else_and_does_not_expire()
    {
        var state = Late(TaskStage.Assigned) with { Escalated = 0b0111 };
        EscalationRules.NeedsChoice(state, Now.AddHours(2)).Should().BeTrue();
        var after = Fold(state, EscalationRules.OnDue(state, new([new(Colleague.UserId, East)], new()), Now.AddHours(2)));
        (after.Stage, after.AssigneeId).Should().Be((TaskStage.Assigned, Colleague.UserId));
        EscalationRules.OnDue(after, null, Now.AddHours(3)).Events.Should().BeEmpty();
    }

    [Fact]
    public void When_nobody_is_found_the_step_is_over_and_the_task_stays_where_it_is()
    {
        var state = Late(TaskStage.Started) with { Escalated = 0b0111 };
        var after = Fold(state, EscalationRules.OnDue(state, new([], new()), Now.AddHours(2)));
        (after.Stage, after.AssigneeId, EscalationRules.WakeAt(after)).Should().Be((TaskStage.Started, Assignee.UserId, null));
    }

    [Fact]
    public void An_unanswered_assignment_goes_to_the_next_after_its_deadline()
    {
        var state = In(TaskStage.Assigned) with { Assignment = new() { AnswerWithinMinutes = 5 }, AnswerBy = Now.AddMinutes(5) };
        EscalationRules.WakeAt(state).Should().Be(Now.AddMinutes(5));
        Act(state, TaskAction.Accept, null, Assignee, Now.AddMinutes(5)).Refusal!.Problem.Should().Be("task-expired");
        var after = Fold(state, EscalationRules.OnDue(state, new([new(Colleague.UserId, East)], new()), Now.AddMinutes(5)));
        (after.AssigneeId, after.Tried!.Single()).Should().Be((Colleague.UserId, Assignee.UserId));
    }

    [Fact]
    public void An_offer_that_everybody_declined_is_made_again_at_once()
    {
        var state = In(TaskStage.Draft) with { Stage = TaskStage.Offered, Assignment = new() { Offer = true }, OfferedTo = [Assignee.UserId, Colleague.UserId] };
        state = Fold(state, Act(state, TaskAction.Decline, "no", Colleague, Now));
        state.Holders.Should().Equal(Assignee.UserId);
        state = Fold(state, Act(state, TaskAction.Decline, "no", Assignee, Now));
        state.Holders.Should().BeEmpty();
        EscalationRules.NeedsChoice(state, Now).Should().BeTrue();
        EscalationRules.Tried(state).Should().BeEquivalentTo([Assignee.UserId, Colleague.UserId]);
    }
}
