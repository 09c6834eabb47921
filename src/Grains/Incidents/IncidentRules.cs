using LimoCha.Actors.Kernel;

namespace LimoCha.Actors.Incidents;

/// <summary>Who may do what about an incident, its deadlines, and what has to be done before it is closed.</summary>
public static class IncidentRules
{
    private const int MostMeasures = 200;
    private const int MostReports = 50;
    private const int Warnings = 2;

    /// <summary>The authority hears within four hours of an incident of level Serious and above (CAC, measures on reporting of network security incidents, 2025, article 4).</summary>
    private static readonly TimeSpan ReportWithin = TimeSpan.FromHours(4);

    /// <summary>Of a general one within a day: the law says "immediately" for every leak (Personal Information Protection Law, article 57) and no number.</summary>
    private static readonly TimeSpan ReportGeneralWithin = TimeSpan.FromHours(24);

    /// <summary>Subjects hear within three days; the law and the policy say "in time", and no number.</summary>
    private static readonly TimeSpan TellWithin = TimeSpan.FromHours(72);

    /// <summary>Reports it.</summary>
    public static Decision<IncidentEvent> Report(IncidentState state, ReportIncident command, Actor by, DateTimeOffset now) =>
        !by.IsOffice ? Refusal.Forbidden("Incidents are the privacy office's to handle.")
        : state.Made ? Refusal.Conflict("already-exists", "There is an incident with this id already.")
        : command.DiscoveredAt > now ? Refusal.Invalid("discoveredAt", "It cannot have been discovered in the future.")
        : new IncidentReported(command, command.DiscoveredAt ?? now, by.UserId);

    /// <summary>Changes what is known.</summary>
    public static Decision<IncidentEvent> Change(IncidentState state, ChangeIncident command, Actor by) =>
        Check(state, by) is { } no ? no
        : command.Classes is { Count: 0 } ? Refusal.Invalid("classes", "Name at least one class of data.")
        : new IncidentChanged(command);

    /// <summary>Adds what was done.</summary>
    public static Decision<IncidentEvent> Measure(IncidentState state, IncidentMeasure command, Actor by, DateTimeOffset now) =>
        Check(state, by) is { } no ? no
        : state.Measures.Length >= MostMeasures ? Refusal.Conflict("too-many-measures", $"At most {MostMeasures} measures are kept.")
        : new IncidentMeasured(command with { Text = command.Text.Trim(), At = now, ById = by.UserId });

    /// <summary>Whether this actor may search for the affected, by a search that names something.</summary>
    public static Refusal? CheckFind(IncidentState state, FindAffected command, Actor by) =>
        Check(state, by) is { } no ? no
        : command.From is null != command.To is null ? Refusal.Invalid(command.From is null ? "from" : "to", "A search in the audit trail has a beginning and an end.")
        : command.From >= command.To ? Refusal.Invalid("to", "The end is after the beginning.")
        : command is { From: null, OwnerId: null, DepartmentId: null, SubjectIds: not { Count: > 0 } } ? Refusal.Invalid("from", "Name a time, an owner, a department, or subjects.")
        : null;

    /// <summary>The list has grown.</summary>
    public static Decision<IncidentEvent> Found(IncidentState state, int total) =>
        state.Affected == total ? Decision<IncidentEvent>.Nothing
        : state is { NoticesBegunAt: not null, Telling: false } ? Decision<IncidentEvent>.Facts(new IncidentAffected(total), new IncidentTelling())
        : new IncidentAffected(total);

    /// <summary>Begins to tell; what subjects are told must be on file first (seed IV).</summary>
    public static Decision<IncidentEvent> Notify(IncidentState state, Actor by) =>
        Check(state, by) is { } no ? no
        : Unsaid(state) is { } field ? Refusal.Unprocessable("notice-incomplete", $"Subjects are told of {field} too; write it first.", field)
        : state.Affected == 0 ? Refusal.Conflict("nobody-affected", "Nobody is on the list yet.")
        : state.Telling ? Decision<IncidentEvent>.Nothing
        : new IncidentTelling();

    /// <summary>The engine has told whom it can.</summary>
    public static Decision<IncidentEvent> Told(IncidentState state, NoticeCounts counts) =>
        state.Telling && counts.Pending == 0 ? new IncidentTold(counts.ToDo == 0) : Decision<IncidentEvent>.Nothing;

    /// <summary>A person has reached somebody: everybody may have been told now, or the engine has to go on.</summary>
    public static Decision<IncidentEvent> Reached(IncidentState state, NoticeCounts counts, Actor by) =>
        Check(state, by) is { } no ? no
        : counts.Pending > 0 && !state.Telling ? new IncidentTelling()
        : counts is { Pending: 0, ToDo: 0 } && state.ToldAt is null ? new IncidentTold(true)
        : Decision<IncidentEvent>.Nothing;

    /// <summary>Announces to the public.</summary>
    public static Decision<IncidentEvent> Announce(IncidentState state, Actor by) =>
        Check(state, by) is { } no ? no
        : Unsaid(state) is { } field ? Refusal.Unprocessable("notice-incomplete", $"The announcement tells of {field} too; write it first.", field)
        : state.AnnouncedAt is not null ? Decision<IncidentEvent>.Nothing
        : new IncidentAnnounced();

    /// <summary>Records a report to an authority.</summary>
    public static Decision<IncidentEvent> Reported(IncidentState state, RegulatorReport command, Actor by, DateTimeOffset now) =>
        Check(state, by) is { } no ? no
        : state.Reports.Length >= MostReports ? Refusal.Conflict("too-many-reports", $"At most {MostReports} reports are kept.")
        : command.ReportedAt > now ? Refusal.Invalid("reportedAt", "It cannot have been reported in the future.")
        : new IncidentReportedToAuthority(command with { ReportedAt = command.ReportedAt ?? now });

    /// <summary>Closes it.</summary>
    public static Decision<IncidentEvent> Close(IncidentState state, NoticeCounts counts, Actor by) =>
        Check(state, by) is { } no ? no
        : Missing(state, counts) is { Count: > 0 } missing ? Refusal.Conflict("incident-incomplete", $"Before it is closed it needs {string.Join(", ", missing.Select(gap => Say(gap, counts)))}.")
        : new IncidentClosed();

    /// <summary>What is missing before it can be closed.</summary>
    public static IReadOnlyList<IncidentGap> Missing(IncidentState state, NoticeCounts counts)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(counts);
        (IncidentGap Gap, bool Missing)[] all =
        [
            (IncidentGap.Containment, !state.Measures.Any(measure => measure.Kind == IncidentMeasureKind.Containment)),
            (IncidentGap.Remedy, !state.Measures.Any(measure => measure.Kind == IncidentMeasureKind.Remedy)),
            (IncidentGap.Report, state.Reports.Length == 0),
            (IncidentGap.Notices, counts.Total > 0 && state.NoticesBegunAt is null || counts.Pending + counts.ToDo > 0),
            (IncidentGap.Announcement, counts.Unreachable > 0 && state.AnnouncedAt is null),
        ];
        return [.. all.Where(item => item.Missing).Select(item => item.Gap)];
    }

    private static string Say(IncidentGap gap, NoticeCounts counts) => gap switch
    {
        IncidentGap.Containment => "a measure of containment",
        IncidentGap.Remedy => "a measure of remedy",
        IncidentGap.Report => "a report to the authority",
        IncidentGap.Notices => $"notices to {counts.Pending + counts.ToDo} subjects",
        _ => $"the public announcement, which alone reaches {counts.Unreachable} subjects",
    };

    /// <summary>Warns when a deadline nears or has passed; half of the time before it, and at it.</summary>
    public static Decision<IncidentEvent> Warn(IncidentState state, DateTimeOffset now) =>
        NextRegulatorWarning(state) <= now ? new IncidentWarned(true, state.RegulatorWarnings + 1)
        : NextNoticeWarning(state) <= now ? new IncidentWarned(false, state.NoticeWarnings + 1)
        : Decision<IncidentEvent>.Nothing;

    /// <summary>When the authority has to have heard.</summary>
    public static DateTimeOffset RegulatorDue(IncidentState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        return state.DiscoveredAt + (state.Level == IncidentLevel.General ? ReportGeneralWithin : ReportWithin);
    }

    /// <summary>When every subject has to have heard.</summary>
    public static DateTimeOffset NoticesDue(IncidentState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        return state.DiscoveredAt + TellWithin;
    }

    /// <summary>When the engine has something to do: to tell, or to warn.</summary>
    public static DateTimeOffset? WakeAt(IncidentState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        return !state.Open ? null
            : state.Telling ? state.NoticesBegunAt
            : (NextRegulatorWarning(state), NextNoticeWarning(state)) switch { ({ } one, { } other) => one < other ? one : other, var (one, other) => one ?? other };
    }

    /// <summary>The privacy office and auditors.</summary>
    public static bool MaySee(IncidentState state, Actor by)
    {
        ArgumentNullException.ThrowIfNull(state);
        return state.Made && (by.IsOffice || by.Role == Role.Auditor);
    }

    /// <summary>Why not, for whoever handles it.</summary>
    public static Refusal? Check(IncidentState state, Actor by) =>
        !MaySee(state, by) ? Refusal.NotFound("incident")
        : !by.IsOffice ? Refusal.Forbidden("Incidents are the privacy office's to handle.")
        : !state.Open ? Refusal.Conflict("incident-closed", "The incident is closed.")
        : null;

    /// <summary>The state with a fact added.</summary>
    public static IncidentState Apply(IncidentState state, IncidentEvent fact, DateTimeOffset at) => fact switch
    {
        IncidentReported f => state with
        {
            Made = true, Title = f.Report.Title.Trim(), Level = f.Report.Level, Description = f.Report.Description.Trim(), Classes = [.. f.Report.Classes.Distinct()], DiscoveredAt = f.DiscoveredAt, ReportedById = f.ById,
        },
        IncidentChanged f => state with
        {
            Level = f.Change.Level ?? state.Level, Description = f.Change.Description?.Trim() ?? state.Description, Impact = f.Change.Impact?.Trim() ?? state.Impact,
            Advice = f.Change.Advice?.Trim() ?? state.Advice, Remedy = f.Change.Remedy?.Trim() ?? state.Remedy, Classes = f.Change.Classes is { } classes ? [.. classes.Distinct()] : state.Classes,
        },
        IncidentMeasured f => state with
        {
            Measures = state.Measures.Add(f.Measure),
            Stage = state.Stage == IncidentStage.Open && f.Measure.Kind == IncidentMeasureKind.Containment ? IncidentStage.Contained : state.Stage,
        },
        IncidentAffected f => state with { Affected = f.Total, ToldAt = null },
        IncidentTelling => state with { Telling = true, ToldAt = null, NoticesBegunAt = state.NoticesBegunAt ?? at },
        IncidentTold f => state with { Telling = false, ToldAt = f.Everybody ? at : null },
        IncidentAnnounced => state with { AnnouncedAt = at },
        IncidentReportedToAuthority f => state with { Reports = state.Reports.Add(f.Report) },
        IncidentWarned { Regulator: true } f => state with { RegulatorWarnings = f.Number },
        IncidentWarned f => state with { NoticeWarnings = f.Number },
        IncidentClosed => state with { Stage = IncidentStage.Closed, ClosedAt = at },
        _ => state,
    };

    private static string? Unsaid(IncidentState state) =>
        state.Impact is null ? "impact" : state.Advice is null ? "advice" : state.Remedy is null ? "remedy" : state.Measures.Length == 0 ? "measures" : null;

    private static DateTimeOffset? NextRegulatorWarning(IncidentState state) =>
        !state.Open || state.Reports.Length > 0 ? null : Next(state.DiscoveredAt, RegulatorDue(state), state.RegulatorWarnings);

    private static DateTimeOffset? NextNoticeWarning(IncidentState state) =>
        !state.Open || state.ToldAt is not null ? null : Next(state.DiscoveredAt, NoticesDue(state), state.NoticeWarnings);

    private static DateTimeOffset? Next(DateTimeOffset from, DateTimeOffset due, int warned) => warned switch { 0 => from + ((due - from) / 2), < Warnings => due, _ => null };
}
