using LimoCha.Actors.Kernel;

namespace LimoCha.Actors.Tasks;

/// <summary>Somebody who may get work, as a desk knows them.</summary>
public sealed record Candidate
{
    /// <summary>Who.</summary>
    public Guid UserId { get; init; }
    /// <summary>Of which department.</summary>
    public Guid? DepartmentId { get; init; }
    /// <summary>What they can do.</summary>
    public IReadOnlyList<string> Skills { get; init; } = [];
    /// <summary>Their open tasks, with those chosen a moment ago.</summary>
    public int Open { get; init; }
    /// <summary>How many open tasks they may have.</summary>
    public int Capacity { get; init; }
    /// <summary>When they were chosen last.</summary>
    public DateTimeOffset? ChosenAt { get; init; }
    /// <summary>Metres to the task, when both are known.</summary>
    public double? DistanceMetres { get; init; }
}

/// <summary>Who gets a task: the strategies, as functions over who is there.</summary>
public static class AssignmentRules
{
    /// <summary>An open offer goes to at most so many.</summary>
    public const int MostOffered = 200;

    /// <summary>How many open tasks a person may have whose profile does not say.</summary>
    public const int DefaultCapacity = 20;

    private const int MostNext = 3;
    private static readonly TimeSpan Retry = TimeSpan.FromMinutes(1);

    /// <summary>Whether an assignment is one.</summary>
    public static Refusal? Check(AutoAssignment how, Guid? locationId)
    {
        ArgumentNullException.ThrowIfNull(how);
        return how.Skills.Count > 10 || how.Skills.Any(skill => string.IsNullOrWhiteSpace(skill) || skill.Length > 40)
                ? Refusal.Invalid("assignment.skills", "At most 10 skills of 1 to 40 characters.")
            : how.AnswerWithinMinutes is < 1 or > 10_080 ? Refusal.Invalid("assignment.answerWithinMinutes", "AnswerWithinMinutes is 1 to 10,080.")
            : how.WithinMetres is < 50 or > 500_000 ? Refusal.Invalid("assignment.withinMetres", "WithinMetres is 50 to 500,000.")
            : (how.Strategy == AssignmentStrategy.Nearest || how.WithinMetres is not null) && how.Near is null && locationId is null
                ? Refusal.Unprocessable("no-place", "Nearest to what? Give the task a locationId, or the assignment a point.", "assignment.near")
            : null;
    }

    /// <summary>Managers let the engine choose within their department, admins anywhere.</summary>
    public static Refusal? CheckUse(AutoAssignment how, Actor by) =>
        by.Role == Role.Admin || by.Role == Role.Manager && by.DepartmentId is { } department && (how.DepartmentId ?? department) == department
            ? null
            : Refusal.Forbidden("Managers let the engine assign within their department; admins anywhere.");

    /// <summary>What a choice means for the task.</summary>
    public static TaskEvent Give(AutoAssignment how, AssignmentChoice choice, Guid? from, IReadOnlyList<Guid>? offeredTo, DateTimeOffset now)
    {
        DateTimeOffset? answerBy = how.AnswerWithinMinutes is { } minutes ? now.AddMinutes(minutes) : null;
        return choice.People switch
        {
            [] => new TaskNotPlaced(choice.Why, now + Retry),
            _ when how.Offer => new TaskOffered([.. choice.People.Select(person => person.UserId)], from, answerBy, choice.Why),
            [var chosen, ..] => new TaskAssigned(chosen.UserId, chosen.DepartmentId, from, null, null) { Why = choice.Why, AnswerBy = answerBy, OfferedTo = offeredTo },
        };
    }

    /// <summary>True when somebody has this skill, whatever the case.</summary>
    public static bool HasSkills(IReadOnlyList<string> has, IReadOnlyList<string> wanted) =>
        wanted.All(skill => has.Contains(skill, StringComparer.OrdinalIgnoreCase));

    /// <summary>Chooses by the strategy: the one, or for an offer everyone eligible, best first.</summary>
    public static AssignmentChoice Choose(AssignmentRequest request, IReadOnlyList<Candidate> candidates)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(candidates);
        var how = request.How;
        var leftOut = new Dictionary<string, int>();
        var eligible = candidates.Where(candidate => WhyNot(request, candidate) is not { } why || !Count(leftOut, why)).ToList();
        var ranked = (how.Strategy switch
        {
            AssignmentStrategy.RoundRobin => eligible.OrderBy(candidate => candidate.ChosenAt ?? DateTimeOffset.MinValue).ThenBy(candidate => candidate.Open),
            AssignmentStrategy.LeastLoaded => eligible.OrderBy(candidate => candidate.Open).ThenBy(candidate => candidate.ChosenAt ?? DateTimeOffset.MinValue),
            _ => eligible.OrderBy(candidate => candidate.DistanceMetres ?? double.MaxValue).ThenBy(candidate => candidate.Open).ThenBy(candidate => candidate.ChosenAt ?? DateTimeOffset.MinValue),
        }).ThenBy(candidate => candidate.UserId).ToList();
        var taken = how.Offer ? ranked.Take(MostOffered).ToList() : ranked.Take(1).ToList();
        var first = taken.FirstOrDefault();
        return new([.. taken.Select(candidate => new Chosen(candidate.UserId, candidate.DepartmentId))], new()
        {
            Strategy = how.Strategy, Considered = candidates.Count, Eligible = ranked.Count, Open = first?.Open ?? 0, Capacity = first?.Capacity ?? 0,
            DistanceMetres = first?.DistanceMetres is { } metres ? Math.Round(metres) : null, Skills = how.Skills, LeftOut = leftOut,
            Next = [.. ranked.Skip(taken.Count).Take(MostNext).Select(candidate => new RunnerUp(candidate.UserId, candidate.Open, candidate.DistanceMetres is { } far ? Math.Round(far) : null))],
        });
    }

    private static string? WhyNot(AssignmentRequest request, Candidate candidate) =>
        !HasSkills(candidate.Skills, request.How.Skills) ? "skills"
        : request.Tried.Contains(candidate.UserId) ? "tried"
        : candidate.Open >= candidate.Capacity ? "capacity"
        : request.How.WithinMetres is { } within && (candidate.DistanceMetres ?? double.MaxValue) > within ? "distance"
        : null;

    private static bool Count(Dictionary<string, int> leftOut, string why)
    {
        leftOut[why] = leftOut.GetValueOrDefault(why) + 1;
        return true;
    }
}
