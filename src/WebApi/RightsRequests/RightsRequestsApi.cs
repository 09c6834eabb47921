using LimoCha.Actors.Consent;
using LimoCha.Actors.Customers;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.ReadModel;
using LimoCha.Actors.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace LimoCha.Actors.RightsRequests;

/// <summary>A list of requests.</summary>
public sealed class RightsRequestFilter
{
    /// <summary>At this stage.</summary>
    [FromQuery(Name = "stage")] public Choice<RightsRequestStage>? Stage { get; init; }
    /// <summary>Of this kind.</summary>
    [FromQuery(Name = "kind")] public Choice<RightsRequestKind>? Kind { get; init; }
    /// <summary>About this subject.</summary>
    [FromQuery(Name = "subjectId")] public Guid? SubjectId { get; init; }
    /// <summary>True: open and past the deadline.</summary>
    [FromQuery(Name = "overdue")] public bool? Overdue { get; init; }
}

/// <summary>Requests of subjects: /privacy/rights-requests; complaints and questions: /privacy/complaints; links to a subject's own page.</summary>
public static class RightsRequestsApi
{
    private static readonly Dictionary<string, SortKey<RightsRequestRow>> Sorts = new()
    {
        ["dueAt"] = new("due_at", row => row.DueAt), ["createdAt"] = new("id", row => row.Id),
    };

    /// <summary>Maps the paths.</summary>
    public static RouteGroupBuilder MapRightsRequestsApi(this RouteGroupBuilder api)
    {
        var requests = api.MapGroup("/privacy/rights-requests").WithTags("Rights requests").RequireAuthorization(Policies.Staff);
        requests.MapPost("", MakeAsync).WithSummary("Makes a request: one's own, or one that a customer made; due in fifteen days.");
        requests.MapGet("", ([AsParameters] RightsRequestFilter filter, [AsParameters] ListRequest request, Call call, HttpContext context, Database database, TimeProvider clock, CancellationToken cancellationToken) =>
            ListAsync(filter, request, complaints: false, call, context, database, clock, cancellationToken)).WithName("listRightsRequests").WithSummary("Requests: all for the privacy office and auditors, otherwise one's own.");
        requests.MapGet("/{id:guid}", GetAsync).WithSummary("A request with its words.");
        requests.MapPost("/{id:guid}/verify", VerifyAsync).RequireAuthorization(Policies.Privacy).WithSummary("Says how it is known that the subject asks.");
        requests.MapPost("/{id:guid}/take", TakeAsync).RequireAuthorization(Policies.Privacy).WithSummary("The caller takes care of it.");
        requests.MapPost("/{id:guid}/answer", AnswerAsync).RequireAuthorization(Policies.Privacy).RequireStepUp().WithSummary("Answers it; a deletion or an account's cancellation is carried out first.");
        requests.MapPost("/{id:guid}/reject", RejectAsync).RequireAuthorization(Policies.Privacy).RequireStepUp().WithSummary("Refuses it, with the reason that the subject is told.");
        requests.MapPost("/{id:guid}/withdraw", WithdrawAsync).WithSummary("Takes one's own request back.");
        requests.MapGet("/{id:guid}/copy", CopyAsync).RequireStepUp().WithSummary("Everything held about the subject of a verified access or portability request: JSON, or a page to read.");

        api.MapGet("/privacy/complaints", ([AsParameters] RightsRequestFilter filter, [AsParameters] ListRequest request, Call call, HttpContext context, Database database, TimeProvider clock, CancellationToken cancellationToken) =>
            ListAsync(filter, request, complaints: true, call, context, database, clock, cancellationToken)).WithTags("Rights requests").RequireAuthorization(Policies.Staff).WithName("listComplaints").WithSummary("Complaints and questions; each is a rights request of that kind.");
        api.MapPost("/customers/{id:guid}/links", LinkAsync).WithTags("Customers").RequireAuthorization(Policies.Staff).WithSummary("A link that opens the customer's own page once; to be sent to them over a way that is theirs.");
        return api;
    }

    private static async Task<Results<Created<RightsRequestView>, ProblemHttpResult>> MakeAsync(MakeRightsRequest command, Call call, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken)
    {
        if (command.Subject == SubjectKind.Customer)
        {
            if (command.SubjectId is not { } customer)
            {
                return Problems.From(Refusal.Invalid("subjectId", "Which customer?"));
            }

            var seen = await grains.Grain<ICustomerGrain>(customer).GetAsync(call.By, cancellationToken);
            if (!seen.Ok)
            {
                return Problems.From(Refusal.Unprocessable("unknown-subject", "There is no such customer.", "subjectId"));
            }
        }

        // Who is signed in asks for themselves.
        var verifiedBy = command.Subject == SubjectKind.Staff && (command.SubjectId ?? call.By.UserId) == call.By.UserId ? "session" : null;
        return (await grains.Grain<IRightsRequestGrain>(call.NewId()).ReceiveAsync(command, verifiedBy, call.Context, cancellationToken)).Created(context, request => $"/api/v1/privacy/rights-requests/{request.Id}");
    }

    private static async Task<Results<Ok<Page<RightsRequestView>>, ProblemHttpResult>> ListAsync(
        RightsRequestFilter filter, ListRequest request, bool complaints, Call call, HttpContext context, Database database, TimeProvider clock, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var query = new ListQuery<RightsRequestRow>(database, "rights_request", ReadTables.RightsRequest.Columns, Sorts)
            .WhereIf((int?)filter.Stage?.Value, "stage = @stage", "stage")
            .WhereIf((int?)filter.Kind?.Value, "kind = @kind", "kind")
            .WhereIf(filter.SubjectId, "subject_id = @subjectId", "subjectId");
        if (filter.Overdue is { } overdue)
        {
            query.Where(overdue ? "ended_at IS NULL AND due_at <= @now" : "NOT (ended_at IS NULL AND due_at <= @now)", "now", now);
        }

        if (complaints)
        {
            query.Where($"kind IN ({(int)RightsRequestKind.Complaint}, {(int)RightsRequestKind.Question})");
        }

        if (!(call.By.IsOffice || call.By.Role == Role.Auditor))
        {
            query.Where("subject_id = @me", "me", call.By.UserId);
        }

        return (await query.ReadAsync(request, "dueAt", row => RightsRequestEntityKind.View(row, now), clock, cancellationToken)).Ok(context);
    }

    private static async Task<Results<Ok<RightsRequestView>, ProblemHttpResult>> GetAsync(Guid id, Call call, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        (await grains.Grain<IRightsRequestGrain>(id).GetAsync(call.By, cancellationToken)).Ok(context);

    private static async Task<Results<Ok<RightsRequestView>, ProblemHttpResult>> VerifyAsync(Guid id, VerifyIdentity command, Call call, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        (await grains.Grain<IRightsRequestGrain>(id).VerifyAsync(command, call.Context, cancellationToken)).Ok(context);

    private static async Task<Results<Ok<RightsRequestView>, ProblemHttpResult>> TakeAsync(Guid id, Call call, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        (await grains.Grain<IRightsRequestGrain>(id).TakeAsync(call.Context, cancellationToken)).Ok(context);

    private static async Task<Results<Ok<RightsRequestView>, ProblemHttpResult>> AnswerAsync(Guid id, AnswerRightsRequest command, Call call, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        (await grains.Grain<IRightsRequestGrain>(id).AnswerAsync(command, call.Context, cancellationToken)).Ok(context);

    private static async Task<Results<Ok<RightsRequestView>, ProblemHttpResult>> RejectAsync(Guid id, AnswerRightsRequest command, Call call, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        (await grains.Grain<IRightsRequestGrain>(id).RejectAsync(command, call.Context, cancellationToken)).Ok(context);

    private static async Task<Results<Ok<RightsRequestView>, ProblemHttpResult>> WithdrawAsync(Guid id, Call call, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        (await grains.Grain<IRightsRequestGrain>(id).WithdrawAsync(call.Context, cancellationToken)).Ok(context);

    private static async Task<Results<ContentHttpResult, ProblemHttpResult>> CopyAsync(Guid id, Call call, IGrainFactory grains, SubjectCopies copies, CancellationToken cancellationToken, string? format = "json")
    {
        var request = await grains.Grain<IRightsRequestGrain>(id).GetAsync(call.By, cancellationToken);
        if (!request.Ok)
        {
            return Problems.From(request.Refusal);
        }

        var (asked, office) = (request.Value, call.By.IsOffice);
        if (asked.SubjectId != call.By.UserId && !office)
        {
            return Problems.From(Refusal.Forbidden("The copy is for the subject and the privacy office."));
        }

        if (asked.Kind is not (RightsRequestKind.Access or RightsRequestKind.Portability) || asked.VerifiedBy is null || asked.Stage is RightsRequestStage.Rejected or RightsRequestStage.Withdrawn)
        {
            return Problems.From(Refusal.Conflict("identity-not-verified", "A copy is made for a verified access or portability request."));
        }

        if (format is not ("json" or "html"))
        {
            return Problems.From(Refusal.Invalid("format", "Format is json or html."));
        }

        var copy = await copies.MakeAsync(asked.Subject, asked.SubjectId, UseKind.Export, call.Context with { IfVersion = null }, cancellationToken);
        return !copy.Ok ? Problems.From(copy.Refusal)
            : format == "html" ? TypedResults.Text(SubjectCopies.Html(copy.Value), "text/html; charset=utf-8")
            : TypedResults.Text(SubjectCopies.Json(copy.Value), "application/json; charset=utf-8");
    }

    private static async Task<Results<Ok<SubjectLink>, ProblemHttpResult>> LinkAsync(Guid id, Call call, IGrainFactory grains, SubjectLinks links, CancellationToken cancellationToken)
    {
        var customer = await grains.Grain<ICustomerGrain>(id).GetAsync(call.By, cancellationToken);
        return !customer.Ok ? Problems.From(customer.Refusal)
            : call.By.Role == Role.Auditor ? Problems.From(Refusal.Forbidden("Auditors read."))
            : customer.Value.ErasedAt is not null ? Problems.From(Refusal.Conflict("erased", "The customer's data has been erased."))
            : TypedResults.Ok(await links.MakeAsync(id, call.By.UserId, cancellationToken));
    }
}
