using Dapper;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Privacy;
using LimoCha.Actors.ReadModel;
using LimoCha.Actors.Staff;
using LimoCha.Actors.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace LimoCha.Actors.Notices;

/// <summary>A list of notices.</summary>
public sealed class NoticeFilter
{
    /// <summary>True: not read yet; false: read.</summary>
    [FromQuery(Name = "unread")] public bool? Unread { get; init; }
    /// <summary>Of this category.</summary>
    [FromQuery(Name = "category")] public string? Category { get; init; }
}

/// <summary>A list of receipts.</summary>
public sealed class ReceiptListRequest
{
    /// <summary>How many; 1 to 200, default 200.</summary>
    [FromQuery(Name = "limit"), System.ComponentModel.DataAnnotations.Range(1, 200)] public int? Limit { get; init; }
    /// <summary>Where the page before ended: the last <c>userId</c> of it.</summary>
    [FromQuery(Name = "cursor")] public Guid? Cursor { get; init; }
    /// <summary>True: who has read it; false: who has not.</summary>
    [FromQuery(Name = "read")] public bool? Read { get; init; }
}

/// <summary>Who has read a notice, and how many in all.</summary>
/// <param name="Audience">How many people it is for.</param>
/// <param name="Read">How many of them have read it.</param>
/// <param name="Items">Them, by id.</param>
/// <param name="NextCursor">For the next page; null on the last.</param>
[NotPersonal]
public sealed record NoticeReceipts(int Audience, int Read, IReadOnlyList<NoticeReceipt> Items, string? NextCursor);

/// <summary>Notices (公告): /notices.</summary>
public static class NoticesApi
{
    private const int Most = 200;
    private static readonly Dictionary<string, SortKey<NoticeRow>> Sorts = new() { ["publishedAt"] = new("id", row => row.Id) };

    /// <summary>Maps the paths.</summary>
    public static RouteGroupBuilder MapNoticesApi(this RouteGroupBuilder api)
    {
        var notices = api.MapGroup("/notices").WithTags("Notices").RequireAuthorization(Policies.Staff);
        notices.MapPost("", PublishAsync).RequireAuthorization(Policies.Manager).WithSummary("Publishes a notice to everybody, a department, its managers, or people by name; it is on their devices at once.");
        notices.MapGet("", ListAsync).WithSummary("Notices for the caller, newest first, with when the caller read them.");
        notices.MapGet("/published", PublishedAsync).RequireAuthorization(Policies.Manager).WithSummary("Notices that were published: the caller's own and the department's for managers, all for admins.");
        notices.MapGet("/{id:guid}", GetAsync).WithSummary("A notice.");
        notices.MapPost("/{id:guid}/read", ReadAsync).WithSummary("The caller has read it: their devices show it no more.");
        notices.MapPost("/{id:guid}/withdraw", WithdrawAsync).RequireAuthorization(Policies.Manager).WithSummary("Takes a notice back from all devices.");
        notices.MapGet("/{id:guid}/receipts", ReceiptsAsync).RequireAuthorization(Policies.Manager).WithSummary("Who of the audience has read it, and who has not.");
        return api;
    }

    private static async Task<Results<Created<NoticeView>, ProblemHttpResult>> PublishAsync(PublishNotice command, Call call, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        (await grains.Grain<INoticeGrain>(call.NewId()).PublishAsync(command, call.Context, cancellationToken)).Created(context, notice => $"/api/v1/notices/{notice.Id}");

    private static async Task<Results<Ok<Page<NoticeView>>, ProblemHttpResult>> ListAsync(
        [AsParameters] NoticeFilter filter, [AsParameters] ListRequest request, Call call, HttpContext context, Database database, TimeProvider clock, CancellationToken cancellationToken)
    {
        var query = new ListQuery<NoticeRow>(database, "notice n", ReadTables.Notice.Columns, Sorts)
            .Where("closed_at IS NULL").Where(UserReadModel.NoticesFor(call.By.Role), "userId", call.By.UserId).Where("1 = 1", "departmentId", call.By.DepartmentId)
            .WhereIf(filter.Category, "category = @category", "category").Search(request.Q, "title", "body");
        if (filter.Unread is { } unread)
        {
            query.Where($"{(unread ? "NOT " : "")}EXISTS (SELECT 1 FROM notice_receipt r WHERE r.notice_id = n.id AND r.user_id = @userId)");
        }

        var outcome = await query.ReadAsync(request, "-publishedAt", NoticeProjection.View, clock, cancellationToken);
        return (outcome.Ok ? outcome with { Value = await WithReadAtAsync(outcome.Value, call.By.UserId, database, cancellationToken) } : outcome).Ok(context);
    }

    private static async Task<Page<NoticeView>> WithReadAtAsync(Page<NoticeView> page, Guid userId, Database database, CancellationToken cancellationToken)
    {
        var parameters = database.Keys("ids", page.Items.Select(notice => notice.Id));
        parameters.Add("userId", userId);
        await using var connection = await database.OpenAsync(cancellationToken);
        var read = (await connection.QueryAsync<NoticeReceiptRow>($"SELECT {ReadTables.NoticeReceipt.Columns} FROM notice_receipt WHERE user_id = @userId AND {database.In("notice_id", "ids")}", parameters))
            .ToDictionary(row => row.NoticeId, row => row.ReadAt);
        return page with { Items = [.. page.Items.Select(notice => notice with { ReadAt = read.TryGetValue(notice.Id, out var at) ? at : null })] };
    }

    private static async Task<Results<Ok<Page<NoticeView>>, ProblemHttpResult>> PublishedAsync(
        [AsParameters] ListRequest request, Call call, HttpContext context, Database database, TimeProvider clock, CancellationToken cancellationToken)
    {
        var query = new ListQuery<NoticeRow>(database, "notice", ReadTables.Notice.Columns, Sorts).Search(request.Q, "title", "body");
        if (!call.By.SeesAll)
        {
            query.Where("(published_by_id = @me OR department_id = @mine)", "me", call.By.UserId).Where("1 = 1", "mine", call.By.DepartmentId);
        }

        return (await query.ReadAsync(request, "-publishedAt", NoticeProjection.View, clock, cancellationToken)).Ok(context);
    }

    private static async Task<Results<Ok<NoticeView>, ProblemHttpResult>> GetAsync(Guid id, Call call, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        (await grains.Grain<INoticeGrain>(id).GetAsync(call.By, cancellationToken)).Ok(context);

    private static async Task<Results<Ok<NoticeReceipt>, ProblemHttpResult>> ReadAsync(Guid id, Call call, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var outcome = await grains.Grain<IUserGrain>(call.By.UserId).ReadNoticeAsync(id, call.Context with { IfVersion = null }, cancellationToken);
        return outcome.Ok ? TypedResults.Ok(outcome.Value) : Problems.From(outcome.Refusal);
    }

    private static async Task<Results<Ok<NoticeView>, ProblemHttpResult>> WithdrawAsync(Guid id, Call call, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        (await grains.Grain<INoticeGrain>(id).WithdrawAsync(call.Context, cancellationToken)).Ok(context);

    private static async Task<Results<Ok<NoticeReceipts>, ProblemHttpResult>> ReceiptsAsync(Guid id, [AsParameters] ReceiptListRequest request, Call call, IGrainFactory grains, Database database, CancellationToken cancellationToken)
    {
        var notice = await grains.Grain<INoticeGrain>(id).GetAsync(call.By, cancellationToken);
        if (!notice.Ok || call.By.Role != Role.Admin && notice.Value.PublishedById != call.By.UserId && notice.Value.Audience.DepartmentId != call.By.DepartmentId)
        {
            return Problems.From(Refusal.NotFound("notice"));
        }

        // The audience as it is now: somebody who joined since has to read it too.
        var audience = notice.Value.Audience;
        var parameters = database.Keys("people", audience.UserIds ?? []);
        parameters.AddDynamicParams(new { id, audience.DepartmentId, cursor = request.Cursor });
        var enabled = database.Kind == DatabaseKind.PostgreSql ? "u.enabled" : "u.enabled = 1";
        var who = audience.Kind switch
        {
            AudienceKind.Department => "u.department_id = @DepartmentId",
            AudienceKind.Managers => $"u.department_id = @DepartmentId AND u.role = {(int)Role.Manager}",
            AudienceKind.People => database.In("u.id", "people"),
            _ => "1 = 1",
        };
        var from = $"FROM staff_user u LEFT JOIN notice_receipt r ON r.notice_id = @id AND r.user_id = u.id WHERE {enabled} AND {who}";
        var limit = request.Limit ?? Most;
        await using var connection = await database.OpenAsync(cancellationToken);
        var (people, read) = await connection.QuerySingleAsync<(int, int)>($"SELECT count(*), count(r.id) {from}", parameters);
        var rows = await connection.QueryAsync<ReceiptRow>(
            $"""
            SELECT u.id AS user_id, r.read_at {from}
            {(request.Read is { } wanted ? $"AND r.id IS {(wanted ? "NOT " : "")}NULL" : "")} {(request.Cursor is null ? "" : "AND u.id > @cursor")}
            ORDER BY u.id LIMIT {limit + 1}
            """, parameters);
        return TypedResults.Ok(new NoticeReceipts(people, read, [.. rows.Take(limit).Select(row => new NoticeReceipt(id, row.UserId, row.ReadAt))], rows.Count > limit ? rows[limit - 1].UserId.ToString() : null));
    }

    private sealed record ReceiptRow
    {
        public Guid UserId { get; init; }
        public DateTimeOffset? ReadAt { get; init; }
    }
}
