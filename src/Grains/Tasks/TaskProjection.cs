using LimoCha.Actors.Devices;
using LimoCha.Actors.Kernel;

namespace LimoCha.Actors.Tasks;

/// <summary>A task in the read model.</summary>
public sealed record TaskRow : IProjectedRow
{
    public Guid Id { get; init; }
    public int Version { get; init; }
    public string Title { get; init; } = "";
    public string? Description { get; init; }
    public TaskStage Stage { get; init; }
    public TaskPriority Priority { get; init; }
    public string? Category { get; init; }
    public Guid CreatorId { get; init; }
    public Guid? AssigneeId { get; init; }
    public Guid? DepartmentId { get; init; }
    public Guid? CustomerId { get; init; }
    public Guid? LocationId { get; init; }
    public DateTimeOffset? DueAt { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }
    public string? Note { get; init; }
    public int Comments { get; init; }

    /// <summary>When the sweep has to wake the actor; null when nothing falls due.</summary>
    public DateTimeOffset? WakeAt { get; init; }
}

/// <summary>A task's shapes downstream: row, view, card.</summary>
public static class TaskProjection
{
    /// <summary>The row of a state.</summary>
    public static TaskRow Row(Guid id, TaskState state, int version) => new()
    {
        Id = id, Version = version, Title = state.Title, Description = state.Description, Stage = state.Stage,
        Priority = state.Priority, Category = state.Category, CreatorId = state.CreatorId, AssigneeId = state.AssigneeId,
        DepartmentId = state.DepartmentId, CustomerId = state.CustomerId, LocationId = state.LocationId, DueAt = state.DueAt,
        CreatedAt = state.CreatedAt, UpdatedAt = state.UpdatedAt, Note = state.Note, Comments = state.Comments,
        WakeAt = TaskRules.ExpiresAt(state),
    };

    /// <summary>The answer of a state.</summary>
    public static TaskView View(Guid id, TaskState state, int version) => View(Row(id, state, version));

    /// <summary>The answer of a row.</summary>
    public static TaskView View(TaskRow row) => new()
    {
        Id = row.Id, Version = row.Version, Title = row.Title, Description = row.Description, Stage = row.Stage,
        Priority = row.Priority, Category = row.Category, CreatorId = row.CreatorId, AssigneeId = row.AssigneeId,
        DepartmentId = row.DepartmentId, CustomerId = row.CustomerId, LocationId = row.LocationId, DueAt = row.DueAt,
        CreatedAt = row.CreatedAt, UpdatedAt = row.UpdatedAt, Note = row.Note, Comments = row.Comments,
    };

    /// <summary>The card of a row.</summary>
    public static Card Card(TaskRow row) => new()
    {
        Id = row.Id, Kind = "task", Version = row.Version, Category = row.Category ?? "task", Title = row.Title,
        Body = row.Description, At = row.UpdatedAt, ExpiresAt = row.WakeAt,
        Data = new()
        {
            Stage = row.Stage switch { TaskStage.Accepted => "accepted", TaskStage.Started => "started", _ => "assigned" },
            Priority = row.Priority switch
            {
                TaskPriority.Low => "low", TaskPriority.High => "high", TaskPriority.Urgent => "urgent", _ => "normal",
            },
            DueAt = row.DueAt, CustomerId = row.CustomerId, LocationId = row.LocationId,
        },
    };
}
