using System.Collections.Immutable;
using System.Text.Json.Serialization;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Privacy;

namespace LimoCha.Actors.Incidents;

/// <summary>An incident's state. Who is affected is a list of its own (<see cref="IIncidentSubjects"/>): it can be everybody.</summary>
[Personal(DataClass.Content)]
public sealed record IncidentState : StateRecord
{
    public bool Made { get; init; }
    public string Title { get; init; } = "";
    public IncidentLevel Level { get; init; }
    public IncidentStage Stage { get; init; }
    public DateTimeOffset DiscoveredAt { get; init; }
    public string Description { get; init; } = "";
    public string? Impact { get; init; }
    public string? Advice { get; init; }
    public string? Remedy { get; init; }
    public IReadOnlyList<DataClass> Classes { get; init; } = [];
    public ImmutableArray<IncidentMeasure> Measures { get; init; } = [];
    public ImmutableArray<RegulatorReport> Reports { get; init; } = [];
    public int Affected { get; init; }
    public DateTimeOffset? NoticesBegunAt { get; init; }
    /// <summary>True while there may be somebody whom the engine itself has to tell.</summary>
    public bool Telling { get; init; }
    public DateTimeOffset? ToldAt { get; init; }
    public DateTimeOffset? AnnouncedAt { get; init; }
    public DateTimeOffset? ClosedAt { get; init; }
    public Guid ReportedById { get; init; }
    public int RegulatorWarnings { get; init; }
    public int NoticeWarnings { get; init; }

    /// <summary>True until it is closed.</summary>
    [JsonIgnore] public bool Open => Made && Stage != IncidentStage.Closed;
}

/// <summary>A fact about an incident.</summary>
[JsonDerivedType(typeof(IncidentReported), "reported")]
[JsonDerivedType(typeof(IncidentChanged), "changed")]
[JsonDerivedType(typeof(IncidentMeasured), "measured")]
[JsonDerivedType(typeof(IncidentAffected), "affected")]
[JsonDerivedType(typeof(IncidentTelling), "telling")]
[JsonDerivedType(typeof(IncidentTold), "told")]
[JsonDerivedType(typeof(IncidentAnnounced), "announced")]
[JsonDerivedType(typeof(IncidentReportedToAuthority), "reportedToAuthority")]
[JsonDerivedType(typeof(IncidentWarned), "warned")]
[JsonDerivedType(typeof(IncidentClosed), "closed")]
public abstract record IncidentEvent;

/// <summary>It was reported inside the company.</summary>
public sealed record IncidentReported(ReportIncident Report, DateTimeOffset DiscoveredAt, Guid ById) : IncidentEvent;

/// <summary>More is known.</summary>
public sealed record IncidentChanged(ChangeIncident Change) : IncidentEvent;

/// <summary>Something was done.</summary>
public sealed record IncidentMeasured(IncidentMeasure Measure) : IncidentEvent;

/// <summary>So many subjects are on the list now.</summary>
public sealed record IncidentAffected(int Total) : IncidentEvent;

/// <summary>The engine tells those who have not been told.</summary>
public sealed record IncidentTelling : IncidentEvent;

/// <summary>The engine has told whom it can; letters and calls may wait.</summary>
public sealed record IncidentTold(bool Everybody) : IncidentEvent;

/// <summary>Announced to the public.</summary>
public sealed record IncidentAnnounced : IncidentEvent;

/// <summary>Reported to an authority.</summary>
public sealed record IncidentReportedToAuthority(RegulatorReport Report) : IncidentEvent;

/// <summary>The privacy office is warned of a deadline.</summary>
public sealed record IncidentWarned(bool Regulator, int Number) : IncidentEvent;

/// <summary>Closed.</summary>
public sealed record IncidentClosed : IncidentEvent;
