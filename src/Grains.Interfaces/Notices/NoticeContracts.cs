using System.ComponentModel.DataAnnotations;
using LimoCha.Actors.Devices;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Privacy;
using Orleans.Concurrency;

namespace LimoCha.Actors.Notices;

/// <summary>Whom a notice is for.</summary>
public enum AudienceKind
{
    /// <summary>Everybody with an account.</summary>
    Everyone = 0,
    /// <summary>The people of a department.</summary>
    Department = 1,
    /// <summary>The managers of a department.</summary>
    Managers = 2,
    /// <summary>The people named.</summary>
    People = 3,
}

/// <summary>Whom a notice is for.</summary>
[GenerateSerializer, Immutable, Alias("Audience")]
public sealed record Audience
{
    /// <summary>What kind.</summary>
    [Id(0), EnumDataType(typeof(AudienceKind))] public AudienceKind Kind { get; init; }
    /// <summary>Which department, for department and managers.</summary>
    [Id(1)] public Guid? DepartmentId { get; init; }
    /// <summary>Who, for people; at most 500.</summary>
    [Id(2), MaxLength(500)] public IReadOnlyList<Guid>? UserIds { get; init; }
}

/// <summary>Publishes a notice (公告).</summary>
[GenerateSerializer, Immutable, Alias("PublishNotice")]
[Personal(DataClass.Content)]
public sealed record PublishNotice
{
    /// <summary>1 to 200 characters. It may be shown on a locked phone: no personal data.</summary>
    [Id(0), Required, StringLength(200, MinimumLength = 1)] public string Title { get; init; } = "";
    /// <summary>At most 4,000 characters.</summary>
    [Id(1), StringLength(4000)] public string? Body { get; init; }
    /// <summary>What people can switch off. 1 to 40 characters.</summary>
    [Id(2), Required, StringLength(40, MinimumLength = 1)] public string Category { get; init; } = "announcement";
    /// <summary>True for what the law, the service agreement or a change of the service requires: it cannot be switched off (A2). Admins only.</summary>
    [Id(3)] public bool Mandatory { get; init; }
    /// <summary>For whom.</summary>
    [Id(4), Required] public Audience? Audience { get; init; }
    /// <summary>When it is of no use any more (UTC); 30 days from now when left out, at most a year.</summary>
    [Id(5)] public DateTimeOffset? ExpiresAt { get; init; }
    /// <summary>The task it is about.</summary>
    [Id(6)] public Guid? TaskId { get; init; }

    /// <inheritdoc/>
    public override string ToString() => nameof(PublishNotice);
}

/// <summary>A notice.</summary>
[GenerateSerializer, Immutable, Alias("NoticeView")]
[Personal(DataClass.Content)]
public sealed record NoticeView
{
    /// <summary>UUIDv7.</summary>
    [Id(0)] public Guid Id { get; init; }
    /// <summary>Grows with each change; the ETag.</summary>
    [Id(1)] public int Version { get; init; }
    /// <summary>One line.</summary>
    [Id(2)] public string Title { get; init; } = "";
    /// <summary>More lines.</summary>
    [Id(3)] public string? Body { get; init; }
    /// <summary>Its category.</summary>
    [Id(4)] public string Category { get; init; } = "";
    /// <summary>True for what cannot be switched off.</summary>
    [Id(5)] public bool Mandatory { get; init; }
    /// <summary>For whom.</summary>
    [Id(6)] public Audience Audience { get; init; } = new();
    /// <summary>Who published it; the empty id is the engine itself.</summary>
    [Id(7)] public Guid PublishedById { get; init; }
    /// <summary>When (UTC).</summary>
    [Id(8)] public DateTimeOffset PublishedAt { get; init; }
    /// <summary>When it is of no use any more (UTC).</summary>
    [Id(9)] public DateTimeOffset ExpiresAt { get; init; }
    /// <summary>When it was taken back or expired (UTC); null while it stands.</summary>
    [Id(10)] public DateTimeOffset? ClosedAt { get; init; }
    /// <summary>The task it is about.</summary>
    [Id(11)] public Guid? TaskId { get; init; }
    /// <summary>When the caller read it (UTC); null when not yet. Only in lists of the caller's own.</summary>
    [Id(12)] public DateTimeOffset? ReadAt { get; init; }

    /// <inheritdoc/>
    public override string ToString() => nameof(NoticeView);
}

/// <summary>That somebody read a notice.</summary>
[GenerateSerializer, Immutable, Alias("NoticeReceipt")]
public sealed record NoticeReceipt(
    [property: Id(0)] Guid NoticeId,
    [property: Id(1)] Guid UserId,
    [property: Id(2)] DateTimeOffset? ReadAt);

/// <summary>A notice: on the devices of its audience until it is read, taken back, or expired.</summary>
[Alias("INoticeGrain")]
public interface INoticeGrain : IDurableGrain, IDueGrain
{
    /// <summary>Publishes it under the grain's key.</summary>
    [Alias("PublishAsync")]
    Task<Outcome<NoticeView>> PublishAsync(PublishNotice command, CallContext context, CancellationToken cancellationToken = default);

    /// <summary>Takes it back from all devices.</summary>
    [Alias("WithdrawAsync")]
    Task<Outcome<NoticeView>> WithdrawAsync(CallContext context, CancellationToken cancellationToken = default);

    /// <summary>The notice, if this actor is of its audience or may see who reads it.</summary>
    [Alias("GetAsync"), AlwaysInterleave]
    Task<Outcome<NoticeView>> GetAsync(Actor by, CancellationToken cancellationToken = default);

    /// <summary>The card that this person's devices show of the notice now; null when it is not for them or not open.</summary>
    [Alias("CardAsync"), AlwaysInterleave]
    Task<Card?> CardAsync(Actor person, CancellationToken cancellationToken = default);
}
