using System.Globalization;
using System.Text.Json;
using Dapper;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Storage;

namespace LimoCha.Actors.Analytics;

/// <summary>Counts de-identified facts, and keeps what was published of them.</summary>
public sealed class AggregateQueries(Database database, CompanyDays days, TimeProvider clock)
{
    /// <summary>How many customers of those an actor may see are in each group, however small.</summary>
    public Task<IReadOnlyList<KeyValuePair<string, int>>> CustomersAsync(FactDimension by, Actor actor, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(actor);
        var column = by switch { FactDimension.AgeBand => "age_band", FactDimension.Month => "month", FactDimension.Department => "CAST(department_id AS text)", _ => "source" };
        var scope = actor.SeesAll ? "" : "AND department_id = @department";
        return CountAsync($"SELECT {column} AS name, count(*) AS people FROM customer_fact WHERE NOT erased AND NOT deleted {scope} GROUP BY {column}", new { department = actor.DepartmentId }, cancellationToken);
    }

    /// <summary>Fixes the numbers at their first publication: who is erased or added to the month later shows in no difference.</summary>
    public async Task<(AggregateTable Table, DateTimeOffset At)> PublishedAsync(PromotionRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var name = $"{request.Dimension}/{request.Month}";
        if (await FindAsync(name, cancellationToken) is not { } known)
        {
            var table = AggregateRules.Publish(await CountAsync(request, cancellationToken));
            await database.ExecuteAsync(
                "INSERT INTO promotion_aggregate (name, facts, at) VALUES (@name, @facts, @at) ON CONFLICT (name) DO NOTHING", new { name, facts = JsonSerializer.Serialize(table), at = clock.GetUtcNow() }, cancellationToken);
            known = (await FindAsync(name, cancellationToken))!;
        }

        return (JsonSerializer.Deserialize<AggregateTable>(known.Facts)!, known.At);
    }

    private Task<IReadOnlyList<KeyValuePair<string, int>>> CountAsync(PromotionRequest request, CancellationToken cancellationToken)
    {
        if (request.Dimension != PromotionDimension.Channel)
        {
            var column = request.Dimension == PromotionDimension.AgeBand ? "age_band" : "source";
            return CountAsync($"SELECT {column} AS name, count(*) AS people FROM customer_fact WHERE month = @Month AND promotable AND NOT erased GROUP BY 1", new { request.Month }, cancellationToken);
        }

        var first = DateOnly.ParseExact($"{request.Month}-01", "yyyy-MM-dd", CultureInfo.InvariantCulture);
        return CountAsync(
            "SELECT channel AS name, count(*) AS people FROM share_visit WHERE at >= @from AND at < @to GROUP BY channel", new { from = days.StartOf(first), to = days.StartOf(first.AddMonths(1)) }, cancellationToken);
    }

    private async Task<IReadOnlyList<KeyValuePair<string, int>>> CountAsync(string sql, object parameters, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return [.. (await connection.QueryAsync<Group>(new CommandDefinition(sql, parameters, cancellationToken: cancellationToken))).Select(group => KeyValuePair.Create(group.Name ?? "?", group.People))];
    }

    private async Task<Published?> FindAsync(string name, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return await connection.QuerySingleOrDefaultAsync<Published>(new CommandDefinition("SELECT facts, at FROM promotion_aggregate WHERE name = @name", new { name }, cancellationToken: cancellationToken));
    }

    private sealed record Group
    {
        public string? Name { get; init; }
        public int People { get; init; }
    }

    private sealed record Published
    {
        public string Facts { get; init; } = "";
        public DateTimeOffset At { get; init; }
    }
}
