using System.ComponentModel.DataAnnotations;
using LimoCha.Actors.Attendance;
using LimoCha.Actors.Privacy;
using Orleans.Concurrency;

namespace LimoCha.Actors.Tasks;

/// <summary>How the engine chooses among those who are eligible.</summary>
public enum AssignmentStrategy
{
    /// <summary>Whoever was chosen longest ago.</summary>
    RoundRobin = 0,
    /// <summary>Whoever has the fewest open tasks; among equals, whoever was chosen longest ago.</summary>
    LeastLoaded = 1,
    /// <summary>Whoever is nearest, by the last location shared under consent or today's check-in place; those who share none come last.</summary>
    Nearest = 2,
}

/// <summary>Lets the engine choose who gets a task.</summary>
[GenerateSerializer, Immutable, Alias("AutoAssignment")]
[NotPersonal]
public sealed record AutoAssignment
{
    /// <summary>How.</summary>
    [Id(0), EnumDataType(typeof(AssignmentStrategy))] public AssignmentStrategy Strategy { get; init; } = AssignmentStrategy.LeastLoaded;
    /// <summary>Among this department's people; the caller's when left out; everybody for admins without one.</summary>
    [Id(1)] public Guid? DepartmentId { get; init; }
    /// <summary>Only those who have all of these skills. At most 10.</summary>
    [Id(2), MaxLength(10)] public IReadOnlyList<string> Skills { get; init; } = [];
    /// <summary>
    /// True: an open offer to everyone eligible (at most 200); the first to accept has it. False: given to one person after
    /// the other.
    /// </summary>
    [Id(3)] public bool Offer { get; init; }
    /// <summary>Who has not answered after this many minutes loses it to the next. 1 to 10,080; no deadline when left out.</summary>
    [Id(4), Range(1, 10_080)] public int? AnswerWithinMinutes { get; init; }
    /// <summary>Near this point; the task's place when left out.</summary>
    [Id(5)] public GeoPoint? Near { get; init; }
    /// <summary>Only those who are known to be within this many metres. 50 to 500,000.</summary>
    [Id(6), Range(50, 500_000)] public int? WithinMetres { get; init; }
}

/// <summary>Why this person: what the choice rested on. Part of the task's history.</summary>
[GenerateSerializer, Immutable, Alias("AssignmentReason")]
[NotPersonal]
public sealed record AssignmentReason
{
    /// <summary>The strategy.</summary>
    [Id(0)] public AssignmentStrategy Strategy { get; init; }
    /// <summary>How many people were looked at.</summary>
    [Id(1)] public int Considered { get; init; }
    /// <summary>How many of them could have had it.</summary>
    [Id(2)] public int Eligible { get; init; }
    /// <summary>Open tasks of the chosen person at that moment.</summary>
    [Id(3)] public int Open { get; init; }
    /// <summary>How many open tasks the chosen person may have.</summary>
    [Id(4)] public int Capacity { get; init; }
    /// <summary>Metres between the person and the task, where they were looked at.</summary>
    [Id(5)] public double? DistanceMetres { get; init; }
    /// <summary>The skills that were asked for.</summary>
    [Id(6)] public IReadOnlyList<string> Skills { get; init; } = [];
    /// <summary>How many were left out, by cause: <c>capacity</c>, <c>skills</c>, <c>distance</c>, <c>tried</c>.</summary>
    [Id(7)] public IReadOnlyDictionary<string, int> LeftOut { get; init; } = new Dictionary<string, int>();
    /// <summary>Who would have been next, best first; at most three.</summary>
    [Id(8)] public IReadOnlyList<RunnerUp> Next { get; init; } = [];
}

/// <summary>Somebody who was not chosen.</summary>
[GenerateSerializer, Immutable, Alias("RunnerUp")]
public sealed record RunnerUp(
    [property: Id(0)] Guid UserId,
    [property: Id(1)] int Open,
    [property: Id(2)] double? DistanceMetres);

/// <summary>What a desk is asked.</summary>
[GenerateSerializer, Immutable, Alias("AssignmentRequest")]
[NotPersonal]
public sealed record AssignmentRequest
{
    /// <summary>The task, so that a repeated question counts once.</summary>
    [Id(0)] public Guid TaskId { get; init; }
    /// <summary>How to choose.</summary>
    [Id(1)] public AutoAssignment How { get; init; } = new();
    /// <summary>Where the task is, if anywhere.</summary>
    [Id(2)] public GeoPoint? Near { get; init; }
    /// <summary>Who had it and did not take it.</summary>
    [Id(3)] public IReadOnlyList<Guid> Tried { get; init; } = [];
}

/// <summary>Somebody chosen.</summary>
[GenerateSerializer, Immutable, Alias("Chosen")]
public sealed record Chosen(
    [property: Id(0)] Guid UserId,
    [property: Id(1)] Guid? DepartmentId);

/// <summary>What a desk answers: the one, or for an offer everyone eligible; nobody when the list is empty.</summary>
[GenerateSerializer, Immutable, Alias("AssignmentChoice")]
public sealed record AssignmentChoice(
    [property: Id(0)] IReadOnlyList<Chosen> People,
    [property: Id(1)] AssignmentReason Why);

/// <summary>
/// Chooses among the people of one department (or, under the empty id, of the company). Keeps nothing durable: who is there
/// and their load come from the read model, what was chosen a moment ago from its own memory, so that many choices at once
/// do not all fall on the same person.
/// </summary>
[Alias("IDispatchDeskGrain")]
public interface IDispatchDeskGrain : IGrainWithGuidKey
{
    /// <summary>Chooses.</summary>
    [Alias("ChooseAsync")]
    Task<AssignmentChoice> ChooseAsync(AssignmentRequest request, CancellationToken cancellationToken = default);
}
