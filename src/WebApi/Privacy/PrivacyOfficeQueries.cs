using Dapper;
using LimoCha.Actors.Audit;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.ReadModel;
using LimoCha.Actors.RightsRequests;
using LimoCha.Actors.Storage;

namespace LimoCha.Actors.Privacy;

/// <summary>What the privacy office's page shows.</summary>
internal sealed class PrivacyOfficeQueries(Database database, IGrainFactory grains, TimeProvider clock)
{
    private const int Most = 200;

    /// <summary>Open requests by deadline, then those that ended last.</summary>
    public async Task<IReadOnlyList<RightsRequestView>> RequestsAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var rows = await connection.QueryAsync<RightsRequestRow>(new CommandDefinition(
            $"SELECT {ReadTables.RightsRequest.Columns} FROM rights_request ORDER BY CASE WHEN ended_at IS NULL THEN 0 ELSE 1 END, due_at, id LIMIT {Most}", cancellationToken: cancellationToken));
        return [.. rows.Select(row => RightsRequestEntityKind.View(row, clock.GetUtcNow()))];
    }

    /// <summary>The newest entries of the trail; that they were read is one too.</summary>
    public async Task<IReadOnlyList<AuditEntry>> TrailAsync(Guid? subjectId, Actor by, CancellationToken cancellationToken)
    {
        await grains.AuditAsync(subjectId ?? by.UserId, [new() { Id = Ids.New(clock), At = clock.GetUtcNow(), ActorId = by.UserId, Action = "audit.read", SubjectId = subjectId }], cancellationToken);
        await using var connection = await database.OpenAsync(cancellationToken);
        var rows = await connection.QueryAsync<AuditRow>(new CommandDefinition(
            $"SELECT {AuditLog.Columns} FROM audit_entry {(subjectId is null ? "" : "WHERE subject_id = @subjectId")} ORDER BY id DESC LIMIT {Most}", new { subjectId }, cancellationToken: cancellationToken));
        return [.. rows.Select(row => row.Entry)];
    }

    /// <summary>What colleagues call each other.</summary>
    public async Task<IReadOnlyDictionary<Guid, string>> NamesAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return (await connection.QueryAsync<NameRow>(new CommandDefinition("SELECT id, display_name FROM staff_user", cancellationToken: cancellationToken))).ToDictionary(row => row.Id, row => row.DisplayName);
    }

    private sealed record NameRow
    {
        public Guid Id { get; init; }
        public string DisplayName { get; init; } = "";
    }
}
