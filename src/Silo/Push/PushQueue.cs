using Dapper;
using LimoCha.Actors.Storage;

namespace LimoCha.Actors.Push;

/// <summary>A push as the database keeps it.</summary>
internal sealed record QueuedPush
{
    public Guid Id { get; init; }
    public Guid UserId { get; init; }
    public Guid SessionId { get; init; }
    public PushVendor Vendor { get; init; }
    public string Token { get; init; } = "";
    public string CollapseKey { get; init; } = "";
    public string Kind { get; init; } = "";
    public Guid CardId { get; init; }
    public int CardVersion { get; init; }
    public bool Urgent { get; init; }
    public string? Title { get; init; }
    public string Language { get; init; } = "";
    public DateTimeOffset DueAt { get; init; }
    public DateTimeOffset ExpiresAt { get; init; }
    public int Attempts { get; init; }
}

/// <summary>What became of a queued push.</summary>
internal enum PushStatus
{
    Waits = 0,
    Sent = 1,
    Dropped = 2,
    GivenUp = 3,
}

/// <inheritdoc cref="IPushQueue" />
internal sealed class PushQueue(Database database, TimeProvider clock) : IPushQueue
{
    private const int Page = 200;
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Kept = TimeSpan.FromDays(7);
    private const string Columns = "id, user_id, session_id, vendor, token, collapse_key, kind, card_id, card_version, urgent, title, language, due_at, expires_at, attempts";

    public async Task AddAsync(IReadOnlyList<PlannedPush> pushes, CancellationToken cancellationToken = default) =>
        await database.ExecuteAsync(
            $"""
            INSERT INTO push_message ({Columns}, status)
            VALUES (@Id, @UserId, @SessionId, @Vendor, @Token, @CollapseKey, @Kind, @CardId, @CardVersion, @Urgent, @Title, @Language, @DueAt, @ExpiresAt, 0, 0)
            ON CONFLICT (id) DO NOTHING
            """,
            pushes.Select(push => new
            {
                push.Id, push.UserId, push.SessionId, Vendor = (int)push.Vendor, push.Token, push.CollapseKey, push.Kind, push.CardId,
                push.CardVersion, push.Urgent, push.Title, push.Language, push.DueAt, push.ExpiresAt,
            }), cancellationToken);

    public Task DropAsync(Guid userId, CancellationToken cancellationToken = default) =>
        database.ExecuteAsync($"UPDATE push_message SET status = {(int)PushStatus.Dropped} WHERE user_id = @userId AND status = 0", new { userId }, cancellationToken);

    /// <summary>
    /// Takes what is due, and what is due so soon that a phone would show it one above the other, for a minute: whoever takes it and
    /// dies leaves it to the next.
    /// </summary>
    public Task<List<QueuedPush>> TakeAsync(CancellationToken cancellationToken) =>
        database.WriteAsync(
            async connection => await connection.QueryAsync<QueuedPush>(
                $"""
                UPDATE push_message SET leased_until = @until, attempts = attempts + 1
                WHERE id IN (
                    SELECT p.id FROM push_message p
                    WHERE p.status = 0 AND p.due_at <= @soon AND (p.leased_until IS NULL OR p.leased_until < @now)
                      AND (p.due_at <= @now OR EXISTS (
                          SELECT 1 FROM push_message d
                          WHERE d.status = 0 AND d.due_at <= @now AND d.session_id = p.session_id AND d.collapse_key = p.collapse_key))
                    ORDER BY p.due_at LIMIT {Page} {(database.Kind == DatabaseKind.PostgreSql ? "FOR UPDATE OF p SKIP LOCKED" : "")})
                RETURNING {Columns}
                """, new { now = clock.GetUtcNow(), soon = clock.GetUtcNow() + PushRules.Gather, until = clock.GetUtcNow() + Lease }),
            cancellationToken);

    /// <summary>Ends pushes.</summary>
    public Task EndAsync(IEnumerable<QueuedPush> pushes, PushStatus status, string? problem, CancellationToken cancellationToken)
    {
        var parameters = database.Keys("ids", pushes.Select(push => push.Id));
        parameters.Add("status", (int)status);
        parameters.Add("problem", problem);
        return database.ExecuteAsync($"UPDATE push_message SET status = @status, problem = @problem, leased_until = NULL WHERE {database.In("id", "ids")}", parameters, cancellationToken);
    }

    /// <summary>Puts pushes off.</summary>
    public Task PutOffAsync(IEnumerable<QueuedPush> pushes, DateTimeOffset until, string? problem, CancellationToken cancellationToken)
    {
        var parameters = database.Keys("ids", pushes.Select(push => push.Id));
        parameters.Add("until", until);
        parameters.Add("problem", problem);
        return database.ExecuteAsync($"UPDATE push_message SET due_at = @until, problem = @problem, leased_until = NULL WHERE {database.In("id", "ids")}", parameters, cancellationToken);
    }

    /// <summary>Forgets what is long over.</summary>
    public Task PurgeAsync(CancellationToken cancellationToken) =>
        database.ExecuteAsync("DELETE FROM push_message WHERE expires_at < @before", new { before = clock.GetUtcNow() - Kept }, cancellationToken);
}
