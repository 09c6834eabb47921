using Dapper;
using LimoCha.Actors.Attendance;
using LimoCha.Actors.Devices;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Notices;
using LimoCha.Actors.Staff;
using LimoCha.Actors.Storage;
using LimoCha.Actors.Tasks;

namespace LimoCha.Actors.ReadModel;

/// <inheritdoc cref="IUserReadModel" />
internal sealed class UserReadModel(Database database, GroupCommitStorage states) : IUserReadModel
{
    /// <summary>Made once: every device that comes after a restart has its person look.</summary>
    private readonly string openTasks =
        $"""
        SELECT * FROM (
            SELECT {ReadTables.Task.Columns} FROM task WHERE open_assignee_id = @userId ORDER BY id DESC LIMIT {Inbox.MostCards}) AS mine
        UNION ALL
        SELECT * FROM (
            SELECT {ReadTables.Task.Columns} FROM task
            WHERE id IN (SELECT task_id FROM task_offer WHERE user_id = @userId AND {(database.Kind == DatabaseKind.PostgreSql ? "open" : "open = 1")}) AND stage = {(int)TaskStage.Offered}
            ORDER BY id DESC LIMIT {Inbox.MostCards}) AS offered
        """;

    private readonly string noticesOfManagers = OpenNotices(Role.Manager);
    private readonly string noticesOfOthers = OpenNotices(Role.Staff);

    public Task<OpenCards> OpenCardsAsync(Guid userId, Guid? departmentId, Role role, CancellationToken cancellationToken) => UnavailableStorage.ReadAsync(async () =>
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        // In one round trip; each of the two is a walk of an index of its own.
        var tasks = await connection.QueryAsync<TaskRow>(openTasks, new { userId });
        var notices = await connection.QueryAsync<NoticeRow>(role == Role.Manager ? noticesOfManagers : noticesOfOthers, new { userId, departmentId });
        Card[] cards = [.. Inbox.Shown([.. tasks.Select(TaskProjection.Card), .. notices.Select(NoticeProjection.Card)])];
        // The rows were read first: a state that is still at the row's version was current then, and what came after is told.
        var behind = new HashSet<Guid>();
        foreach (var kind in cards.GroupBy(card => card.Kind))
        {
            var stored = await StoredAsync(kind.Key, kind);
            behind.UnionWith(kind.Zip(stored).Where(pair => pair.First.Version != pair.Second).Select(pair => pair.First.Id));
        }

        return new OpenCards([.. cards.Where(card => !behind.Contains(card.Id))], [.. cards.Where(card => behind.Contains(card.Id))]);
    });

    public async Task<bool> IsCurrentAsync(Card card) => (await StoredAsync(card.Kind, [card]))[0] == card.Version;

    public Task<LastKnown> LastKnownAsync(Guid userId, CancellationToken cancellationToken) => UnavailableStorage.ReadAsync(async () =>
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var last = await connection.QuerySingleAsync<LastKnownRow>(
            $"""
            SELECT (SELECT at FROM last_seen WHERE id = @userId) AS seen_at, c.location_id, c.at
            FROM (SELECT 1) AS one
            LEFT JOIN (SELECT location_id, kind, at FROM check_in WHERE user_id = @userId ORDER BY at DESC LIMIT 1) c ON c.kind = {(int)CheckInKind.In}
            """, new { userId });
        return new LastKnown(last.SeenAt, last is { LocationId: { } location, At: { } at } ? (location, at) : null);
    });

    /// <summary>The stored versions of what cards of one kind show: a card's kind is its actor's.</summary>
    private Task<IReadOnlyList<int>> StoredAsync(string kind, IEnumerable<Card> cards)
    {
        var type = GrainType.Create(kind);
        return states.VersionsAsync(kind, cards.Select(card => GrainId.Create(type, GrainIdKeyExtensions.CreateGuidKey(card.Id))));
    }

    private static string OpenNotices(Role role) =>
        $"""
        SELECT {ReadTables.Notice.Columns} FROM notice n
        WHERE closed_at IS NULL AND {NoticesFor(role)}
          AND NOT EXISTS (SELECT 1 FROM notice_receipt r WHERE r.notice_id = n.id AND r.user_id = @userId)
        ORDER BY id DESC LIMIT {Inbox.MostCards}
        """;

    /// <summary>The notices (alias n) that are for @userId of @departmentId; the same rule as <see cref="NoticeRules.IsFor"/>, in SQL.</summary>
    internal static string NoticesFor(Role role) =>
        $"""
        (n.audience = {(int)AudienceKind.Everyone}
         OR n.audience = {(int)AudienceKind.Department} AND n.department_id = @departmentId
         OR n.audience = {(int)AudienceKind.Managers} AND n.department_id = @departmentId AND {(role == Role.Manager ? "1 = 1" : "1 = 0")}
         OR n.audience = {(int)AudienceKind.People} AND n.id IN (SELECT notice_id FROM notice_person WHERE user_id = @userId))
        """;

    private sealed record LastKnownRow
    {
        public DateTimeOffset? SeenAt { get; init; }
        public Guid? LocationId { get; init; }
        public DateTimeOffset? At { get; init; }
    }
}

/// <inheritdoc cref="IPresenceStore" />
internal sealed class PresenceStore(IProjector projector) : IPresenceStore
{
    private static readonly DateTimeOffset Epoch = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public Task SeenAsync(Guid userId, DateTimeOffset at)
    {
        var row = new LastSeenRow { Id = userId, Version = (int)(at - Epoch).TotalSeconds, At = at };
        // A convenience: what cannot be written now is not worth a retry.
        projector.ProjectAsync(new("last-seen", userId, row.Version, First: false, [row], [])).ContinueWith(
            written => _ = written.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        return Task.CompletedTask;
    }
}
