using System.Collections.Concurrent;
using Npgsql;

namespace LimoCha.Bench;

/// <summary>Whether a session stands, asked of the database at most once a second for each, as the product does.</summary>
internal sealed class Sessions(NpgsqlDataSource database)
{
    private readonly ConcurrentDictionary<Guid, (long Until, Task<bool> Stands)> known = [];

    public Task<bool> StandsAsync(Guid id)
    {
        if (known.TryGetValue(id, out var last) && last.Until > Environment.TickCount64)
        {
            return last.Stands;
        }

        var asked = AskAsync(id);
        known[id] = (Environment.TickCount64 + 1000, asked);
        return asked;
    }

    private async Task<bool> AskAsync(Guid id)
    {
        await using var command = database.CreateCommand("SELECT EXISTS (SELECT FROM session s JOIN users u ON u.id = s.user_id WHERE s.id = $1 AND s.ended_at IS NULL AND u.enabled)");
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id });
        return (bool)(await command.ExecuteScalarAsync())!;
    }
}
