using System.ComponentModel.DataAnnotations;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Privacy;

namespace LimoCha.Actors.Incidents;

/// <summary>How grave an incident is: the four levels of GB/T 20986-2023 and of the CAC's reporting measures of 2025.</summary>
public enum IncidentLevel
{
    /// <summary>一般.</summary>
    General = 0,
    /// <summary>较大: reported to the authority within four hours.</summary>
    Serious = 1,
    /// <summary>重大.</summary>
    Major = 2,
    /// <summary>特别重大.</summary>
    Critical = 3,
}

/// <summary>Where the handling of an incident is.</summary>
public enum IncidentStage
{
    /// <summary>It goes on.</summary>
    Open = 0,
    /// <summary>The damage has been stopped (止损).</summary>
    Contained = 1,
    /// <summary>Everybody has been told, and everything is on file.</summary>
    Closed = 2,
}

/// <summary>What was done about an incident (seed IV).</summary>
public enum IncidentMeasureKind
{
    /// <summary>The plan that was started (安全预案).</summary>
    Plan = 0,
    /// <summary>Stopping the damage (止损).</summary>
    Containment = 1,
    /// <summary>Finding out what happened and how (分析、定位).</summary>
    Analysis = 2,
    /// <summary>Making good (补救措施).</summary>
    Remedy = 3,
    /// <summary>Together with authorities and others (联合溯源和打击).</summary>
    Cooperation = 4,
}

/// <summary>What an incident still needs before it is closed.</summary>
public enum IncidentGap
{
    /// <summary>A measure of containment.</summary>
    Containment = 0,
    /// <summary>A measure of remedy.</summary>
    Remedy = 1,
    /// <summary>A report to an authority.</summary>
    Report = 2,
    /// <summary>Notices to subjects on the list.</summary>
    Notices = 3,
    /// <summary>The public announcement, which alone reaches some.</summary>
    Announcement = 4,
}

/// <summary>Reports an incident inside the company.</summary>
[GenerateSerializer, Immutable, Alias("ReportIncident"), Personal(DataClass.Content)]
public sealed record ReportIncident
{
    /// <summary>In one line. 1 to 120 characters; no personal data.</summary>
    [Id(0), Required, StringLength(120, MinimumLength = 1)] public string Title { get; init; } = "";
    /// <summary>How grave.</summary>
    [Id(1), EnumDataType(typeof(IncidentLevel))] public IncidentLevel Level { get; init; }
    /// <summary>When it was discovered (UTC); now when left out. Deadlines run from it.</summary>
    [Id(2)] public DateTimeOffset? DiscoveredAt { get; init; }
    /// <summary>What happened (基本情况). 1 to 4,000 characters.</summary>
    [Id(3), Required, StringLength(4000, MinimumLength = 1)] public string Description { get; init; } = "";
    /// <summary>Which classes of data.</summary>
    [Id(4), Required, MinLength(1), MaxLength(20)] public IReadOnlyList<DataClass> Classes { get; init; } = [];

    /// <inheritdoc/>
    public override string ToString() => nameof(ReportIncident);
}

/// <summary>Changes what is known of an incident; a field left out stays.</summary>
[GenerateSerializer, Immutable, Alias("ChangeIncident"), Personal(DataClass.Content)]
public sealed record ChangeIncident
{
    /// <summary>How grave, after all.</summary>
    [Id(0), EnumDataType(typeof(IncidentLevel))] public IncidentLevel? Level { get; init; }
    /// <summary>What happened.</summary>
    [Id(1), StringLength(4000, MinimumLength = 1)] public string? Description { get; init; }
    /// <summary>What it may lead to (可能的影响).</summary>
    [Id(2), StringLength(2000, MinimumLength = 1)] public string? Impact { get; init; }
    /// <summary>What subjects can do themselves (自主防范和降低风险的建议).</summary>
    [Id(3), StringLength(2000, MinimumLength = 1)] public string? Advice { get; init; }
    /// <summary>What the company does for them (补救措施).</summary>
    [Id(4), StringLength(2000, MinimumLength = 1)] public string? Remedy { get; init; }
    /// <summary>Which classes of data.</summary>
    [Id(5), MaxLength(20)] public IReadOnlyList<DataClass>? Classes { get; init; }

    /// <inheritdoc/>
    public override string ToString() => nameof(ChangeIncident);
}

/// <summary>Something that was done.</summary>
[GenerateSerializer, Immutable, Alias("IncidentMeasure"), Personal(DataClass.Content)]
public sealed record IncidentMeasure
{
    /// <summary>What kind.</summary>
    [Id(0), EnumDataType(typeof(IncidentMeasureKind))] public IncidentMeasureKind Kind { get; init; }
    /// <summary>What. 1 to 1,000 characters.</summary>
    [Id(1), Required, StringLength(1000, MinimumLength = 1)] public string Text { get; init; } = "";
    /// <summary>When (UTC); set by the server.</summary>
    [Id(2)] public DateTimeOffset? At { get; init; }
    /// <summary>By whom; set by the server.</summary>
    [Id(3)] public Guid? ById { get; init; }

    /// <inheritdoc/>
    public override string ToString() => nameof(IncidentMeasure);
}

/// <summary>That the incident was reported to an authority.</summary>
[GenerateSerializer, Immutable, Alias("RegulatorReport"), Personal(DataClass.Content)]
public sealed record RegulatorReport
{
    /// <summary>To whom. 1 to 120 characters.</summary>
    [Id(0), Required, StringLength(120, MinimumLength = 1)] public string Authority { get; init; } = "";
    /// <summary>The number or receipt they gave. 1 to 120 characters.</summary>
    [Id(1), Required, StringLength(120, MinimumLength = 1)] public string Reference { get; init; } = "";
    /// <summary>When (UTC); now when left out.</summary>
    [Id(2)] public DateTimeOffset? ReportedAt { get; init; }

    /// <inheritdoc/>
    public override string ToString() => nameof(RegulatorReport);
}

/// <summary>An incident.</summary>
[GenerateSerializer, Immutable, Alias("IncidentView"), Personal(DataClass.Content)]
public sealed record IncidentView
{
    /// <summary>UUIDv7.</summary>
    [Id(0)] public Guid Id { get; init; }
    /// <summary>Grows by one with each change; the ETag.</summary>
    [Id(1)] public int Version { get; init; }
    /// <summary>In one line.</summary>
    [Id(2)] public string Title { get; init; } = "";
    /// <summary>How grave.</summary>
    [Id(3)] public IncidentLevel Level { get; init; }
    /// <summary>How far its handling is.</summary>
    [Id(4)] public IncidentStage Stage { get; init; }
    /// <summary>When discovered (UTC).</summary>
    [Id(5)] public DateTimeOffset DiscoveredAt { get; init; }
    /// <summary>What happened; left out of lists.</summary>
    [Id(6)] public string? Description { get; init; }
    /// <summary>What it may lead to.</summary>
    [Id(7)] public string? Impact { get; init; }
    /// <summary>What subjects can do.</summary>
    [Id(8)] public string? Advice { get; init; }
    /// <summary>What the company does for them.</summary>
    [Id(9)] public string? Remedy { get; init; }
    /// <summary>Which classes of data.</summary>
    [Id(10)] public IReadOnlyList<DataClass> Classes { get; init; } = [];
    /// <summary>What was done, oldest first; left out of lists.</summary>
    [Id(11)] public IReadOnlyList<IncidentMeasure> Measures { get; init; } = [];
    /// <summary>To be reported to the authority by (UTC).</summary>
    [Id(12)] public DateTimeOffset RegulatorDueAt { get; init; }
    /// <summary>Reports to authorities; left out of lists.</summary>
    [Id(13)] public IReadOnlyList<RegulatorReport> Reports { get; init; } = [];
    /// <summary>Every subject to be told by (UTC).</summary>
    [Id(14)] public DateTimeOffset NoticesDueAt { get; init; }
    /// <summary>When the notices were begun (UTC).</summary>
    [Id(15)] public DateTimeOffset? NoticesBegunAt { get; init; }
    /// <summary>How far the notices are; left out of lists.</summary>
    [Id(16)] public NoticeCounts? Notices { get; init; }
    /// <summary>When it was announced to the public (UTC).</summary>
    [Id(17)] public DateTimeOffset? AnnouncedAt { get; init; }
    /// <summary>When closed (UTC).</summary>
    [Id(18)] public DateTimeOffset? ClosedAt { get; init; }
    /// <summary>Who reported it inside the company.</summary>
    [Id(19)] public Guid ReportedById { get; init; }
    /// <summary>How often the privacy office was warned of a deadline.</summary>
    [Id(20)] public int Warnings { get; init; }
    /// <summary>True when the authority's deadline passed without a report, or the subjects' with somebody untold.</summary>
    [Id(21)] public bool Overdue { get; init; }
    /// <summary>What is missing before it can be closed; left out of lists.</summary>
    [Id(22)] public IReadOnlyList<IncidentGap> Missing { get; init; } = [];

    /// <inheritdoc/>
    public override string ToString() => nameof(IncidentView);
}

/// <summary>A security incident: its level, what is done, who is affected and told, by when (E6).</summary>
[Alias("IIncidentGrain")]
public interface IIncidentGrain : IDurableGrain, IDueGrain
{
    /// <summary>Reports it inside the company; the privacy office is told at once.</summary>
    [Alias("ReportAsync")]
    Task<Outcome<IncidentView>> ReportAsync(ReportIncident command, CallContext context, CancellationToken cancellationToken = default);

    /// <summary>Changes what is known.</summary>
    [Alias("ChangeAsync")]
    Task<Outcome<IncidentView>> ChangeAsync(ChangeIncident command, CallContext context, CancellationToken cancellationToken = default);

    /// <summary>Adds what was done.</summary>
    [Alias("MeasureAsync")]
    Task<Outcome<IncidentView>> MeasureAsync(IncidentMeasure command, CallContext context, CancellationToken cancellationToken = default);

    /// <summary>Puts subjects on the list.</summary>
    [Alias("FindAffectedAsync")]
    Task<Outcome<AffectedFound>> FindAffectedAsync(FindAffected command, CallContext context, CancellationToken cancellationToken = default);

    /// <summary>Begins to tell everybody on the list; goes on by itself, also after a restart.</summary>
    [Alias("NotifyAsync")]
    Task<Outcome<IncidentView>> NotifyAsync(CallContext context, CancellationToken cancellationToken = default);

    /// <summary>The letters to print or calls to make.</summary>
    [Alias("ContactsAsync")]
    Task<Outcome<IReadOnlyList<SubjectContact>>> ContactsAsync(NoticeChannel channel, Actor by, CancellationToken cancellationToken = default);

    /// <summary>A person reached subjects, or could not.</summary>
    [Alias("ReachedAsync")]
    Task<Outcome<IncidentView>> ReachedAsync(RecordReached command, CallContext context, CancellationToken cancellationToken = default);

    /// <summary>Announces it to the public.</summary>
    [Alias("AnnounceAsync")]
    Task<Outcome<IncidentView>> AnnounceAsync(CallContext context, CancellationToken cancellationToken = default);

    /// <summary>Records a report to an authority.</summary>
    [Alias("ReportedAsync")]
    Task<Outcome<IncidentView>> ReportedAsync(RegulatorReport command, CallContext context, CancellationToken cancellationToken = default);

    /// <summary>Closes it; refused while something is missing, which it names.</summary>
    [Alias("CloseAsync")]
    Task<Outcome<IncidentView>> CloseAsync(CallContext context, CancellationToken cancellationToken = default);

    /// <summary>The incident, for the privacy office and auditors.</summary>
    [Alias("GetAsync")]
    Task<Outcome<IncidentView>> GetAsync(Actor by, CancellationToken cancellationToken = default);
}
