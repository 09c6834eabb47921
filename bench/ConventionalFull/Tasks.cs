using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Microsoft.AspNetCore.SignalR;

namespace LimoCha.Bench;

public enum Stage { Draft, Assigned, Accepted, Declined, Started, Completed, Cancelled, Expired }

public enum Priority { Low, Normal, High, Urgent }

public sealed record CreateTask
{
    [Required, StringLength(200, MinimumLength = 1)] public string Title { get; init; } = "";
    [StringLength(4000)] public string? Description { get; init; }
    public Guid AssigneeId { get; init; }
    public Guid? CustomerId { get; init; }
    public Guid? LocationId { get; init; }
    [EnumDataType(typeof(Priority))] public Priority Priority { get; init; } = Priority.Normal;
    public DateTimeOffset? DueAt { get; init; }
    [StringLength(40)] public string? Category { get; init; }
}

public sealed record TaskView(
    Guid Id, int Version, string Title, string? Description, Stage Stage, Priority Priority, string? Category, Guid CreatorId, Guid AssigneeId, Guid? DepartmentId,
    Guid? CustomerId, Guid? LocationId, DateTimeOffset? DueAt, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);

internal static class Tasks
{
    public static void MapTasks(this WebApplication app) => app.MapPost("/api/v1/tasks", async (CreateTask command, HttpContext context, Store store, IHubContext<DeviceHub> hub) =>
    {
        var (id, now) = (Guid.CreateVersion7(), DateTimeOffset.UtcNow);
        var card = new Card(id, "task", 1, command.Title, command.Description, now, new { stage = "assigned", priority = "normal", customerId = command.CustomerId, dueAt = command.DueAt });
        var caller = context.User;
        var everybody = caller.FindFirstValue("role") == "Admin";
        if (await store.AddAsync(id, command, Guid.Parse(caller.FindFirstValue("sub")!), everybody, card) is not { } department)
        {
            return Results.ValidationProblem(new Dictionary<string, string[]> { ["assigneeId"] = ["Nobody whom the caller may give tasks to."] }, statusCode: StatusCodes.Status422UnprocessableEntity);
        }

        await hub.Clients.User(command.AssigneeId.ToString()).SendAsync("Upsert", card);
        context.Response.Headers.ETag = "\"1\"";
        return Results.Created($"/api/v1/tasks/{id}", new TaskView(
            id, 1, command.Title, command.Description, Stage.Assigned, command.Priority, command.Category, Guid.Parse(caller.FindFirstValue("sub")!), command.AssigneeId, department == Guid.Empty ? null : department,
            command.CustomerId, command.LocationId, command.DueAt, now, now));
    }).RequireAuthorization();
}
