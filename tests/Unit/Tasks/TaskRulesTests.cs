using CsCheck;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Staff;
using LimoCha.Actors.Tasks;
using static LimoCha.Actors.Unit.Tasks.TaskGivens;

namespace LimoCha.Actors.Unit.Tasks;

public sealed class TaskRulesTests
{
    [Theory]
    [InlineData(TaskStage.Assigned, TaskAction.Accept, TaskStage.Accepted)]
    [InlineData(TaskStage.Assigned, TaskAction.Decline, TaskStage.Declined)]
    [InlineData(TaskStage.Accepted, TaskAction.Start, TaskStage.Started)]
    [InlineData(TaskStage.Started, TaskAction.Complete, TaskStage.Completed)]
    public void The_assignee_walks_the_task_through_its_stages(TaskStage from, TaskAction action, TaskStage to)
    {
        var state = In(from);

        var decision = Act(state, action, "note", Assignee, Now);

        decision.Refusal.Should().BeNull();
        Fold(state, decision).Stage.Should().Be(to);
    }

    public static TheoryData<TaskStage, TaskAction> WrongSteps()
    {
        (TaskStage, TaskAction)[] right =
        [
            (TaskStage.Assigned, TaskAction.Accept), (TaskStage.Assigned, TaskAction.Decline),
            (TaskStage.Accepted, TaskAction.Start), (TaskStage.Started, TaskAction.Complete),
        ];
        var data = new TheoryData<TaskStage, TaskAction>();
        foreach (var stage in Enum.GetValues<TaskStage>().Where(stage => stage is not (TaskStage.Draft or TaskStage.Offered)))
        {
            foreach (var action in new[] { TaskAction.Accept, TaskAction.Decline, TaskAction.Start, TaskAction.Complete })
            {
                if (!right.Contains((stage, action)))
                {
                    data.Add(stage, action);
                }
            }
        }

        return data;
    }

    [Theory, MemberData(nameof(WrongSteps))]
    public void A_step_that_the_stage_does_not_allow_is_a_conflict(TaskStage stage, TaskAction action) =>
        Act(In(stage), action, "note", Assignee, Now).Refusal!.Kind.Should().Be(RefusalKind.Conflict);

    [Theory]
    [InlineData(TaskStage.Draft, false)]
    [InlineData(TaskStage.Assigned, false)]
    [InlineData(TaskStage.Accepted, false)]
    [InlineData(TaskStage.Declined, false)]
    [InlineData(TaskStage.Started, false)]
    [InlineData(TaskStage.Expired, false)]
    [InlineData(TaskStage.Completed, true)]
    [InlineData(TaskStage.Cancelled, true)]
    public void Everything_that_is_not_final_can_be_cancelled_by_the_manager(TaskStage stage, bool refused) =>
        (Act(In(stage), TaskAction.Cancel, null, Manager, Now).Refusal is not null).Should().Be(refused);

    [Fact]
    public void Only_the_assignee_takes_steps_and_strangers_learn_nothing()
    {
        Act(In(TaskStage.Assigned), TaskAction.Accept, null, Manager, Now).Refusal!.Kind.Should().Be(RefusalKind.Forbidden);
        Act(In(TaskStage.Assigned), TaskAction.Accept, null, Colleague, Now).Refusal!.Kind.Should().Be(RefusalKind.NotFound);
        Act(In(TaskStage.Assigned), TaskAction.Cancel, null, OtherManager, Now).Refusal!.Kind.Should().Be(RefusalKind.NotFound);
        Act(In(TaskStage.Assigned), TaskAction.Cancel, null, Assignee, Now).Refusal!.Kind.Should().Be(RefusalKind.Forbidden);
    }

    [Fact]
    public void A_decline_says_why() =>
        Act(In(TaskStage.Assigned), TaskAction.Decline, " ", Assignee, Now).Refusal!.Field.Should().Be("note");

    [Fact]
    public void A_comment_does_not_move_the_stage_and_needs_text()
    {
        var state = In(TaskStage.Completed);
        var after = Fold(state, Act(state, TaskAction.Comment, "thanks", Manager, Now));
        (after.Stage, after.Comments).Should().Be((TaskStage.Completed, 1));
        Act(state, TaskAction.Comment, "", Manager, Now).Refusal!.Kind.Should().Be(RefusalKind.Invalid);
    }

    [Fact]
    public void Staff_assign_to_themselves_managers_in_their_department_admins_to_anyone()
    {
        Create(Assignee, View(Assignee)).Refusal.Should().BeNull();
        Create(Assignee, View(Colleague)).Refusal!.Kind.Should().Be(RefusalKind.Forbidden);
        Create(Manager, View(Assignee)).Refusal.Should().BeNull();
        Create(OtherManager, View(Assignee)).Refusal!.Kind.Should().Be(RefusalKind.Forbidden);
        Create(Admin, View(Assignee)).Refusal.Should().BeNull();
        Create(Auditor, View(Assignee)).Refusal!.Kind.Should().Be(RefusalKind.Forbidden);
    }

    [Fact]
    public void An_unknown_or_disabled_assignee_is_refused_with_the_field()
    {
        var command = new CreateTask { Title = "t", AssigneeId = Guid.NewGuid() };
        TaskRules.Create(new(), command, Admin, new(), Now).Refusal.Should().BeEquivalentTo(new { Problem = "unknown-assignee", Field = "assigneeId" });
        TaskRules.Create(new(), command, Admin, new() { Assignee = View(Assignee) with { Enabled = false } }, Now).Refusal!.Problem.Should().Be("assignee-disabled");
    }

    [Fact]
    public void An_assigned_or_declined_task_expires_at_its_due_time_and_an_accepted_one_does_not()
    {
        var due = Now.AddHours(1);
        foreach (var (stage, expires) in new[] { (TaskStage.Assigned, true), (TaskStage.Declined, true), (TaskStage.Accepted, false), (TaskStage.Started, false), (TaskStage.Completed, false) })
        {
            var state = In(stage) with { DueAt = due };
            Expire(state, due.AddTicks(-1)).Events.Should().BeEmpty();
            Expire(state, due).Events.Count.Should().Be(expires ? 1 : 0, "stage {0}", stage);
        }
    }

    [Fact]
    public void A_task_past_its_due_time_cannot_be_accepted_but_can_be_given_again_with_a_new_time()
    {
        var state = In(TaskStage.Assigned) with { DueAt = Now };
        Act(state, TaskAction.Accept, null, Assignee, Now).Refusal!.Problem.Should().Be("task-expired");
        var expired = Fold(state, Expire(state, Now));
        TaskRules.Assign(expired, new() { AssigneeId = Colleague.UserId }, Manager, View(Colleague), Now).Refusal!.Problem.Should().Be("due-in-past");
        var again = Fold(expired, TaskRules.Assign(expired, new() { AssigneeId = Colleague.UserId, DueAt = Now.AddDays(1) }, Manager, View(Colleague), Now));
        (again.Stage, again.AssigneeId).Should().Be((TaskStage.Assigned, Colleague.UserId));
    }

    [Fact]
    public void Assigning_what_somebody_has_is_a_conflict_and_reassigning_it_is_not()
    {
        var state = In(TaskStage.Started);
        TaskRules.Assign(state, new() { AssigneeId = Colleague.UserId }, Manager, View(Colleague), Now).Refusal!.Problem.Should().Be("already-assigned");
        var after = Fold(state, TaskRules.Reassign(state, new() { AssigneeId = Colleague.UserId }, Manager, View(Colleague), Now));
        (after.Stage, after.AssigneeId).Should().Be((TaskStage.Assigned, Colleague.UserId));
        TaskRules.Reassign(state, new() { AssigneeId = Assignee.UserId }, Manager, View(Assignee), Now).Refusal!.Problem.Should().Be("already-assigned");
    }

    /// <summary>Whatever is tried in whatever order: no crash, final stays final, refusals change nothing, and an open card always has a holder.</summary>
    [Fact]
    public void Any_sequence_of_commands_keeps_the_invariants()
    {
        Actor[] actors = [Admin, Manager, OtherManager, Assignee, Colleague, Auditor];
        var step = Gen.Select(Gen.Int[0, 7], Gen.Int[0, actors.Length - 1], Gen.Int[0, actors.Length - 1], Gen.Int[0, 240]);
        step.Array[1, 40].Sample(steps =>
        {
            var state = new TaskState();
            var now = Now;
            foreach (var (what, who, whom, minutes) in steps)
            {
                now = now.AddMinutes(minutes);
                var (by, to) = (actors[who], actors[whom]);
                var give = new AssignTask { AssigneeId = to.UserId, DueAt = now.AddHours(2) };
                var decision = what switch
                {
                    0 => TaskRules.Create(state, new() { Title = "t", AssigneeId = to.UserId, DueAt = now.AddHours(1) }, by, new() { Assignee = View(to) }, now),
                    1 => TaskRules.Assign(state, give, by, View(to), now),
                    2 => TaskRules.Reassign(state, give, by, View(to), now),
                    3 => Expire(state, now),
                    4 => Act(state, TaskAction.Cancel, null, by, now),
                    5 => Act(state, TaskAction.Accept, null, by, now),
                    6 => Act(state, TaskAction.Decline, "no", by, now),
                    _ => Act(state, TaskAction.Start, null, by, now),
                };
                if (decision.Refusal is not null)
                {
                    decision.Events.Should().BeEmpty();
                }

                var after = Fold(state, decision);
                if (state.Final)
                {
                    after.Stage.Should().Be(state.Stage);
                }

                if (after.OnDevices)
                {
                    after.AssigneeId.Should().NotBeNull();
                }

                if (decision.Events.Count > 0 && by.Role == Role.Auditor)
                {
                    decision.Events.Should().Match(events => state.AssigneeId == by.UserId || events.All(fact => fact is TaskExpired), "an auditor changes only a task of their own");
                }

                state = after;
            }
        });
    }
}
