using Dapper;
using LimoCha.Actors.Consent;
using LimoCha.Actors.Storage;

namespace LimoCha.Actors.Incidents;

/// <inheritdoc cref="IIncidentSubjects" />
internal sealed class IncidentSubjects(Database database, TimeProvider clock) : IIncidentSubjects
{
    private const string Columns = "subject_id, kind, channel, progress, attempts, updated_at";
    private const string Lists = "action IN ('customer.list', 'customer.search')";

    public async Task<AffectedFound> FindAsync(Guid incidentId, FindAffected search, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(search);
        var window = $"at >= @From AND at < @To AND allowed {(search.ActorId is null ? "" : "AND actor_id = @ActorId")}";
        var parameters = new DynamicParameters(new { incidentId, search.From, search.To, search.ActorId, search.OwnerId, search.DepartmentId, now = clock.GetUtcNow() });
        List<string> sources = [];
        string? trail = null;
        if (search.From is not null)
        {
            var actions = search.Actions is { Count: > 0 } given ? $"AND action IN ({string.Join(", ", given.Select((_, i) => $"@action{i}"))})" : "";
            for (var i = 0; i < (search.Actions?.Count ?? 0); i++)
            {
                parameters.Add($"action{i}", search.Actions![i]);
            }

            trail = $"SELECT DISTINCT subject_id AS id FROM audit_entry WHERE {window} {actions} AND subject_id IS NOT NULL";
            sources.Add(trail);
        }

        if (search.OwnerId is not null)
        {
            sources.Add("SELECT id FROM customer WHERE owner_id = @OwnerId");
        }

        if (search.DepartmentId is not null)
        {
            sources.Add("SELECT id FROM customer WHERE department_id = @DepartmentId");
        }

        if (search.SubjectIds is { Count: > 0 } named)
        {
            parameters.AddDynamicParams(database.Keys("ids", named));
            sources.Add($"SELECT id FROM customer WHERE {database.In("id", "ids")} UNION SELECT id FROM staff_user WHERE {database.In("id", "ids")}");
        }

        var found = string.Join(" UNION ", sources);
        var added = 0;
        foreach (var (table, actor, kind) in new[] { ("customer", "customer", SubjectKind.Customer), ("staff_user", "user", SubjectKind.Staff) })
        {
            // What the trail says their actor did names people too whom the read model has not yet, or whose data has been erased since.
            var byTrail = trail is null ? "" : $"UNION {trail} AND action LIKE '{actor}.%'";
            added += await database.ExecuteAsync(
                $"""
                INSERT INTO incident_subject (incident_id, subject_id, kind, progress, attempts, updated_at)
                SELECT @incidentId, affected.id, {(int)kind}, {(int)NoticeProgress.Pending}, 0, @now
                FROM (SELECT found.id FROM ({found}) found WHERE EXISTS (SELECT 1 FROM {table} known WHERE known.id = found.id) {byTrail}) affected
                WHERE true
                ON CONFLICT (incident_id, subject_id) DO NOTHING
                """, parameters, cancellationToken);
        }

        await using var connection = await database.OpenAsync(cancellationToken);
        var lists = search.From is null ? 0 : await connection.QuerySingleOrDefaultAsync<int>(new CommandDefinition($"SELECT count(*) FROM audit_entry WHERE {window} AND {Lists}", parameters, cancellationToken: cancellationToken));
        return new(added, (await CountAsync(incidentId, cancellationToken)).Total, lists);
    }

    public Task<IReadOnlyList<AffectedSubject>> PendingAsync(Guid incidentId, int most, CancellationToken cancellationToken = default) =>
        QueryAsync($"progress = {(int)NoticeProgress.Pending} ORDER BY attempts, subject_id LIMIT {most}", new { incidentId }, cancellationToken);

    public Task<IReadOnlyList<AffectedSubject>> ToDoAsync(Guid incidentId, NoticeChannel channel, int most, CancellationToken cancellationToken = default) =>
        QueryAsync($"progress = {(int)NoticeProgress.ToDo} AND channel = @channel ORDER BY subject_id LIMIT {most}", new { incidentId, channel = (int)channel }, cancellationToken);

    public Task<IReadOnlyList<AffectedSubject>> ReadAsync(Guid incidentId, IReadOnlyCollection<Guid> subjects, CancellationToken cancellationToken = default)
    {
        var parameters = database.Keys("ids", subjects);
        parameters.Add("incidentId", incidentId);
        return QueryAsync(database.In("subject_id", "ids"), parameters, cancellationToken);
    }

    public Task SetAsync(Guid incidentId, IReadOnlyCollection<AffectedSubject> subjects, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(subjects);
        return database.ExecuteAsync(
            "UPDATE incident_subject SET channel = @Channel, progress = @Progress, attempts = @Attempts, updated_at = @now WHERE incident_id = @incidentId AND subject_id = @SubjectId",
            subjects.Select(subject => new { subject.SubjectId, Channel = (int?)subject.Channel, Progress = (int)subject.Progress, subject.Attempts, now = clock.GetUtcNow(), incidentId }), cancellationToken);
    }

    public async Task<NoticeCounts> CountAsync(Guid incidentId, CancellationToken cancellationToken = default)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var rows = (await connection.QueryAsync<Counted>(new CommandDefinition(
            "SELECT progress, count(*) AS subjects FROM incident_subject WHERE incident_id = @incidentId GROUP BY progress", new { incidentId }, cancellationToken: cancellationToken))).ToDictionary(row => row.Progress, row => row.Subjects);
        int Of(NoticeProgress progress) => rows.GetValueOrDefault(progress);
        return new()
        {
            Total = rows.Values.Sum(), Pending = Of(NoticeProgress.Pending), Sent = Of(NoticeProgress.Sent), ToDo = Of(NoticeProgress.ToDo), Done = Of(NoticeProgress.Done), Unreachable = Of(NoticeProgress.Unreachable),
        };
    }

    private async Task<IReadOnlyList<AffectedSubject>> QueryAsync(string condition, object parameters, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return await connection.QueryAsync<AffectedSubject>(new CommandDefinition($"SELECT {Columns} FROM incident_subject WHERE incident_id = @incidentId AND {condition}", parameters, cancellationToken: cancellationToken));
    }

    private sealed record Counted
    {
        public NoticeProgress Progress { get; init; }
        public int Subjects { get; init; }
    }
}
