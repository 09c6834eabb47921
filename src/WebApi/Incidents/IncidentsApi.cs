using System.Globalization;
using Dapper;
using LimoCha.Actors.Consent;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Privacy;
using LimoCha.Actors.ReadModel;
using LimoCha.Actors.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace LimoCha.Actors.Incidents;

/// <summary>A list of incidents.</summary>
public sealed class IncidentFilter
{
    /// <summary>At this stage.</summary>
    [FromQuery(Name = "stage")] public Choice<IncidentStage>? Stage { get; init; }
    /// <summary>Of this level.</summary>
    [FromQuery(Name = "level")] public Choice<IncidentLevel>? Level { get; init; }
}

/// <summary>The list of whom an incident concerns.</summary>
public sealed class AffectedListRequest
{
    /// <summary>How many; 1 to 200, default 50.</summary>
    [FromQuery(Name = "limit"), System.ComponentModel.DataAnnotations.Range(1, 200)] public int? Limit { get; init; }
    /// <summary>From the page before: its <c>nextCursor</c>.</summary>
    [FromQuery(Name = "cursor")] public Guid? Cursor { get; init; }
    /// <summary>Told this way.</summary>
    [FromQuery(Name = "channel")] public Choice<NoticeChannel>? Channel { get; init; }
    /// <summary>This far.</summary>
    [FromQuery(Name = "progress")] public Choice<NoticeProgress>? Progress { get; init; }
}

/// <summary>What the public reads of an incident.</summary>
/// <param name="Id">The incident.</param>
/// <param name="Title">In one line.</param>
/// <param name="Text">In both languages.</param>
/// <param name="AnnouncedAt">When (UTC).</param>
[NotPersonal]
public sealed record Announcement(Guid Id, string Title, string Text, DateTimeOffset AnnouncedAt);

/// <summary>Security incidents: /privacy/incidents, and what is announced of them: /privacy/announcements.</summary>
public static class IncidentsApi
{
    private const int DefaultLimit = 50;
    private const int MostAnnounced = 100;

    private static readonly Dictionary<string, SortKey<IncidentRow>> Sorts = new()
    {
        ["discoveredAt"] = new("discovered_at", row => row.DiscoveredAt), ["createdAt"] = new("id", row => row.Id),
    };

    /// <summary>Maps the paths.</summary>
    public static RouteGroupBuilder MapIncidentsApi(this RouteGroupBuilder api)
    {
        var incidents = api.MapGroup("/privacy/incidents").WithTags("Incidents");
        incidents.MapPost("", ReportAsync).RequireAuthorization(Policies.Privacy).WithSummary("Reports an incident inside the company; its deadlines run from its discovery.");
        incidents.MapGet("", ListAsync).RequireAuthorization(Policies.Oversight).WithSummary("Incidents, newest first.");
        incidents.MapGet("/{id:guid}", GetAsync).RequireAuthorization(Policies.Oversight).WithSummary("An incident with its measures, reports and how far the notices are.");
        incidents.MapPatch("/{id:guid}", ChangeAsync).RequireAuthorization(Policies.Privacy).WithSummary("Changes what is known: level, impact, advice, remedy.");
        incidents.MapPost("/{id:guid}/measures", MeasureAsync).RequireAuthorization(Policies.Privacy).WithSummary("Adds what was done: plan, containment, analysis, remedy, cooperation.");
        incidents.MapPost("/{id:guid}/affected", FindAsync).RequireAuthorization(Policies.Privacy).WithSummary("Puts on the list whose data is concerned: from the audit trail, by owner or department, or by name.");
        incidents.MapGet("/{id:guid}/affected", AffectedAsync).RequireAuthorization(Policies.Oversight).WithSummary("Who is on the list and how far each has been told.");
        incidents.MapPost("/{id:guid}/notices", NotifyAsync).RequireAuthorization(Policies.Privacy).RequireStepUp().WithSummary("Tells everybody on the list, by mail or on their devices; who cannot be told so is listed for calls and letters.");
        incidents.MapGet("/{id:guid}/letters", LettersAsync).RequireAuthorization(Policies.Privacy).RequireStepUp().WithSummary("The letters that wait to be printed: a page each.");
        incidents.MapGet("/{id:guid}/calls", CallsAsync).RequireAuthorization(Policies.Privacy).RequireStepUp().WithSummary("The calls that wait to be made.");
        incidents.MapPost("/{id:guid}/reached", ReachedAsync).RequireAuthorization(Policies.Privacy).WithSummary("Says whom a letter or call reached, or did not: then the next way is tried.");
        incidents.MapPost("/{id:guid}/announcement", AnnounceAsync).RequireAuthorization(Policies.Privacy).RequireStepUp().WithSummary("Announces it to the public.");
        incidents.MapGet("/{id:guid}/report", ReportPageAsync).RequireAuthorization(Policies.Oversight).WithSummary("The report to the authority: a page to print.");
        incidents.MapPost("/{id:guid}/reports", ReportedAsync).RequireAuthorization(Policies.Privacy).WithSummary("Records that an authority was told, and its receipt.");
        incidents.MapPost("/{id:guid}/close", CloseAsync).RequireAuthorization(Policies.Privacy).WithSummary("Closes it; refused while something is missing, which the answer names.");
        api.MapGet("/privacy/announcements", AnnouncementsAsync).WithTags("Incidents").AllowAnonymous().WithSummary("What has been announced to the public, newest first.");
        return api;
    }

    /// <summary>Maps the public page.</summary>
    public static void MapAnnouncementsPage(this WebApplication app) =>
        app.MapGet("/announcements", async (Database database, CompanyDays days, HttpContext context, CancellationToken cancellationToken) =>
        {
            context.Response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'";
            return Page(IncidentPages.Announcements(await AnnouncedAsync(database, cancellationToken), days));
        }).AllowAnonymous().RequireRateLimiting(Limits.Public).ExcludeFromDescription();

    /// <summary>Maps what the privacy office's page opens to print; the same as the API's.</summary>
    public static void MapIncidentPages(this WebApplication app)
    {
        var pages = app.MapGroup("/privacy/incidents/{id:guid}").RequireAuthorization(Policies.PrivacyPage).ExcludeFromDescription();
        pages.MapGet("/letters", LettersAsync).RequireStepUp();
        pages.MapGet("/report", ReportPageAsync);
    }

    /// <summary>What has been announced.</summary>
    internal static async Task<IReadOnlyList<Announcement>> AnnouncedAsync(Database database, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return [.. (await connection.QueryAsync<IncidentRow>(new CommandDefinition(
            $"SELECT id, title, announcement, announced_at FROM incident WHERE announced_at IS NOT NULL ORDER BY announced_at DESC LIMIT {MostAnnounced}", cancellationToken: cancellationToken)))
            .Select(row => new Announcement(row.Id, row.Title, row.Announcement!, row.AnnouncedAt!.Value))];
    }

    private static async Task<Ok<IReadOnlyList<Announcement>>> AnnouncementsAsync(Database database, CancellationToken cancellationToken) =>
        TypedResults.Ok(await AnnouncedAsync(database, cancellationToken));

    private static async Task<Results<Created<IncidentView>, ProblemHttpResult>> ReportAsync(ReportIncident command, Call call, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        (await grains.Grain<IIncidentGrain>(call.NewId()).ReportAsync(command, call.Context, cancellationToken)).Created(context, incident => $"/api/v1/privacy/incidents/{incident.Id}");

    private static async Task<Results<Ok<Page<IncidentView>>, ProblemHttpResult>> ListAsync([AsParameters] IncidentFilter filter, [AsParameters] ListRequest request, HttpContext context, Database database, TimeProvider clock, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        return (await new ListQuery<IncidentRow>(database, "incident", ReadTables.Incident.Columns, Sorts)
            .WhereIf((int?)filter.Stage?.Value, "stage = @stage", "stage").WhereIf((int?)filter.Level?.Value, "level = @level", "level").Search(request.Q, "title")
            .ReadAsync(request, "-discoveredAt", row => IncidentEntityKind.View(row, now), clock, cancellationToken)).Ok(context);
    }

    private static async Task<Results<Ok<IncidentView>, ProblemHttpResult>> GetAsync(Guid id, Call call, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        (await grains.Grain<IIncidentGrain>(id).GetAsync(call.By, cancellationToken)).Ok(context);

    private static async Task<Results<Ok<IncidentView>, ProblemHttpResult>> ChangeAsync(Guid id, ChangeIncident command, Call call, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        (await grains.Grain<IIncidentGrain>(id).ChangeAsync(command, call.Context, cancellationToken)).Ok(context);

    private static async Task<Results<Ok<IncidentView>, ProblemHttpResult>> MeasureAsync(Guid id, IncidentMeasure command, Call call, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        (await grains.Grain<IIncidentGrain>(id).MeasureAsync(command, call.Context, cancellationToken)).Ok(context);

    private static async Task<Results<Ok<AffectedFound>, ProblemHttpResult>> FindAsync(Guid id, FindAffected command, Call call, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        (await grains.Grain<IIncidentGrain>(id).FindAffectedAsync(command, call.Context, cancellationToken)).Ok(context);

    private static async Task<Results<Ok<Page<AffectedSubject>>, ProblemHttpResult>> AffectedAsync(
        Guid id, [AsParameters] AffectedListRequest request, Call call, IGrainFactory grains, Database database, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (await grains.Grain<IIncidentGrain>(id).GetAsync(call.By, cancellationToken) is { Ok: false } unknown)
        {
            return Problems.From(unknown.Refusal);
        }

        var limit = request.Limit ?? DefaultLimit;
        (object? Value, string Condition)[] filters =
        [
            (request.Cursor, "subject_id > @Cursor"), (request.Channel, "channel = @channel"), (request.Progress, "progress = @progress"),
        ];
        var where = string.Join("", filters.Where(filter => filter.Value is not null).Select(filter => $" AND {filter.Condition}"));
        await using var connection = await database.OpenAsync(cancellationToken);
        var rows = await connection.QueryAsync<AffectedSubject>(new CommandDefinition(
            string.Create(CultureInfo.InvariantCulture, $"SELECT subject_id, kind, channel, progress, attempts, updated_at FROM incident_subject WHERE incident_id = @id{where} ORDER BY subject_id LIMIT {limit + 1}"),
            new { id, request.Cursor, channel = (int?)request.Channel?.Value, progress = (int?)request.Progress?.Value }, cancellationToken: cancellationToken));
        var page = rows.Take(limit).ToList();
        return TypedResults.Ok(new Page<AffectedSubject>(page, rows.Count > limit ? page[^1].SubjectId.ToString() : null, clock.GetUtcNow()));
    }

    private static async Task<Results<Ok<IncidentView>, ProblemHttpResult>> NotifyAsync(Guid id, Call call, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        (await grains.Grain<IIncidentGrain>(id).NotifyAsync(call.Context, cancellationToken)).Ok(context);

    private static async Task<Results<Ok<IReadOnlyList<SubjectContact>>, ProblemHttpResult>> CallsAsync(Guid id, Call call, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        (await grains.Grain<IIncidentGrain>(id).ContactsAsync(NoticeChannel.Phone, call.By, cancellationToken)).Ok(context);

    private static async Task<Results<ContentHttpResult, ProblemHttpResult>> LettersAsync(
        Guid id, Call call, IGrainFactory grains, IOptions<CompanyOptions> company, CompanyDays days, CancellationToken cancellationToken)
    {
        var grain = grains.Grain<IIncidentGrain>(id);
        var (incident, contacts) = (await grain.GetAsync(call.By, cancellationToken), await grain.ContactsAsync(NoticeChannel.Letter, call.By, cancellationToken));
        return !incident.Ok || !contacts.Ok ? Problems.From((incident.Refusal ?? contacts.Refusal)!) : Page(IncidentPages.Letters(incident.Value, contacts.Value, company.Value, days));
    }

    private static async Task<Results<ContentHttpResult, ProblemHttpResult>> ReportPageAsync(
        Guid id, Call call, IGrainFactory grains, IOptions<CompanyOptions> company, CompanyDays days, CancellationToken cancellationToken)
    {
        var incident = await grains.Grain<IIncidentGrain>(id).GetAsync(call.By, cancellationToken);
        return incident.Ok ? Page(IncidentPages.Report(incident.Value, company.Value, days)) : Problems.From(incident.Refusal);
    }

    private static async Task<Results<Ok<IncidentView>, ProblemHttpResult>> ReachedAsync(Guid id, RecordReached command, Call call, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        (await grains.Grain<IIncidentGrain>(id).ReachedAsync(command, call.Context, cancellationToken)).Ok(context);

    private static async Task<Results<Ok<IncidentView>, ProblemHttpResult>> AnnounceAsync(Guid id, Call call, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        (await grains.Grain<IIncidentGrain>(id).AnnounceAsync(call.Context, cancellationToken)).Ok(context);

    private static async Task<Results<Ok<IncidentView>, ProblemHttpResult>> ReportedAsync(Guid id, RegulatorReport command, Call call, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        (await grains.Grain<IIncidentGrain>(id).ReportedAsync(command, call.Context, cancellationToken)).Ok(context);

    private static async Task<Results<Ok<IncidentView>, ProblemHttpResult>> CloseAsync(Guid id, Call call, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        (await grains.Grain<IIncidentGrain>(id).CloseAsync(call.Context, cancellationToken)).Ok(context);

    private static ContentHttpResult Page(string html) => TypedResults.Text(html, "text/html; charset=utf-8");
}
