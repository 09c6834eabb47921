using CsCheck;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Tasks;
using static LimoCha.Actors.Unit.Tasks.TaskGivens;

namespace LimoCha.Actors.Unit.Tasks;

/// <summary>The task's rules beside a model of a dozen lines: the same commands are taken, and they lead to the same place.</summary>
public sealed class TaskModelTests
{
    private static readonly Actor[] People = [Admin, Manager, OtherManager, Assignee, Colleague, Auditor];

    /// <summary>All that the model knows of a task: its stage, who has it, whom it is offered to, whether an engine assigned it.</summary>
    private sealed record Model(TaskStage? Stage, Guid? Holder, HashSet<Guid> Offered, Guid Creator, Guid? Department)
    {
        public static readonly Model Nothing = new(null, null, [], Guid.Empty, null);

        private bool Sees(Actor by) => Stage is not null && (by.Role is Role.Admin or Role.Auditor || Creator == by.UserId || Holder == by.UserId || Manages(by) || Stage == TaskStage.Offered && Offered.Contains(by.UserId));

        private bool Manages(Actor by) => by.Role == Role.Manager && by.DepartmentId == Department;

        private static bool MayGiveTo(Actor by, Actor to) => by.Role == Role.Admin || by.UserId == to.UserId || by.Role == Role.Manager && by.DepartmentId == to.DepartmentId;

        /// <summary>The task after the command; null when it is refused.</summary>
        public Model? After(string command, Actor by, Actor to) => command switch
        {
            "create" => Stage is null && by.Role != Role.Auditor && MayGiveTo(by, to) ? new(TaskStage.Assigned, to.UserId, [], by.UserId, to.DepartmentId) : null,
            "offer" => Stage is null && (by.Role == Role.Admin || by.Role == Role.Manager && by.DepartmentId == East)
                ? new(TaskStage.Offered, null, [Assignee.UserId, Colleague.UserId], by.UserId, East) : null,
            "assign" => Gives(by, to) && Stage is TaskStage.Declined or TaskStage.Expired && Gives(by, to) ? Given(to) : null,
            "reassign" => Gives(by, to) && Stage is not (null or TaskStage.Completed or TaskStage.Cancelled) && !(Stage is TaskStage.Assigned or TaskStage.Accepted or TaskStage.Started && Holder == to.UserId) ? Given(to) : null,
            "accept" when Stage == TaskStage.Offered => Offered.Contains(by.UserId) ? this with { Stage = TaskStage.Accepted, Holder = by.UserId, Offered = [], Department = by.DepartmentId ?? Department } : null,
            "accept" => Stage == TaskStage.Assigned && Holder == by.UserId ? this with { Stage = TaskStage.Accepted } : null,
            "decline" when Stage == TaskStage.Offered => Offered.Contains(by.UserId) ? this with { Offered = [.. Offered.Except([by.UserId])] } : null,
            "decline" => Stage == TaskStage.Assigned && Holder == by.UserId ? this with { Stage = TaskStage.Declined } : null,
            "start" => Stage == TaskStage.Accepted && Holder == by.UserId ? this with { Stage = TaskStage.Started } : null,
            "complete" => Stage == TaskStage.Started && Holder == by.UserId ? this with { Stage = TaskStage.Completed } : null,
            "cancel" => Sees(by) && Stage is not (TaskStage.Completed or TaskStage.Cancelled) && (by.Role == Role.Admin || Creator == by.UserId || Manages(by)) ? this with { Stage = TaskStage.Cancelled } : null,
            "comment" => Sees(by) && (by.Role != Role.Auditor || Holder == by.UserId) ? this : null,
            _ => throw new InvalidOperationException(command),
        };

        private bool Gives(Actor by, Actor to) => Sees(by) && (by.Role == Role.Admin || Creator == by.UserId || Manages(by)) && MayGiveTo(by, to);

        private Model Given(Actor to) => this with { Stage = TaskStage.Assigned, Holder = to.UserId, Offered = [], Department = to.DepartmentId };
    }

    private static readonly string[] Commands = ["create", "offer", "assign", "reassign", "accept", "decline", "start", "complete", "cancel", "comment"];

    [Fact]
    public void Rules_and_model_agree_on_every_sequence_of_commands()
    {
        // Mostly steps by those whom they concern, so that sequences get far.
        var command = Gen.Select(Gen.Frequency((1, Gen.Int[0, 1]), (2, Gen.Int[2, 3]), (10, Gen.Int[4, 7]), (1, Gen.Int[8, 9])), Gen.Frequency((4, Gen.Int[3, 4]), (2, Gen.Int[0, 5])), Gen.Int[0, 5]);
        Gen.Select(Gen.Int[0, 1], Gen.Int[0, 1], command.Array[1, 30]).Sample((first, who, rest) =>
        {
            var (state, model) = (new TaskState(), Model.Nothing);
            foreach (var (what, by, to) in rest.Prepend((first, who, 3)))
            {
                var (name, actor, other) = (Commands[what], People[by], People[to]);
                var decision = Decide(state, name, actor, other);
                var expected = model.After(name, actor, other);
                (decision.Refusal is null).Should().Be(expected is not null, "{0} by {1} of a task that is {2}: {3}", name, actor.Role, model.Stage, decision.Refusal?.Detail);
                (state, model) = (Fold(state, decision), expected ?? model);
                if (model.Stage is { } stage)
                {
                    state.Stage.Should().Be(stage);
                    state.Holders.Should().BeEquivalentTo(stage switch
                    {
                        TaskStage.Offered => model.Offered,
                        TaskStage.Assigned or TaskStage.Accepted or TaskStage.Started => [model.Holder!.Value],
                        _ => Array.Empty<Guid>().AsEnumerable(),
                    });
                }
            }
        }, iter: 20_000);
    }

    private static Decision<TaskEvent> Decide(TaskState state, string command, Actor by, Actor to)
    {
        var give = new AssignTask { AssigneeId = to.UserId };
        return command switch
        {
            "create" => TaskRules.Create(state, new() { Title = "t", AssigneeId = to.UserId }, by, new() { Assignee = View(to) }, Now),
            "offer" => TaskRules.Create(state, new() { Title = "t", Assignment = new() { Offer = true, DepartmentId = East } }, by,
                new() { Choice = new([new(Assignee.UserId, East), new(Colleague.UserId, East)], new()) }, Now),
            "assign" => TaskRules.Assign(state, give, by, View(to), Now),
            "reassign" => TaskRules.Reassign(state, give, by, View(to), Now),
            _ => Act(state, Enum.Parse<TaskAction>(command, ignoreCase: true), "because", by, Now),
        };
    }
}
