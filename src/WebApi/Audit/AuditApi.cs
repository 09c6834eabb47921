using System.Globalization;
using Dapper;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Storage;
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

    private static async Task<Ok<Page<AuditEntry>>> ListAsync([AsParameters] AuditListRequest request, Call call, Database database, IGrainFactory grains, TimeProvider clock, CancellationToken cancellationToken)
    {
        var limit = request.Limit ?? DefaultLimit;
        (object? Value, string Condition)[] filters =
        [
            (request.Cursor, "id < @Cursor"), (request.SubjectId, "subject_id = @SubjectId"), (request.ActorId, "actor_id = @ActorId"), (request.Action, "action = @Action"),
            (request.Purpose, "purpose = @Purpose"), (request.Allowed, "allowed = @Allowed"), (request.From, "at >= @From"), (request.To, "at < @To"),
        ];
        var where = string.Join(" AND ", filters.Where(filter => filter.Value is not null).Select(filter => filter.Condition).Prepend("1 = 1"));
        List<AuditRow> rows;
        await using (var connection = await database.OpenAsync(cancellationToken))
        {
            rows = (await connection.QueryAsync<AuditRow>(new CommandDefinition(
                string.Create(CultureInfo.InvariantCulture, $"SELECT {AuditLog.Columns} FROM audit_entry WHERE {where} ORDER BY id DESC LIMIT {limit + 1}"),
                new { request.Cursor, request.SubjectId, request.ActorId, request.Action, request.Purpose, request.Allowed, request.From, request.To }, cancellationToken: cancellationToken))).AsList();
        }

        await RecordAsync(grains, call, "audit.read", request.SubjectId, clock, cancellationToken);
        var page = rows.Take(limit).ToList();
        return TypedResults.Ok(new Page<AuditEntry>([.. page.Select(row => row.Entry)], rows.Count > limit ? page[^1].Id.ToString() : null, clock.GetUtcNow()));
    }

    private static async Task<Ok<AuditVerification>> VerifyAsync(Call call, AuditVerifier verifier, IGrainFactory grains, TimeProvider clock, CancellationToken cancellationToken)
    {
        var result = await verifier.VerifyAsync(cancellationToken);
        await RecordAsync(grains, call, "audit.verified", null, clock, cancellationToken);
        return TypedResults.Ok(result);
    }

    private static Task RecordAsync(IGrainFactory grains, Call call, string action, Guid? subjectId, TimeProvider clock, CancellationToken cancellationToken) =>
        grains.AuditAsync(subjectId ?? call.By.UserId, [new() { Id = Ids.New(clock), At = clock.GetUtcNow(), ActorId = call.By.UserId, Action = action, SubjectId = subjectId }], cancellationToken);
}
