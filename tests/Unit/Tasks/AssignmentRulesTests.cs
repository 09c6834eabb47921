using CsCheck;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Tasks;
using static LimoCha.Actors.Unit.Tasks.TaskGivens;

namespace LimoCha.Actors.Unit.Tasks;

public sealed class AssignmentRulesTests
{
    private static readonly Guid[] People = [.. Enumerable.Range(10, 5).Select(n => new Guid($"01900000-0000-7000-8000-{n:D12}"))];

    [Fact]
    public void Least_loaded_takes_the_one_with_the_fewest_open_tasks_and_says_so()
    {
        var choice = Choose(AssignmentStrategy.LeastLoaded, [One(0, open: 3), One(1, open: 1), One(2, open: 2)]);
        choice.People.Should().ContainSingle().Which.UserId.Should().Be(People[1]);
        choice.Why.Should().BeEquivalentTo(new { Considered = 3, Eligible = 3, Open = 1, Capacity = 20 });
        choice.Why.Next.Select(next => next.UserId).Should().Equal(People[2], People[0]);
    }

    [Fact]
    public void Round_robin_takes_whoever_was_chosen_longest_ago()
    {
        var choice = Choose(AssignmentStrategy.RoundRobin, [One(0, chosen: 5), One(1, chosen: 9), One(2, chosen: 7)]);
        choice.People[0].UserId.Should().Be(People[1]);
        Choose(AssignmentStrategy.RoundRobin, [One(0, chosen: 5), One(1)]).People[0].UserId.Should().Be(People[1], "never chosen comes first");
    }

    [Fact]
    public void Nearest_takes_the_nearest_and_who_shares_no_location_comes_last()
    {
        Choose(AssignmentStrategy.Nearest, [One(0), One(1, metres: 900), One(2, metres: 300)]).People[0].UserId.Should().Be(People[2]);
        Choose(AssignmentStrategy.Nearest, [One(0), One(1, metres: 900)], how => how with { WithinMetres = 500 }).Should().BeEquivalentTo(new { People = Array.Empty<Chosen>() });
        Choose(AssignmentStrategy.Nearest, [One(0)]).People.Should().ContainSingle("nobody is known to be nearer");
    }

    [Fact]
    public void Skills_capacity_and_earlier_tries_leave_people_out_and_are_counted()
    {
        var choice = Choose(
            AssignmentStrategy.LeastLoaded,
            [One(0) with { Skills = ["水电"] }, One(1, open: 20) with { Skills = ["Boiler", "水电"] }, One(2) with { Skills = ["boiler", "水电"] }, One(3) with { Skills = ["BOILER", "水电"] }],
            how => how with { Skills = ["boiler", "水电"] }, tried: [People[2]]);
        choice.People.Should().ContainSingle().Which.UserId.Should().Be(People[3]);
        choice.Why.LeftOut.Should().Equal(new Dictionary<string, int> { ["skills"] = 1, ["capacity"] = 1, ["tried"] = 1 });
    }

    [Fact]
    public void An_offer_goes_to_everyone_eligible_and_at_most_200()
    {
        var many = Enumerable.Range(0, 300).Select(n => new Candidate { UserId = Guid.NewGuid(), Capacity = 20, Open = n % 7 }).ToList();
        AssignmentRules.Choose(new() { How = new() { Offer = true } }, many).People.Should().HaveCount(200).And.OnlyHaveUniqueItems();
    }

    /// <summary>Over any people and any number of tasks: nobody gets more than they may have, and loads differ by no more than they must.</summary>
    [Fact]
    public void Least_loaded_is_fair_and_keeps_everybodys_capacity() =>
        Gen.Select(Gen.Int[0, 6].Array[1, 8], Gen.Int[1, 60]).Sample((capacities, tasks) =>
        {
            var people = capacities.Select((capacity, i) => new Candidate { UserId = new Guid($"01900000-0000-7000-8000-{i:D12}"), Capacity = capacity }).ToList();
            var given = 0;
            for (var task = 0; task < tasks; task++)
            {
                var choice = AssignmentRules.Choose(new() { TaskId = Guid.NewGuid() }, people);
                if (choice.People is [var chosen])
                {
                    var i = people.FindIndex(person => person.UserId == chosen.UserId);
                    people[i] = people[i] with { Open = people[i].Open + 1, ChosenAt = Now.AddSeconds(task) };
                    given++;
                }
            }

            people.Should().OnlyContain(person => person.Open <= person.Capacity);
            given.Should().Be(Math.Min(tasks, capacities.Sum()));
            var free = people.Where(person => person.Open < person.Capacity).Select(person => person.Open).DefaultIfEmpty(int.MaxValue).Min();
            people.Should().OnlyContain(person => person.Open <= free + 1 || free == int.MaxValue);
        });

    [Fact]
    public void Managers_let_the_engine_choose_in_their_department_only()
    {
        AssignmentRules.CheckUse(new(), Manager).Should().BeNull();
        AssignmentRules.CheckUse(new() { DepartmentId = South }, Manager)!.Kind.Should().Be(RefusalKind.Forbidden);
        AssignmentRules.CheckUse(new() { DepartmentId = South }, Admin).Should().BeNull();
        AssignmentRules.CheckUse(new(), Assignee)!.Kind.Should().Be(RefusalKind.Forbidden);
    }

    [Fact]
    public void Nearest_needs_a_place() => AssignmentRules.Check(new() { Strategy = AssignmentStrategy.Nearest }, null)!.Problem.Should().Be("no-place");

    [Fact]
    public void An_offer_is_taken_by_the_first_and_the_others_hear_that_it_is()
    {
        var made = TaskRules.Create(new(), new() { Title = "急修", Assignment = new() { Offer = true } }, Manager, new() { Choice = Offer(Assignee, Colleague) }, Now);
        var state = Fold(new(), made);
        (state.Stage, state.Holders.Count).Should().Be((TaskStage.Offered, 2));
        var taken = Fold(state, Act(state, TaskAction.Accept, null, Colleague, Now));
        (taken.Stage, taken.AssigneeId).Should().Be((TaskStage.Accepted, Colleague.UserId));
        Act(taken, TaskAction.Accept, null, Assignee, Now).Refusal!.Problem.Should().Be("offer-taken");
        TaskRules.MaySee(taken, Assignee).Should().BeFalse();
    }

    [Fact]
    public void A_declined_assignment_goes_to_the_next_in_the_same_decision_and_never_back()
    {
        var state = Fold(new(), TaskRules.Create(new(), new() { Title = "x", Assignment = new() { AnswerWithinMinutes = 5 } }, Manager, new() { Choice = Offer(Assignee) }, Now));
        (state.AssigneeId, state.AnswerBy).Should().Be((Assignee.UserId, Now.AddMinutes(5)));
        var after = Fold(state, TaskRules.Act(state, TaskAction.Decline, new() { Note = "忙" }, Assignee, new() { Choice = Offer(Colleague) }, Now));
        (after.Stage, after.AssigneeId).Should().Be((TaskStage.Assigned, Colleague.UserId));
        EscalationRules.Tried(after).Should().BeEquivalentTo([Assignee.UserId, Colleague.UserId]);
    }

    [Fact]
    public void Whom_nobody_declines_for_is_looked_for_again_in_a_minute()
    {
        var state = Fold(new(), TaskRules.Create(new(), new() { Title = "x", Assignment = new() }, Manager, new() { Choice = Offer() }, Now));
        (state.Stage, EscalationRules.WakeAt(state)).Should().Be((TaskStage.Draft, Now.AddMinutes(1)));
        EscalationRules.NeedsChoice(state, Now.AddMinutes(1)).Should().BeTrue();
        Fold(state, EscalationRules.OnDue(state, Offer(Assignee), Now.AddMinutes(1))).AssigneeId.Should().Be(Assignee.UserId);
    }

    private static AssignmentChoice Offer(params Actor[] people) => new([.. people.Select(person => new Chosen(person.UserId, person.DepartmentId))], new());

    private static AssignmentChoice Choose(AssignmentStrategy strategy, Candidate[] people, Func<AutoAssignment, AutoAssignment>? with = null, Guid[]? tried = null)
    {
        var how = new AutoAssignment { Strategy = strategy };
        return AssignmentRules.Choose(new() { How = with?.Invoke(how) ?? how, Tried = tried ?? [] }, people);
    }

    private static Candidate One(int n, int open = 0, int? chosen = null, double? metres = null) =>
        new() { UserId = People[n], Open = open, Capacity = 20, ChosenAt = chosen is { } ago ? Now.AddMinutes(-ago) : null, DistanceMetres = metres };
}
