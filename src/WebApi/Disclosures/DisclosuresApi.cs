using LimoCha.Actors.Files;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.ReadModel;
using LimoCha.Actors.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace LimoCha.Actors.Disclosures;

/// <summary>A list of disclosures.</summary>
public sealed class DisclosureFilter
{
    /// <summary>At this stage.</summary>
    [FromQuery(Name = "stage")] public Choice<DisclosureStage>? Stage { get; init; }
    /// <summary>Of this person.</summary>
    [FromQuery(Name = "subjectId")] public Guid? SubjectId { get; init; }
}

/// <summary>Legal disclosures: /privacy/disclosures.</summary>
public static class DisclosuresApi
{
    private static readonly Dictionary<string, SortKey<DisclosureRow>> Sorts = new() { ["createdAt"] = new("id", row => row.Id) };

    /// <summary>Maps the paths.</summary>
    public static RouteGroupBuilder MapDisclosuresApi(this RouteGroupBuilder api)
    {
        var disclosures = api.MapGroup("/privacy/disclosures").WithTags("Disclosures");
        disclosures.MapPost("", RequestAsync).RequireAuthorization(Policies.Privacy).RequireStepUp().WithSummary("Asks for a legal disclosure, with the document that demands it on file.");
        disclosures.MapGet("", ListAsync).RequireAuthorization(Policies.Oversight).WithSummary("Legal disclosures, newest first.");
        disclosures.MapGet("/{id:guid}", GetAsync).RequireAuthorization(Policies.Oversight).WithSummary("A legal disclosure.");
        disclosures.MapGet("/{id:guid}/document", DocumentAsync).RequireAuthorization(Policies.Oversight).WithSummary("The document that demands it.");
        disclosures.MapPost("/{id:guid}/review", ReviewAsync).RequireAuthorization(Policies.Privacy).RequireStepUp().WithSummary("Reviews it; somebody else than who asked.");
        disclosures.MapPost("/{id:guid}/disclose", DiscloseAsync).RequireAuthorization(Policies.Privacy).RequireStepUp().WithSummary("Gives exactly the approved fields out, once; the subject sees that it happened, unless the law demands secrecy.");
        disclosures.MapPost("/{id:guid}/secrecy", SetSecrecyAsync).RequireAuthorization(Policies.Privacy).RequireStepUp().WithSummary("Lengthens or ends the time in which the subject is not told.");
        return api;
    }

    /// <summary>Maps the document that the privacy office's page opens; the same as the API's.</summary>
    public static void MapDisclosurePages(this WebApplication app) =>
        app.MapGet("/privacy/disclosures/{id:guid}/document", DocumentAsync).RequireAuthorization(Policies.PrivacyPage).ExcludeFromDescription();

    private static async Task<Results<Created<DisclosureView>, ProblemHttpResult>> RequestAsync(RequestDisclosure command, Call call, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        (await grains.Grain<IDisclosureGrain>(call.NewId()).RequestAsync(command, call.Context, cancellationToken)).Created(context, disclosure => $"/api/v1/privacy/disclosures/{disclosure.Id}");

    private static async Task<Results<Ok<Page<DisclosureView>>, ProblemHttpResult>> ListAsync([AsParameters] DisclosureFilter filter, [AsParameters] ListRequest request, Call call, HttpContext context, Database database, TimeProvider clock, CancellationToken cancellationToken) =>
        (await new ListQuery<DisclosureRow>(database, "disclosure", ReadTables.Disclosure.Columns, Sorts)
            .WhereIf((int?)filter.Stage?.Value, "stage = @stage", "stage").WhereIf(filter.SubjectId, "subject_id = @subjectId", "subjectId").Where(DisclosureQueries.NotAbout("@me"), "me", call.By.UserId).Search(request.Q, "authority", "document_number")
            .ReadAsync(request, "-createdAt", DisclosureKind.View, clock, cancellationToken)).Ok(context);

    private static async Task<Results<Ok<DisclosureView>, ProblemHttpResult>> GetAsync(Guid id, Call call, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        (await grains.Grain<IDisclosureGrain>(id).GetAsync(call.By, cancellationToken)).Ok(context);

    private static async Task<Results<FileContentHttpResult, ProblemHttpResult>> DocumentAsync(Guid id, Call call, HttpContext context, IGrainFactory grains, FileStore files, CancellationToken cancellationToken)
    {
        var disclosure = await grains.Grain<IDisclosureGrain>(id).GetAsync(call.By, cancellationToken);
        return !disclosure.Ok ? Problems.From(disclosure.Refusal)
            : await files.ReadAsync(disclosure.Value.DocumentId, cancellationToken) is { } file ? FilesApi.Bytes(file, context)
            : Problems.From(Refusal.NotFound("document"));
    }

    private static async Task<Results<Ok<DisclosureView>, ProblemHttpResult>> ReviewAsync(Guid id, ReviewDisclosure command, Call call, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        (await grains.Grain<IDisclosureGrain>(id).ReviewAsync(command, call.Context, cancellationToken)).Ok(context);

    private static async Task<Results<Ok<DisclosureView>, ProblemHttpResult>> SetSecrecyAsync(Guid id, SetDisclosureSecrecy command, Call call, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        (await grains.Grain<IDisclosureGrain>(id).SetSecrecyAsync(command, call.Context, cancellationToken)).Ok(context);

    private static async Task<Results<Ok<DisclosedData>, ProblemHttpResult>> DiscloseAsync(Guid id, Call call, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        (await grains.Grain<IDisclosureGrain>(id).DiscloseAsync(call.Context, cancellationToken)).Ok(context);
}
