using System.ComponentModel.DataAnnotations;
using LimoCha.Actors.Consent;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Privacy;

namespace LimoCha.Actors.RightsRequests;

/// <summary>What a subject asks for (seed V and its end).</summary>
public enum RightsRequestKind
{
    /// <summary>To see their data (查询).</summary>
    Access = 0,
    /// <summary>To have it corrected or completed (更正、补充).</summary>
    Correction = 1,
    /// <summary>To have it deleted (删除).</summary>
    Deletion = 2,
    /// <summary>A copy to take elsewhere (可携带).</summary>
    Portability = 3,
    /// <summary>To close the account (注销).</summary>
    AccountCancellation = 4,
    /// <summary>A complaint (投诉).</summary>
    Complaint = 5,
    /// <summary>A question or suggestion (疑问、建议).</summary>
    Question = 6,
}

/// <summary>Where a request is.</summary>
public enum RightsRequestStage
{
    /// <summary>Received; who asks is not verified yet.</summary>
    Received = 0,
    /// <summary>It is known that the subject asks.</summary>
    Verified = 1,
    /// <summary>Done or answered.</summary>
    Answered = 2,
    /// <summary>Refused, with the reason that the subject was told.</summary>
    Rejected = 3,
    /// <summary>The subject took it back.</summary>
    Withdrawn = 4,
}

/// <summary>Makes a request.</summary>
[GenerateSerializer, Immutable, Alias("MakeRightsRequest")]
public sealed record MakeRightsRequest
{
    /// <summary>What is asked for.</summary>
    [Id(0), Required, EnumDataType(typeof(RightsRequestKind))] public RightsRequestKind? Kind { get; init; }
    /// <summary>Whose data; the caller's own when left out.</summary>
    [Id(1)] public Guid? SubjectId { get; init; }
    /// <summary>customer (default) or staff.</summary>
    [Id(2), EnumDataType(typeof(SubjectKind))] public SubjectKind Subject { get; init; }
    /// <summary>In the subject's words. At most 2,000 characters.</summary>
    [Id(3), StringLength(2000), Personal(DataClass.Identity)] public string? Text { get; init; }
    /// <summary>How it came: phone, letter, page, app, … At most 40 characters.</summary>
    [Id(4), StringLength(40), NotPersonal] public string? Channel { get; init; }

    /// <inheritdoc/>
    public override string ToString() => nameof(MakeRightsRequest);
}

/// <summary>Says how it is known that the subject asks.</summary>
[GenerateSerializer, Immutable, Alias("VerifyIdentity")]
public sealed record VerifyIdentity
{
    /// <summary>How: callback, document, link, session, … 1 to 40 characters.</summary>
    [Id(0), Required, StringLength(40, MinimumLength = 1), NotPersonal] public string Method { get; init; } = "";
    /// <summary>What shows it: a reference, not the document itself. 1 to 200 characters.</summary>
    [Id(1), Required, StringLength(200, MinimumLength = 1), Personal(DataClass.Content)] public string Evidence { get; init; } = "";

    /// <inheritdoc/>
    public override string ToString() => nameof(VerifyIdentity);
}

/// <summary>Ends a request with what the subject is told.</summary>
[GenerateSerializer, Immutable, Alias("AnswerRightsRequest")]
public sealed record AnswerRightsRequest
{
    /// <summary>The answer. 1 to 2,000 characters.</summary>
    [Id(0), Required, StringLength(2000, MinimumLength = 1), Personal(DataClass.Identity)] public string Answer { get; init; } = "";

    /// <inheritdoc/>
    public override string ToString() => nameof(AnswerRightsRequest);
}

/// <summary>A request.</summary>
[GenerateSerializer, Immutable, Alias("RightsRequestView")]
public sealed record RightsRequestView
{
    /// <summary>UUIDv7.</summary>
    [Id(0)] public Guid Id { get; init; }
    /// <summary>Grows by one with each change; the ETag.</summary>
    [Id(1)] public int Version { get; init; }
    /// <summary>What is asked for.</summary>
    [Id(2)] public RightsRequestKind Kind { get; init; }
    /// <summary>Where it is.</summary>
    [Id(3)] public RightsRequestStage Stage { get; init; }
    /// <summary>customer or staff.</summary>
    [Id(4)] public SubjectKind Subject { get; init; }
    /// <summary>Whose data.</summary>
    [Id(5)] public Guid SubjectId { get; init; }
    /// <summary>In the subject's words; left out of lists.</summary>
    [Id(6), Personal(DataClass.Identity)] public string? Text { get; init; }
    /// <summary>How it came.</summary>
    [Id(7), NotPersonal] public string? Channel { get; init; }
    /// <summary>When received (UTC).</summary>
    [Id(8)] public DateTimeOffset ReceivedAt { get; init; }
    /// <summary>To be answered by (UTC): the end of the fifteenth day after it came, in the company's zone.</summary>
    [Id(9)] public DateTimeOffset DueAt { get; init; }
    /// <summary>How it is known that the subject asks.</summary>
    [Id(10), NotPersonal] public string? VerifiedBy { get; init; }
    /// <summary>Who takes care of it.</summary>
    [Id(11)] public Guid? OwnerId { get; init; }
    /// <summary>What the subject was told; left out of lists.</summary>
    [Id(12), Personal(DataClass.Identity)] public string? Answer { get; init; }
    /// <summary>When it ended (UTC).</summary>
    [Id(13)] public DateTimeOffset? EndedAt { get; init; }
    /// <summary>How often the privacy office was warned of the deadline.</summary>
    [Id(14)] public int Warnings { get; init; }
    /// <summary>True when it is open and its deadline has passed.</summary>
    [Id(15)] public bool Overdue { get; init; }

    /// <inheritdoc/>
    public override string ToString() => nameof(RightsRequestView);
}

/// <summary>A request of a subject about their data, or a complaint or question: identity first, an answer within fifteen days (C1, C4).</summary>
[Alias("IRightsRequestGrain")]
public interface IRightsRequestGrain : IDurableGrain, IDueGrain
{
    /// <summary>Receives it.</summary>
    [Alias("ReceiveAsync")]
    Task<Outcome<RightsRequestView>> ReceiveAsync(MakeRightsRequest command, string? verifiedBy, CallContext context, CancellationToken cancellationToken = default);

    /// <summary>Says how it is known that the subject asks.</summary>
    [Alias("VerifyAsync")]
    Task<Outcome<RightsRequestView>> VerifyAsync(VerifyIdentity command, CallContext context, CancellationToken cancellationToken = default);

    /// <summary>The caller takes care of it.</summary>
    [Alias("TakeAsync")]
    Task<Outcome<RightsRequestView>> TakeAsync(CallContext context, CancellationToken cancellationToken = default);

    /// <summary>Answers it; a deletion or cancellation is carried out before it counts as answered.</summary>
    [Alias("AnswerAsync")]
    Task<Outcome<RightsRequestView>> AnswerAsync(AnswerRightsRequest command, CallContext context, CancellationToken cancellationToken = default);

    /// <summary>Refuses it.</summary>
    [Alias("RejectAsync")]
    Task<Outcome<RightsRequestView>> RejectAsync(AnswerRightsRequest command, CallContext context, CancellationToken cancellationToken = default);

    /// <summary>The subject takes it back.</summary>
    [Alias("WithdrawAsync")]
    Task<Outcome<RightsRequestView>> WithdrawAsync(CallContext context, CancellationToken cancellationToken = default);

    /// <summary>The request, for the privacy office and the subject.</summary>
    [Alias("GetAsync")]
    Task<Outcome<RightsRequestView>> GetAsync(Actor by, CancellationToken cancellationToken = default);

    /// <summary>The subject has been erased: the words of the request go too.</summary>
    [Alias("ForgetAsync")]
    Task ForgetAsync(CancellationToken cancellationToken = default);
}
