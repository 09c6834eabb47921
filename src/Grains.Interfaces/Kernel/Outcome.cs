using System.Diagnostics.CodeAnalysis;
using LimoCha.Actors.Privacy;

namespace LimoCha.Actors.Kernel;

/// <summary>The family a refusal belongs to; each maps to one HTTP status.</summary>
public enum RefusalKind
{
    /// <summary>400: the input cannot be understood or is out of range.</summary>
    Invalid = 0,
    /// <summary>403: this actor may not.</summary>
    Forbidden = 1,
    /// <summary>404: there is no such thing, or the actor may not know of it.</summary>
    NotFound = 2,
    /// <summary>409: not in this state.</summary>
    Conflict = 3,
    /// <summary>412: the caller's version is not the current one.</summary>
    Stale = 4,
    /// <summary>422: understood, but a business rule says no.</summary>
    Unprocessable = 5,
}

/// <summary>A rule's typed "no": what an API answers as a problem (RFC 9457).</summary>
/// <param name="Kind">The family.</param>
/// <param name="Problem">Stable name; the problem's type is <c>urn:limocha:problem:{Problem}</c>.</param>
/// <param name="Detail">A sentence for people, in English, without personal data.</param>
/// <param name="Field">The input field at fault, when there is one.</param>
[GenerateSerializer, Immutable, Alias("Refusal")]
[NotPersonal]
public sealed record Refusal(
    [property: Id(0)] RefusalKind Kind,
    [property: Id(1)] string Problem,
    [property: Id(2)] string Detail,
    [property: Id(3)] string? Field = null)
{
    /// <summary>A field is missing or out of range.</summary>
    public static Refusal Invalid(string field, string detail) => new(RefusalKind.Invalid, "invalid", detail, field);

    /// <summary>The actor's role or scope does not allow it.</summary>
    public static Refusal Forbidden(string detail) => new(RefusalKind.Forbidden, "forbidden", detail);

    /// <summary>There is no such entity for this actor.</summary>
    public static Refusal NotFound(string what) => new(RefusalKind.NotFound, "not-found", $"There is no such {what}.");

    /// <summary>The entity is not in a state that allows it.</summary>
    public static Refusal Conflict(string problem, string detail) => new(RefusalKind.Conflict, problem, detail);

    /// <summary>The caller acted on an old version.</summary>
    public static Refusal Stale(int expected, int actual) =>
        new(RefusalKind.Stale, "stale-version", $"The version is {actual}, not {expected}. Read it again and decide anew.");

    /// <summary>Understood, but refused by a rule.</summary>
    public static Refusal Unprocessable(string problem, string detail, string? field = null) =>
        new(RefusalKind.Unprocessable, problem, detail, field);
}

/// <summary>What a command or a single read answers: a value with its version, or a refusal.</summary>
[GenerateSerializer, Immutable, Alias("Outcome`1")]
public sealed record Outcome<T>
    where T : class
{
    /// <summary>The value when the command was done.</summary>
    [Id(0)] public T? Value { get; init; }

    /// <summary>The refusal when it was not.</summary>
    [Id(1)] public Refusal? Refusal { get; init; }

    /// <summary>The entity's version after the command.</summary>
    [Id(2)] public int Version { get; init; }

    /// <summary>True when there is a value.</summary>
    [MemberNotNullWhen(true, nameof(Value))]
    [MemberNotNullWhen(false, nameof(Refusal))]
    public bool Ok => Refusal is null;

    /// <summary>A refusal is an outcome.</summary>
    public static implicit operator Outcome<T>(Refusal refusal) => new() { Refusal = refusal };
}

/// <summary>Makes outcomes.</summary>
public static class Outcome
{
    /// <summary>Done: the value and the version it has.</summary>
    public static Outcome<T> Of<T>(T value, int version)
        where T : class => new() { Value = value, Version = version };
}
