using System.Text.Json.Serialization;
using LimoCha.Actors.Devices;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Privacy;

namespace LimoCha.Actors.Notices;

/// <summary>A notice's state.</summary>
public sealed record NoticeState : StateRecord
{
    public PublishNotice Notice { get; init; } = new();
    public Guid PublishedById { get; init; }
    public Guid? DepartmentId { get; init; }
    public DateTimeOffset PublishedAt { get; init; }
    public DateTimeOffset ExpiresAt { get; init; }
    public DateTimeOffset? ClosedAt { get; init; }

    /// <summary>True once published.</summary>
    [JsonIgnore] public bool Made => PublishedAt != default;

    /// <summary>True while devices show it.</summary>
    [JsonIgnore] public bool Open => Made && ClosedAt is null;
}

/// <summary>A fact about a notice.</summary>
[JsonDerivedType(typeof(NoticePublished), "noticePublished")]
[JsonDerivedType(typeof(NoticeWithdrawn), "noticeWithdrawn")]
[JsonDerivedType(typeof(NoticeExpired), "noticeExpired")]
public abstract record NoticeEvent;

/// <summary>It was published.</summary>
public sealed record NoticePublished(PublishNotice Notice, Guid By, Guid? DepartmentId, DateTimeOffset ExpiresAt) : NoticeEvent;

/// <summary>It was taken back.</summary>
public sealed record NoticeWithdrawn : NoticeEvent;

/// <summary>Its time is over.</summary>
public sealed record NoticeExpired : NoticeEvent;

/// <summary>Notices: their facts and rows.</summary>
public sealed class NoticeKind : EntityKind<NoticeState, NoticeEvent>
{
    /// <summary>The only one.</summary>
    public static readonly NoticeKind Instance = new();

    private NoticeKind() { }

    /// <inheritdoc />
    public override string Name => "notice";

    /// <inheritdoc />
    public override NoticeState Apply(NoticeState state, NoticeEvent fact, DateTimeOffset at) => fact switch
    {
        NoticePublished f => state with { Notice = f.Notice, PublishedById = f.By, DepartmentId = f.DepartmentId, PublishedAt = at, ExpiresAt = f.ExpiresAt },
        _ => state with { ClosedAt = at },
    };

    /// <inheritdoc />
    public override IReadOnlyList<IProjectedRow> Rows(Guid id, NoticeState state, int version, IReadOnlyList<Committed<NoticeEvent>> facts) =>
    [
        NoticeProjection.Row(id, state, version),
        .. (state.Notice.Audience!.UserIds ?? []).Distinct().Select(user => new NoticePersonRow { Id = Ids.Derived(state.PublishedAt, id, $"for/{user:N}"), Version = version, NoticeId = id, UserId = user }),
    ];
}

/// <summary>A notice in the read model.</summary>
[Personal(DataClass.Content)]
public sealed record NoticeRow : IProjectedRow
{
    public Guid Id { get; init; }
    public int Version { get; init; }
    public string Title { get; init; } = "";
    public string? Body { get; init; }
    public string Category { get; init; } = "";
    public bool Mandatory { get; init; }
    public AudienceKind Audience { get; init; }
    public Guid? DepartmentId { get; init; }
    public Guid? TaskId { get; init; }
    public Guid PublishedById { get; init; }
    public DateTimeOffset PublishedAt { get; init; }
    public DateTimeOffset ExpiresAt { get; init; }
    public DateTimeOffset? ClosedAt { get; init; }
    public DateTimeOffset? WakeAt { get; init; }
}

/// <summary>Somebody whom a notice names.</summary>
public sealed record NoticePersonRow : IProjectedRow
{
    public Guid Id { get; init; }
    public int Version { get; init; }
    public Guid NoticeId { get; init; }
    public Guid UserId { get; init; }
}

/// <summary>That somebody read a notice.</summary>
public sealed record NoticeReceiptRow : IProjectedRow
{
    public Guid Id { get; init; }
    public int Version { get; init; }
    public Guid NoticeId { get; init; }
    public Guid UserId { get; init; }
    public DateTimeOffset ReadAt { get; init; }
}

/// <summary>A notice's shapes downstream: rows, view, card.</summary>
public static class NoticeProjection
{
    /// <summary>The row of a state.</summary>
    public static NoticeRow Row(Guid id, NoticeState state, int version)
    {
        ArgumentNullException.ThrowIfNull(state);
        var notice = state.Notice;
        return new()
        {
            Id = id, Version = version, Title = notice.Title, Body = notice.Body, Category = notice.Category, Mandatory = notice.Mandatory,
            Audience = notice.Audience!.Kind, DepartmentId = notice.Audience.DepartmentId, TaskId = notice.TaskId, PublishedById = state.PublishedById,
            PublishedAt = state.PublishedAt, ExpiresAt = state.ExpiresAt, ClosedAt = state.ClosedAt, WakeAt = state.Open ? state.ExpiresAt : null,
        };
    }

    /// <summary>The row of a receipt.</summary>
    public static NoticeReceiptRow Receipt(Guid userId, Guid noticeId, DateTimeOffset at, int version) =>
        new() { Id = Ids.Derived(at, noticeId, $"read/{userId:N}"), Version = version, NoticeId = noticeId, UserId = userId, ReadAt = at };

    /// <summary>The answer of a row.</summary>
    public static NoticeView View(NoticeRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return new()
        {
            Id = row.Id, Version = row.Version, Title = row.Title, Body = row.Body, Category = row.Category, Mandatory = row.Mandatory,
            Audience = new() { Kind = row.Audience, DepartmentId = row.DepartmentId }, PublishedById = row.PublishedById, PublishedAt = row.PublishedAt,
            ExpiresAt = row.ExpiresAt, ClosedAt = row.ClosedAt, TaskId = row.TaskId,
        };
    }

    /// <summary>The card of a state.</summary>
    public static Card Card(Guid id, NoticeState state, int version) => Card(Row(id, state, version));

    /// <summary>The card of a row.</summary>
    public static Card Card(NoticeRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return new()
        {
            Id = row.Id, Kind = NoticeRules.CardKind, Version = row.Version, Category = row.Category, Mandatory = row.Mandatory,
            Title = row.Title, Body = row.Body, At = row.PublishedAt, ExpiresAt = row.ExpiresAt, TaskId = row.TaskId,
        };
    }
}
