using LimoCha.Actors.Kernel;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace LimoCha.Actors.Audit;

/// <summary>A search in the audit trail.</summary>
public sealed class AuditListRequest
{
    /// <summary>How many; 1 to 200, default 50.</summary>
    [FromQuery(Name = "limit"), System.ComponentModel.DataAnnotations.Range(1, 200)] public int? Limit { get; init; }
    /// <summary>From the page before: its <c>nextCursor</c>.</summary>
    [FromQuery(Name = "cursor")] public Guid? Cursor { get; init; }
    /// <summary>About this subject.</summary>
    [FromQuery(Name = "subjectId")] public Guid? SubjectId { get; init; }
    /// <summary>By this person.</summary>
    [FromQuery(Name = "actorId")] public Guid? ActorId { get; init; }
    /// <summary>With this action, like <c>customer.view</c>.</summary>
    [FromQuery(Name = "action"), System.ComponentModel.DataAnnotations.StringLength(60)] public string? Action { get; init; }
    /// <summary>For this purpose.</summary>
    [FromQuery(Name = "purpose"), System.ComponentModel.DataAnnotations.StringLength(60)] public string? Purpose { get; init; }
    /// <summary>Allowed ones, or refused ones.</summary>
    [FromQuery(Name = "allowed")] public bool? Allowed { get; init; }
    /// <summary>From this instant on (UTC).</summary>
    [FromQuery(Name = "from")] public DateTimeOffset? From { get; init; }
    /// <summary>Before this instant (UTC).</summary>
    [FromQuery(Name = "to")] public DateTimeOffset? To { get; init; }
}

/// <summary>The audit trail: /privacy/audit. Reading it is in it.</summary>
public static class AuditApi
{
    private const int DefaultLimit = 50;

    /// <summary>Maps the paths.</summary>
    public static RouteGroupBuilder MapAuditApi(this RouteGroupBuilder api)
    {
        var audit = api.MapGroup("/privacy/audit").WithTags("Audit").RequireAuthorization(Policies.Audit);
        audit.MapGet("", ListAsync).WithSummary("Who used whose data, when, why, and on which basis; newest first.");
        audit.MapGet("/verification", VerifyAsync).WithSummary("Reads the whole trail and says whether any entry was altered, removed or moved.");
        return api;
    }

    private static async Task<Ok<Page<AuditEntry>>> ListAsync([AsParameters] AuditListRequest request, Call call, AuditReader reader, TimeProvider clock, CancellationToken cancellationToken)
    {
        var limit = request.Limit ?? DefaultLimit;
        var entries = await reader.ReadAsync(
            new()
            {
                Before = request.Cursor, SubjectId = request.SubjectId, ActorId = request.ActorId, Action = request.Action, Purpose = request.Purpose, Allowed = request.Allowed, From = request.From, To = request.To,
            },
            limit + 1, call.By, cancellationToken);
        return TypedResults.Ok(new Page<AuditEntry>([.. entries.Take(limit)], entries.Count > limit ? entries[limit - 1].Id.ToString() : null, clock.GetUtcNow()));
    }

    private static async Task<Ok<AuditVerification>> VerifyAsync(Call call, AuditReader reader, CancellationToken cancellationToken) =>
        TypedResults.Ok(await reader.VerifyAsync(call.By, cancellationToken));
}
