using CsCheck;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Staff;
using LimoCha.Actors.Tasks;

namespace LimoCha.Actors.Unit.Tasks;

public sealed class TaskRulesTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 2, 1, 0, 0, TimeSpan.Zero);
    private static readonly Guid East = new("01900000-0000-7000-8000-00000000000e");
    private static readonly Guid South = new("01900000-0000-7000-8000-00000000000f");
    private static readonly Actor Admin = Person(1, Role.Admin, null);
    private static readonly Actor Manager = Person(2, Role.Manager, East);
    private static readonly Actor OtherManager = Person(3, Role.Manager, South);
    private static readonly Actor Assignee = Person(4, Role.Staff, East);
    private static readonly Actor Colleague = Person(5, Role.Staff, East);
    private static readonly Actor Auditor = Person(6, Role.Auditor, null);

    [Theory]
    [InlineData(TaskStage.Assigned, TaskAction.Accept, TaskStage.Accepted)]
    [InlineData(TaskStage.Assigned, TaskAction.Decline, TaskStage.Declined)]
    [InlineData(TaskStage.Accepted, TaskAction.Start, TaskStage.Started)]
    [InlineData(TaskStage.Started, TaskAction.Complete, TaskStage.Completed)]
    public void The_assignee_walks_the_task_through_its_stages(TaskStage from, TaskAction action, TaskStage to)
    {
        var state = In(from);

        var decision = TaskRules.Act(state, action, "note", Assignee, Now);

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
        foreach (var stage in Enum.GetValues<TaskStage>().Where(stage => stage != TaskStage.Draft))
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
        TaskRules.Act(In(stage), action, "note", Assignee, Now).Refusal!.Kind.Should().Be(RefusalKind.Conflict);

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
        (TaskRules.Act(In(stage), TaskAction.Cancel, null, Manager, Now).Refusal is not null).Should().Be(refused);

    [Fact]
    public void Only_the_assignee_takes_steps_and_strangers_learn_nothing()
    {
        TaskRules.Act(In(TaskStage.Assigned), TaskAction.Accept, null, Manager, Now).Refusal!.Kind.Should().Be(RefusalKind.Forbidden);
        TaskRules.Act(In(TaskStage.Assigned), TaskAction.Accept, null, Colleague, Now).Refusal!.Kind.Should().Be(RefusalKind.NotFound);
        TaskRules.Act(In(TaskStage.Assigned), TaskAction.Cancel, null, OtherManager, Now).Refusal!.Kind.Should().Be(RefusalKind.NotFound);
        TaskRules.Act(In(TaskStage.Assigned), TaskAction.Cancel, null, Assignee, Now).Refusal!.Kind.Should().Be(RefusalKind.Forbidden);
    }

    [Fact]
    public void A_decline_says_why() =>
        TaskRules.Act(In(TaskStage.Assigned), TaskAction.Decline, " ", Assignee, Now).Refusal!.Field.Should().Be("note");

    [Fact]
    public void A_comment_does_not_move_the_stage_and_needs_text()
    {
        var state = In(TaskStage.Completed);
        var after = Fold(state, TaskRules.Act(state, TaskAction.Comment, "thanks", Manager, Now));
        (after.Stage, after.Comments).Should().Be((TaskStage.Completed, 1));
        TaskRules.Act(state, TaskAction.Comment, "", Manager, Now).Refusal!.Kind.Should().Be(RefusalKind.Invalid);
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
        TaskRules.Create(new(), command, Admin, null, Now).Refusal.Should().BeEquivalentTo(new { Problem = "unknown-assignee", Field = "assigneeId" });
        TaskRules.Create(new(), command, Admin, View(Assignee) with { Enabled = false }, Now).Refusal!.Problem.Should().Be("assignee-disabled");
    }

    [Fact]
    public void An_assigned_or_declined_task_expires_at_its_due_time_and_an_accepted_one_does_not()
    {
        var due = Now.AddHours(1);
        foreach (var (stage, expires) in new[] { (TaskStage.Assigned, true), (TaskStage.Declined, true), (TaskStage.Accepted, false), (TaskStage.Started, false), (TaskStage.Completed, false) })
        {
            var state = In(stage) with { DueAt = due };
            TaskRules.Expire(state, due.AddTicks(-1)).Events.Should().BeEmpty();
            TaskRules.Expire(state, due).Events.Count.Should().Be(expires ? 1 : 0, "stage {0}", stage);
        }
    }

    [Fact]
    public void A_task_past_its_due_time_cannot_be_accepted_but_can_be_given_again_with_a_new_time()
    {
        var state = In(TaskStage.Assigned) with { DueAt = Now };
        TaskRules.Act(state, TaskAction.Accept, null, Assignee, Now).Refusal!.Problem.Should().Be("task-expired");
        var expired = Fold(state, TaskRules.Expire(state, Now));
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
                    0 => TaskRules.Create(state, new() { Title = "t", AssigneeId = to.UserId, DueAt = now.AddHours(1) }, by, View(to), now),
                    1 => TaskRules.Assign(state, give, by, View(to), now),
                    2 => TaskRules.Reassign(state, give, by, View(to), now),
                    3 => TaskRules.Expire(state, now),
                    4 => TaskRules.Act(state, TaskAction.Cancel, null, by, now),
                    5 => TaskRules.Act(state, TaskAction.Accept, null, by, now),
                    6 => TaskRules.Act(state, TaskAction.Decline, "no", by, now),
                    _ => TaskRules.Act(state, TaskAction.Start, null, by, now),
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
                    decision.Events.Should().AllBeOfType<TaskExpired>();
                }

                state = after;
            }
        });
    }

    private static Decision<TaskEvent> Create(Actor by, UserView assignee) =>
        TaskRules.Create(new(), new() { Title = "Visit", AssigneeId = assignee.Id }, by, assignee, Now);

    private static TaskState In(TaskStage stage) => new()
    {
        Made = true, Title = "Visit", Stage = stage, CreatorId = Manager.UserId, AssigneeId = stage == TaskStage.Draft ? null : Assignee.UserId, DepartmentId = East,
    };

    private static TaskState Fold(TaskState state, Decision<TaskEvent> decision) =>
        decision.Events.Aggregate(state, (current, fact) => TaskRules.Apply(current, fact, Now));

    private static Actor Person(int n, Role role, Guid? department) => new(new Guid($"01900000-0000-7000-8000-{n:D12}"), role, department);

    private static UserView View(Actor actor) => new() { Id = actor.UserId, DepartmentId = actor.DepartmentId, Role = actor.Role, Enabled = true };
}
