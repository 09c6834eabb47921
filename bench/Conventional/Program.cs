using LimoCha.Bench;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.SignalR;

// What a good engineer would write instead: ASP.NET Core, a database driver, SignalR. The task and its outbox row go into the
// database in one transaction, then the card is pushed; the outbox row is deleted when the device acknowledges, many at a time.
// The same token check as the product's. The reviewer's notes on the two databases stand at their stores. It does less than the product's contract
// asks: it keeps no history of a task, does not look whether the assignee may be given it or the caller's session still stands, limits nobody, has two
// indexes for all lists, and hands out nothing again after a crash.
var builder = WebApplication.CreateBuilder(args);
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.AddBenchIdentity();
builder.Services.AddSignalR();
var connection = builder.Configuration["ConnectionString"]!;
builder.Services.AddSingleton<IStore>(connection.StartsWith("Data Source", StringComparison.Ordinal) ? new SqliteStore(connection) : new PostgresStore(connection));
builder.Services.AddSingleton<IOutbox>(services => services.GetRequiredService<IStore>());
builder.Services.AddSingleton<AckedRows>();
builder.Services.AddHostedService(services => services.GetRequiredService<AckedRows>());
var app = builder.Build();
await app.Services.GetRequiredService<IStore>().CreateAsync();
app.UseAuthentication();
app.UseAuthorization();
app.MapBenchUsers();
app.MapHub<DeviceHub>("/hubs/device").RequireAuthorization();
app.MapPost("/api/v1/tasks", async (NewTask task, HttpContext context, IStore store, IHubContext<DeviceHub> hub) =>
{
    var id = Guid.CreateVersion7();
    var card = new Card(id, "task", 1, task.Title, task.Description, DateTimeOffset.UtcNow, new { stage = "assigned", priority = "normal" });
    await store.AddAsync(id, task, Guid.Parse(context.User.Identity!.Name!), card);
    await hub.Clients.User(task.AssigneeId.ToString()).SendAsync("Upsert", card);
    return Results.Created($"/api/v1/tasks/{id}", new { id, version = 1, task.Title, task.AssigneeId, stage = "assigned" });
}).RequireAuthorization();
await app.RunAsync();

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
