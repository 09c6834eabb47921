using Dapper;
using LimoCha.Actors.Disclosures;
using LimoCha.Actors.Incidents;
using LimoCha.Actors.ReadModel;
using LimoCha.Actors.RightsRequests;
using LimoCha.Actors.Storage;

namespace LimoCha.Actors.Privacy;

/// <summary>What the privacy office's page shows.</summary>
internal sealed class PrivacyOfficeQueries(Database database, TimeProvider clock)
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

    /// <summary>Incidents, open ones first.</summary>
    public async Task<IReadOnlyList<IncidentView>> IncidentsAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var rows = await connection.QueryAsync<IncidentRow>(new CommandDefinition(
            $"SELECT {ReadTables.Incident.Columns} FROM incident ORDER BY CASE WHEN closed_at IS NULL THEN 0 ELSE 1 END, discovered_at DESC LIMIT {Most}", cancellationToken: cancellationToken));
        return [.. rows.Select(row => IncidentEntityKind.View(row, clock.GetUtcNow()))];
    }

    /// <summary>Legal disclosures, newest first; none about who looks.</summary>
    public async Task<IReadOnlyList<DisclosureView>> DisclosuresAsync(Guid me, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return [.. (await connection.QueryAsync<DisclosureRow>(new CommandDefinition($"SELECT {ReadTables.Disclosure.Columns} FROM disclosure WHERE {DisclosureQueries.NotAbout("@me")} ORDER BY id DESC LIMIT {Most}", new { me }, cancellationToken: cancellationToken))).Select(DisclosureKind.View)];
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
