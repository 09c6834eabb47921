using System.Text.Json;
using Npgsql;
using NpgsqlTypes;

namespace LimoCha.Bench;

/// <summary>
/// Tasks, their history and the outbox. Reviewer's note: one prepared statement, one round trip and one transaction a task, with the look at the assignee
/// (no dearer than a batch of three); the task's indexes are those the lists need, and as few of them have a plain new task as in the product; text is found by PostgreSQL's own trigram index.
/// </summary>
internal sealed class Store(NpgsqlDataSource database, IConfiguration configuration) : IOutbox
{
    /// <summary>A caller who does not see everybody gives tasks within the own department.</summary>
    private const string Add = """
        WITH assignee AS (
            SELECT a.id, a.department_id FROM users a WHERE a.id = $9 AND a.enabled AND ($12 OR a.department_id = (SELECT c.department_id FROM users c WHERE c.id = $8))
        ), made AS (
            INSERT INTO task (id, version, title, description, stage, priority, category, creator_id, assignee_id, department_id, customer_id, location_id, due_at, created_at, updated_at)
            SELECT $1, 1, $2, $3, 1, $4, $5, $8, id, department_id, $6, $7, $10, $11, $11 FROM assignee RETURNING department_id
        ), happened AS (
            INSERT INTO task_event (task_id, version, at, actor_id, event) SELECT $1, 1, $11, $8, $13 FROM made
        ), waits AS (
            INSERT INTO outbox (task_id, user_id, version, card, created_at) SELECT $1, $9, 1, $14, $11 FROM made
        )
        SELECT coalesce(department_id, '00000000-0000-0000-0000-000000000000') FROM made
        """;

    public async Task CreateAsync()
    {
        await using var setup = database.CreateCommand("""
            CREATE TABLE IF NOT EXISTS users (id uuid PRIMARY KEY, enabled boolean NOT NULL, department_id uuid);
            CREATE TABLE IF NOT EXISTS session (id uuid PRIMARY KEY, user_id uuid NOT NULL REFERENCES users, ended_at timestamptz);
            CREATE TABLE IF NOT EXISTS task (
                id uuid PRIMARY KEY, version integer NOT NULL, title text NOT NULL, description text, stage integer NOT NULL, priority integer NOT NULL, category text,
                creator_id uuid NOT NULL, assignee_id uuid NOT NULL REFERENCES users, department_id uuid, customer_id uuid, location_id uuid, due_at timestamptz,
                created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL);
            CREATE INDEX IF NOT EXISTS ix_task_assignee ON task (assignee_id, id);
            CREATE INDEX IF NOT EXISTS ix_task_creator ON task (creator_id, id);
            CREATE INDEX IF NOT EXISTS ix_task_department ON task (department_id, id) WHERE department_id IS NOT NULL;
            CREATE INDEX IF NOT EXISTS ix_task_customer ON task (customer_id, id) WHERE customer_id IS NOT NULL;
            CREATE INDEX IF NOT EXISTS ix_task_due ON task (due_at, id) WHERE due_at IS NOT NULL;
            CREATE INDEX IF NOT EXISTS ix_task_priority ON task (priority, id) WHERE priority <> 1;
            CREATE TABLE IF NOT EXISTS task_event (task_id uuid NOT NULL, version integer NOT NULL, at timestamptz NOT NULL, actor_id uuid NOT NULL, event jsonb NOT NULL, PRIMARY KEY (task_id, version));
            CREATE TABLE IF NOT EXISTS outbox (task_id uuid PRIMARY KEY, user_id uuid NOT NULL, version integer NOT NULL, card jsonb NOT NULL, created_at timestamptz NOT NULL);
            CREATE INDEX IF NOT EXISTS ix_outbox_user ON outbox (user_id);
            INSERT INTO users SELECT ('01900000-0000-7000-8000-' || lpad(i::text, 12, '0'))::uuid, true, NULL FROM generate_series(0, 20000) i ON CONFLICT DO NOTHING;
            INSERT INTO session SELECT id, id, NULL FROM users ON CONFLICT DO NOTHING;
            """);
        await setup.ExecuteNonQueryAsync();
        if (configuration.GetValue("TextSearch", true))
        {
            await using var search = database.CreateCommand("CREATE EXTENSION IF NOT EXISTS pg_trgm; CREATE INDEX IF NOT EXISTS ix_task_text ON task USING gin (title gin_trgm_ops, description gin_trgm_ops)");
            await search.ExecuteNonQueryAsync();
        }
    }

    /// <summary>Answers the assignee's department, the empty id for none; null when the caller may not give the assignee tasks.</summary>
    public async Task<Guid?> AddAsync(Guid id, CreateTask task, Guid creator, bool everybody, Card card)
    {
        await using var command = database.CreateCommand(Add);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = task.Title });
        command.Parameters.Add(Nullable(task.Description, NpgsqlDbType.Text));
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = (int)task.Priority });
        command.Parameters.Add(Nullable(task.Category, NpgsqlDbType.Text));
        command.Parameters.Add(Nullable(task.CustomerId, NpgsqlDbType.Uuid));
        command.Parameters.Add(Nullable(task.LocationId, NpgsqlDbType.Uuid));
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = creator });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = task.AssigneeId });
        command.Parameters.Add(Nullable(task.DueAt?.ToUniversalTime(), NpgsqlDbType.TimestampTz));
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = card.At });
        command.Parameters.Add(new NpgsqlParameter<bool> { TypedValue = everybody });
        command.Parameters.Add(Json(new { type = "created", task.Title, task.Description, task.AssigneeId, task.Priority, task.CustomerId, task.DueAt }));
        command.Parameters.Add(Json(card));
        return (Guid?)await command.ExecuteScalarAsync();
    }

    /// <summary>What a person has not acknowledged.</summary>
    public async Task<List<Card>> WaitingAsync(Guid user)
    {
        await using var command = database.CreateCommand("SELECT card FROM outbox WHERE user_id = $1 ORDER BY task_id");
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = user });
        await using var reader = await command.ExecuteReaderAsync();
        var cards = new List<Card>();
        while (await reader.ReadAsync())
        {
            cards.Add(Card(reader.GetString(0)));
        }

        return cards;
    }

    /// <summary>What nobody has acknowledged for long, the oldest first.</summary>
    public async Task<List<(Guid User, Card Card)>> LateAsync(DateTimeOffset before)
    {
        await using var command = database.CreateCommand("SELECT user_id, card FROM outbox WHERE task_id < $1 ORDER BY task_id LIMIT 1000");
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = Guid.CreateVersion7(before) });
        await using var reader = await command.ExecuteReaderAsync();
        var cards = new List<(Guid, Card)>();
        while (await reader.ReadAsync())
        {
            cards.Add((reader.GetGuid(0), Card(reader.GetString(1))));
        }

        return cards;
    }

    public async Task DeleteAsync(List<Guid> ids)
    {
        await using var command = database.CreateCommand("DELETE FROM outbox WHERE task_id = ANY($1)");
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. ids] });
        await command.ExecuteNonQueryAsync();
    }

    private static Card Card(string json) => JsonSerializer.Deserialize<Card>(json, JsonSerializerOptions.Web)!;

    private static NpgsqlParameter Json(object value) => new() { Value = JsonSerializer.Serialize(value, JsonSerializerOptions.Web), NpgsqlDbType = NpgsqlDbType.Jsonb };

    private static NpgsqlParameter Nullable(object? value, NpgsqlDbType type) => new() { Value = value ?? DBNull.Value, NpgsqlDbType = type };
}
