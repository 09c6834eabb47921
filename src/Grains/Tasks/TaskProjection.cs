using System.Text.Json;
using LimoCha.Actors.Devices;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Privacy;

namespace LimoCha.Actors.Tasks;

/// <summary>A task in the read model.</summary>
[Personal(DataClass.Content)]
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

    /// <summary><see cref="TaskDetails"/> as JSON; null for plain tasks.</summary>
    public string? Details { get; init; }
}

/// <summary>That a task is, or was, offered to a person.</summary>
public sealed record TaskOfferRow : IProjectedRow
{
    public Guid Id { get; init; }
    public int Version { get; init; }
    public Guid TaskId { get; init; }
    public Guid UserId { get; init; }
    public bool Open { get; init; }
}

/// <summary>A task's shapes downstream: row, view, card.</summary>
public static class TaskProjection
{
    /// <summary>The rows of a state: the task's, and when an offer changed, a row a person it concerns.</summary>
    public static IReadOnlyList<IProjectedRow> Rows(Guid id, TaskState state, int version, IReadOnlyList<Committed<TaskEvent>> facts)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(facts);
        var row = Row(id, state, version);
        if (state.Assignment is not { Offer: true })
        {
            return [row];
        }

        var open = state.Stage == TaskStage.Offered ? state.OfferedTo! : [];
        var closed = facts.SelectMany(fact => Concerned(fact.Event)).Concat(state.OfferedTo ?? []).Except(open);
        return [row, .. open.Select(user => Offer(user, true)), .. closed.Select(user => Offer(user, false))];

        TaskOfferRow Offer(Guid user, bool isOpen) => new() { Id = Ids.Derived(state.CreatedAt, id, $"offer/{user:N}"), Version = version, TaskId = id, UserId = user, Open = isOpen };
    }

    /// <summary>Who a fact gives the task to or takes it from.</summary>
    public static IEnumerable<Guid> Concerned(TaskEvent fact) => fact switch
    {
        TaskAssigned f => [.. f.OfferedTo ?? [], f.To, .. f.From is { } from ? [from] : Array.Empty<Guid>()],
        TaskOffered f => [.. f.To, .. f.From is { } from ? [from] : Array.Empty<Guid>()],
        TaskOfferTaken f => f.OfferedTo,
        TaskOfferDeclined f => [f.By],
        TaskUnanswered f => f.From,
        _ => [],
    };

    /// <summary>The row of a state.</summary>
    public static TaskRow Row(Guid id, TaskState state, int version)
    {
        ArgumentNullException.ThrowIfNull(state);
        return Row(id, state, version, Details(state) is { } details ? JsonSerializer.Serialize(details, StateJson.Options) : null);
    }

    /// <summary>The answer of a state.</summary>
    public static TaskView View(Guid id, TaskState state, int version)
    {
        ArgumentNullException.ThrowIfNull(state);
        return View(Row(id, state, version, null), Details(state));
    }

    /// <summary>The answer of a row.</summary>
    public static TaskView View(TaskRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return View(row, Details(row));
    }

    /// <summary>The card of a state.</summary>
    public static Card Card(Guid id, TaskState state, int version)
    {
        ArgumentNullException.ThrowIfNull(state);
        return Card(Row(id, state, version, null), Details(state));
    }

    /// <summary>The card of a row.</summary>
    public static Card Card(TaskRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return Card(row, Details(row));
    }

    /// <summary>A card's stage as it is written there.</summary>
    public static string StageName(TaskStage stage) => Enum.GetName(stage)!.ToLowerInvariant();

    private static TaskRow Row(Guid id, TaskState state, int version, string? details) =>
        new()
        {
            Id = id, Version = version, Title = state.Title, Description = state.Description, Stage = state.Stage,
            Priority = state.Priority, Category = state.Category, CreatorId = state.CreatorId, AssigneeId = state.AssigneeId,
            DepartmentId = state.DepartmentId, CustomerId = state.CustomerId, LocationId = state.LocationId, DueAt = state.DueAt,
            CreatedAt = state.CreatedAt, UpdatedAt = state.UpdatedAt, Note = state.Note, Comments = state.Comments,
            WakeAt = EscalationRules.WakeAt(state), Details = details,
        };

    private static TaskView View(TaskRow row, TaskDetails? details) =>
        new()
        {
            Id = row.Id, Version = row.Version, Title = row.Title, Description = row.Description, Stage = row.Stage,
            Priority = row.Priority, Category = row.Category, CreatorId = row.CreatorId, AssigneeId = row.AssigneeId,
            DepartmentId = row.DepartmentId, CustomerId = row.CustomerId, LocationId = row.LocationId, DueAt = row.DueAt,
            CreatedAt = row.CreatedAt, UpdatedAt = row.UpdatedAt, Note = row.Note, Comments = row.Comments, Details = details,
        };

    private static Card Card(TaskRow row, TaskDetails? details) => new()
    {
        Id = row.Id, Kind = "task", Version = row.Version, Category = row.Category ?? "task", Title = row.Title,
        Body = row.Description, At = row.UpdatedAt,
        ExpiresAt = row.Stage is TaskStage.Assigned or TaskStage.Offered && details?.Escalations is null ? row.DueAt : null,
        Data = new()
        {
            Stage = row.Stage switch { TaskStage.Accepted => "accepted", TaskStage.Started => "started", TaskStage.Offered => "offered", _ => "assigned" },
            Priority = row.Priority switch
            {
                TaskPriority.Low => "low", TaskPriority.High => "high", TaskPriority.Urgent => "urgent", _ => "normal",
            },
            DueAt = row.DueAt, CustomerId = row.CustomerId, LocationId = row.LocationId,
            // The built-in flow's steps are those that every client knows.
            Next = details?.Next is { } next && details.TypeId is not null
                ? new() { Key = next.Key, Title = next.Title, Proof = [.. next.Proof.Select(kind => Enum.GetName(kind)!.ToLowerInvariant())], Mine = next.By == StepTaker.Assignee }
                : null,
            Checklist = details?.Checklist, WaitsFor = details?.WaitsFor?.Count, AnswerBy = details?.AnswerBy,
            Reminders = details is { Reminders: > 0 } ? details.Reminders : null,
        },
    };

    private static TaskDetails? Details(TaskRow row) =>
        row.Details is { } json ? JsonSerializer.Deserialize<TaskDetails>(json, StateJson.Options) : null;

    private static TaskDetails? Details(TaskState state) =>
        state is { TypeId: null, Checklist: null, WaitsFor: null, Assignment: null, RespondBy: null, Escalations: null, Proofs: null }
            ? null
            : new()
            {
                TypeId = state.TypeId, Next = FlowRules.Next(state), Checklist = state.Checklist, WaitsFor = state.WaitsFor,
                Assignment = state.Assignment, OfferedTo = state.OfferedTo, AnswerBy = state.AnswerBy, RespondBy = state.RespondBy,
                RespondedAt = state.RespondedAt, CompletedAt = state.CompletedAt, Escalations = state.Escalations,
                Reminders = state.Reminders, Proofs = state.Proofs,
            };
}
