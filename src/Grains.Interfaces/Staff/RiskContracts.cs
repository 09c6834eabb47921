using LimoCha.Actors.Privacy;

namespace LimoCha.Actors.Staff;

/// <summary>A sign that an account may not be used by its person (E8).</summary>
public enum RiskKind
{
    /// <summary>Signed in on a device that the account was not used on before.</summary>
    NewDevice = 0,
    /// <summary>Two places that nobody gets from and to in that time.</summary>
    ImpossibleTravel = 1,
    /// <summary>More customers' data used than anybody's work needs.</summary>
    UnusualRate = 2,
    /// <summary>So many wrong passwords or codes that the account was locked.</summary>
    RepeatedFailures = 3,
}

/// <summary>A risk signal.</summary>
[GenerateSerializer, Immutable, Alias("RiskSignal"), NotPersonal]
public sealed record RiskSignal
{
    /// <summary>UUIDv7.</summary>
    [Id(0)] public Guid Id { get; init; }
    /// <summary>Whose account.</summary>
    [Id(1)] public Guid UserId { get; init; }
    /// <summary>What was noticed.</summary>
    [Id(2)] public RiskKind Kind { get; init; }
    /// <summary>In which session; null when it concerns all of them.</summary>
    [Id(3)] public Guid? SessionId { get; init; }
    /// <summary>True when the session can do nothing until its person has proved that it is them.</summary>
    [Id(4)] public bool Challenged { get; init; }
    /// <summary>When (UTC).</summary>
    [Id(5)] public DateTimeOffset At { get; init; }
}
