using LimoCha.Bench;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.SignalR;

// The ceiling: the same HTTP call and the same push, and nothing kept anywhere.
var builder = WebApplication.CreateBuilder(args);
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.AddBenchIdentity();
builder.Services.AddSignalR();
var app = builder.Build();
app.UseAuthentication();
app.UseAuthorization();
app.MapBenchUsers();
app.MapHub<DeviceHub>("/hubs/device").RequireAuthorization();
app.MapPost("/api/v1/tasks", async (NewTask task, IHubContext<DeviceHub> hub) =>
{
    var id = Guid.CreateVersion7();
    var card = new Card(id, "task", 1, task.Title, task.Description, DateTimeOffset.UtcNow, new { stage = "assigned", priority = "normal" });
    await hub.Clients.User(task.AssigneeId.ToString()).SendAsync("Upsert", card);
    return Results.Created($"/api/v1/tasks/{id}", new { id, version = 1, task.Title, task.AssigneeId, stage = "assigned" });
}).RequireAuthorization();
await app.RunAsync();

[Authorize]
internal sealed class DeviceHub : Hub
{
    public Task Hello(object hello) => Clients.Caller.SendAsync("Sync", Array.Empty<Card>());

    public Task Ack(CardRef[] cards) => Task.CompletedTask;
}
