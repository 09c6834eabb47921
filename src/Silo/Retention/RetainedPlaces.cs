using System.Text.Json.Nodes;
using Dapper;
using LimoCha.Actors.Consent;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Storage;
using LimoCha.Actors.Tasks;

namespace LimoCha.Actors.Retention;

/// <summary>
/// Where steps of tasks were taken (whereabouts, F2): first out of the history, then out of the task, because by the task's row they are found again after a crash.
/// That a place was proved, and when, stays.
/// </summary>
internal sealed class RetainedPlaces(OldRows rows, Database database) : IRetained
{
    /// <summary>A place's name in a proof's JSON; a user's quotation marks are escaped there.</summary>
    private const string Place = "point";

    public string Purpose => Purposes.TaskLocation;

    public async Task<int> PurgeAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        var gone = 0;
        await foreach (var page in rows.PagesAsync("task", "places_since", "places_since IS NOT NULL", before, cancellationToken))
        {
            await ForgetHistoryAsync(page, cancellationToken);
            gone += (await rows.AskAsync<ITaskGrain>(page, async (task, token) =>
            {
                await task.ForgetPlacesAsync(before, token);
                return true;
            }, cancellationToken)).Count;
        }

        return gone;
    }

    /// <summary>The facts without places.</summary>
    internal static string Without(string facts)
    {
        var node = JsonNode.Parse(facts)!;
        Strip(node);
        return node.ToJsonString(StateJson.Options);
    }

    private async Task ForgetHistoryAsync(IReadOnlyList<Guid> ids, CancellationToken cancellationToken)
    {
        List<LoggedFacts> logged;
        await using (var connection = await database.OpenIndexedAsync(cancellationToken))
        {
            logged = await connection.QueryAsync<LoggedFacts>($"SELECT id, version, facts FROM event_log WHERE {database.In("id", "ids")} AND facts LIKE '%\"{Place}\":%'", database.Keys("ids", ids));
        }

        if (logged.Count > 0)
        {
            await database.ExecuteAsync("UPDATE event_log SET facts = @Facts WHERE id = @Id AND version = @Version", logged.ConvertAll(row => row with { Facts = Without(row.Facts) }), cancellationToken);
        }
    }

    private static void Strip(JsonNode? node)
    {
        if (node is JsonObject fields)
        {
            fields.Remove(Place);
            foreach (var (_, value) in fields)
            {
                Strip(value);
            }
        }
        else if (node is JsonArray items)
        {
            foreach (var item in items)
            {
                Strip(item);
            }
        }
    }

    private sealed record LoggedFacts
    {
        public Guid Id { get; init; }
        public int Version { get; init; }
        public string Facts { get; init; } = "";
    }
}
