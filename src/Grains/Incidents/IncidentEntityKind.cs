using LimoCha.Actors.Audit;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Privacy;

namespace LimoCha.Actors.Incidents;

/// <summary>An incident in the read model; once it is announced, with what the public reads.</summary>
[Personal(DataClass.Content)]
public sealed record IncidentRow : IProjectedRow
{
    public Guid Id { get; init; }
    public int Version { get; init; }
    public string Title { get; init; } = "";
    public IncidentLevel Level { get; init; }
    public IncidentStage Stage { get; init; }
    public DateTimeOffset DiscoveredAt { get; init; }
    public DateTimeOffset RegulatorDueAt { get; init; }
    public DateTimeOffset NoticesDueAt { get; init; }
    public DateTimeOffset? NoticesBegunAt { get; init; }
    public DateTimeOffset? AnnouncedAt { get; init; }
    public string? Announcement { get; init; }
    public DateTimeOffset? ReportedAt { get; init; }
    public DateTimeOffset? ToldAt { get; init; }
    public int Affected { get; init; }
    public DateTimeOffset? ClosedAt { get; init; }
    public Guid ReportedById { get; init; }
    public int Warnings { get; init; }
    public DateTimeOffset? WakeAt { get; init; }
}

/// <summary>Incidents: their facts, row and audit entries.</summary>
public sealed class IncidentEntityKind : EntityKind<IncidentState, IncidentEvent>
{
    /// <summary>The only one.</summary>
    public static readonly IncidentEntityKind Instance = new();

    private IncidentEntityKind() { }

    /// <inheritdoc />
    public override string Name => "incident";

    /// <inheritdoc />
    public override IncidentState Apply(IncidentState state, IncidentEvent fact, DateTimeOffset at) => IncidentRules.Apply(state, fact, at);

    /// <inheritdoc />
    public override IReadOnlyList<IProjectedRow> Rows(Guid id, IncidentState state, int version, IReadOnlyList<Committed<IncidentEvent>> facts) => [Row(id, state, version)];

    /// <inheritdoc />
    public override Task TellAsync(Others others, Guid id, IncidentState state, int version, IReadOnlyList<Committed<IncidentEvent>> facts)
    {
        ArgumentNullException.ThrowIfNull(facts);
        return others.Grains.AuditAsync(id, facts.Select(fact => AuditEntries.Of(Name, id, fact) with { SubjectId = null, Reason = $"incident {id}", Count = (fact.Event as IncidentAffected)?.Total }));
    }

    /// <summary>The row of a state.</summary>
    public static IncidentRow Row(Guid id, IncidentState state, int version)
    {
        ArgumentNullException.ThrowIfNull(state);
        return new()
        {
            Id = id, Version = version, Title = state.Title, Level = state.Level, Stage = state.Stage, DiscoveredAt = state.DiscoveredAt, RegulatorDueAt = IncidentRules.RegulatorDue(state),
            NoticesDueAt = IncidentRules.NoticesDue(state), NoticesBegunAt = state.NoticesBegunAt, AnnouncedAt = state.AnnouncedAt, Announcement = state.AnnouncedAt is null ? null : IncidentTexts.Facts(state),
            ReportedAt = state.Reports.IsDefaultOrEmpty ? null : state.Reports[0].ReportedAt, ToldAt = state.ToldAt, Affected = state.Affected, ClosedAt = state.ClosedAt, ReportedById = state.ReportedById,
            Warnings = state.RegulatorWarnings + state.NoticeWarnings, WakeAt = IncidentRules.WakeAt(state),
        };
    }

    /// <summary>The answer of a row, without the particulars.</summary>
    public static IncidentView View(IncidentRow row, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(row);
        return new()
        {
            Id = row.Id, Version = row.Version, Title = row.Title, Level = row.Level, Stage = row.Stage, DiscoveredAt = row.DiscoveredAt, RegulatorDueAt = row.RegulatorDueAt, NoticesDueAt = row.NoticesDueAt,
            NoticesBegunAt = row.NoticesBegunAt, AnnouncedAt = row.AnnouncedAt, ClosedAt = row.ClosedAt, ReportedById = row.ReportedById, Warnings = row.Warnings,
            Overdue = row.ClosedAt is null && (row.ReportedAt is null && row.RegulatorDueAt <= now || row.Affected > 0 && row.ToldAt is null && row.NoticesDueAt <= now),
        };
    }
}
