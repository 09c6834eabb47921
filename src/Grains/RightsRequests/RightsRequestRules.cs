using System.Text.Json.Serialization;
using LimoCha.Actors.Consent;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Privacy;

namespace LimoCha.Actors.RightsRequests;

/// <summary>A request's state.</summary>
public sealed record RightsRequestState : StateRecord
{
    public bool Made { get; init; }
    public RightsRequestKind Kind { get; init; }
    public RightsRequestStage Stage { get; init; }
    public SubjectKind Subject { get; init; }
    public Guid SubjectId { get; init; }
    [Personal(DataClass.Identity)] public string? Text { get; init; }
    [Personal(DataClass.Identity)] public string? Answer { get; init; }
    [NotPersonal] public string? Channel { get; init; }
    public Guid MadeById { get; init; }
    public DateTimeOffset ReceivedAt { get; init; }
    public DateTimeOffset DueAt { get; init; }
    [NotPersonal] public string? VerifiedBy { get; init; }
    public Guid? OwnerId { get; init; }
    public DateTimeOffset? EndedAt { get; init; }
    public int Warnings { get; init; }

    /// <summary>True until it is answered, rejected or withdrawn.</summary>
    [JsonIgnore] public bool Open => Made && Stage is RightsRequestStage.Received or RightsRequestStage.Verified;
}

/// <summary>A fact about a request.</summary>
[JsonDerivedType(typeof(RightsRequestReceived), "received")]
[JsonDerivedType(typeof(RightsRequestVerified), "verified")]
[JsonDerivedType(typeof(RightsRequestTaken), "taken")]
[JsonDerivedType(typeof(RightsRequestEnded), "ended")]
[JsonDerivedType(typeof(RightsRequestWarned), "warned")]
[JsonDerivedType(typeof(RightsRequestForgotten), "forgotten")]
public abstract record RightsRequestEvent;

/// <summary>It came.</summary>
[NotPersonal]
public sealed record RightsRequestReceived(RightsRequestKind Kind, SubjectKind Subject, Guid SubjectId, string? Channel, DateTimeOffset DueAt, Guid MadeById) : RightsRequestEvent
{
    /// <summary>Travels to the state, never to the outbox or the event log.</summary>
    [JsonIgnore, Personal(DataClass.Identity)] public string? Text { get; init; }
}

/// <summary>It is known that the subject asks.</summary>
[Personal(DataClass.Content)]
public sealed record RightsRequestVerified(string Method, string Evidence) : RightsRequestEvent;

/// <summary>Somebody takes care of it.</summary>
public sealed record RightsRequestTaken(Guid OwnerId) : RightsRequestEvent;

/// <summary>It ended.</summary>
public sealed record RightsRequestEnded(RightsRequestStage Stage) : RightsRequestEvent
{
    /// <summary>Travels to the state, never to the outbox or the event log.</summary>
    [JsonIgnore, Personal(DataClass.Identity)] public string? Answer { get; init; }
}

/// <summary>The privacy office is warned that the deadline nears or has passed.</summary>
public sealed record RightsRequestWarned(int Number) : RightsRequestEvent;

/// <summary>The words of the request were erased.</summary>
public sealed record RightsRequestForgotten : RightsRequestEvent;

/// <summary>Who may do what with a request, and when the privacy office is warned.</summary>
public static class RightsRequestRules
{
    /// <summary>The days within which the policy promises an answer (seed V, and its end).</summary>
    public const int Days = 15;

    /// <summary>Days before the deadline on which the privacy office is warned; the last one is when it has passed.</summary>
    private static readonly int[] WarnDaysBefore = [5, 1, 0];

    private static readonly RightsRequestKind[] NeedIdentity = [RightsRequestKind.Access, RightsRequestKind.Correction, RightsRequestKind.Deletion, RightsRequestKind.Portability, RightsRequestKind.AccountCancellation];

    /// <summary>Receives it. Staff ask for themselves; for customers whoever serves them and the privacy office write down what they asked.</summary>
    public static Decision<RightsRequestEvent> Receive(RightsRequestState state, MakeRightsRequest command, string? verifiedBy, Actor by, DateTimeOffset due)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(command);
        ArgumentNullException.ThrowIfNull(by);
        if (state.Made)
        {
            return Refusal.Conflict("already-exists", "There is a request with this id already.");
        }

        if (command.Kind is not { } kind)
        {
            return Refusal.Invalid("kind", "Say what is asked for.");
        }

        if (command.Subject == SubjectKind.Visitor)
        {
            return Refusal.Invalid("subject", "Subject is customer or staff.");
        }

        if (kind is RightsRequestKind.Correction or RightsRequestKind.Complaint or RightsRequestKind.Question && string.IsNullOrWhiteSpace(command.Text))
        {
            return Refusal.Invalid("text", "Say in words what it is about.");
        }

        var subject = command.SubjectId ?? by.UserId;
        if (command.Subject == SubjectKind.Staff && subject != by.UserId && !by.IsOffice)
        {
            return Refusal.Forbidden("Staff make requests about their own data.");
        }

        var received = new RightsRequestReceived(kind, command.Subject, subject, command.Channel, due, by.UserId) { Text = command.Text?.Trim() };
        return verifiedBy is null ? received : Decision<RightsRequestEvent>.Facts(received, new RightsRequestVerified(verifiedBy, "signed in or by one-time link"));
    }

    /// <summary>Verifies.</summary>
    public static Decision<RightsRequestEvent> Verify(RightsRequestState state, VerifyIdentity command, Actor by) =>
        Check(state, by) is { } no ? no
        : state.Stage == RightsRequestStage.Verified ? Decision<RightsRequestEvent>.Nothing
        : new RightsRequestVerified(command.Method.Trim(), command.Evidence.Trim());

    /// <summary>Takes it on.</summary>
    public static Decision<RightsRequestEvent> Take(RightsRequestState state, Actor by) =>
        Check(state, by) is { } no ? no
        : state.OwnerId == by.UserId ? Decision<RightsRequestEvent>.Nothing
        : new RightsRequestTaken(by.UserId);

    /// <summary>Answers. What touches data needs to know first that the subject asks.</summary>
    public static Decision<RightsRequestEvent> Answer(RightsRequestState state, AnswerRightsRequest command, Actor by) =>
        Check(state, by) is { } no ? no
        : state.Stage != RightsRequestStage.Verified && NeedIdentity.Contains(state.Kind) ? Refusal.Conflict("identity-not-verified", "Verify first that the subject asks.")
        : new RightsRequestEnded(RightsRequestStage.Answered) { Answer = command.Answer.Trim() };

    /// <summary>Refuses.</summary>
    public static Decision<RightsRequestEvent> Reject(RightsRequestState state, AnswerRightsRequest command, Actor by) =>
        Check(state, by) is { } no ? no : new RightsRequestEnded(RightsRequestStage.Rejected) { Answer = command.Answer.Trim() };

    /// <summary>Takes it back.</summary>
    public static Decision<RightsRequestEvent> Withdraw(RightsRequestState state, Actor by) =>
        !MaySee(state, by) ? Refusal.NotFound("rights request")
        : by.UserId != state.SubjectId && by.UserId != state.MadeById ? Refusal.Forbidden("Only the subject takes a request back.")
        : !state.Open ? Refusal.Conflict("request-ended", "The request has ended.")
        : new RightsRequestEnded(RightsRequestStage.Withdrawn);

    /// <summary>Warns when one is due.</summary>
    public static Decision<RightsRequestEvent> Warn(RightsRequestState state, DateTimeOffset now) =>
        NextWarning(state) is { } due && due <= now ? new RightsRequestWarned(state.Warnings + 1) : Decision<RightsRequestEvent>.Nothing;

    /// <summary>Forgets its words.</summary>
    public static Decision<RightsRequestEvent> Forget(RightsRequestState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        return state.Made && (state.Text is not null || state.Answer is not null) ? new RightsRequestForgotten() : Decision<RightsRequestEvent>.Nothing;
    }

    /// <summary>When the privacy office is warned next; null when no more.</summary>
    public static DateTimeOffset? NextWarning(RightsRequestState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        return state.Open && state.Warnings < WarnDaysBefore.Length ? state.DueAt - TimeSpan.FromDays(WarnDaysBefore[state.Warnings]) : null;
    }

    /// <summary>The end of the fifteenth day after the day it came, in the company's zone.</summary>
    public static DateTimeOffset Due(DateOnly received, TimeZoneInfo zone)
    {
        ArgumentNullException.ThrowIfNull(zone);
        var end = received.AddDays(Days + 1).ToDateTime(TimeOnly.MinValue);
        return new DateTimeOffset(end, zone.GetUtcOffset(end)).ToUniversalTime();
    }

    /// <summary>The privacy office, the subject, and who wrote it down.</summary>
    public static bool MaySee(RightsRequestState state, Actor by)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(by);
        return state.Made && (by.IsOffice || by.Role == Role.Auditor || by.UserId == state.SubjectId || by.UserId == state.MadeById);
    }

    /// <summary>The state with a fact added.</summary>
    public static RightsRequestState Apply(RightsRequestState state, RightsRequestEvent fact, DateTimeOffset at) => fact switch
    {
        RightsRequestReceived f => state with
        {
            Made = true, Kind = f.Kind, Subject = f.Subject, SubjectId = f.SubjectId, Channel = f.Channel, Text = f.Text, MadeById = f.MadeById, ReceivedAt = at, DueAt = f.DueAt,
        },
        RightsRequestVerified f => state with { Stage = RightsRequestStage.Verified, VerifiedBy = f.Method },
        RightsRequestTaken f => state with { OwnerId = f.OwnerId },
        // Whoever had themselves erased is not spoken of any more.
        RightsRequestEnded { Stage: RightsRequestStage.Answered } when state.Kind is RightsRequestKind.Deletion or RightsRequestKind.AccountCancellation =>
            state with { Stage = RightsRequestStage.Answered, Text = null, Answer = null, EndedAt = at },
        RightsRequestEnded f => state with { Stage = f.Stage, Answer = f.Answer, EndedAt = at },
        RightsRequestWarned f => state with { Warnings = f.Number },
        RightsRequestForgotten => state with { Text = null, Answer = null },
        _ => state,
    };

    private static Refusal? Check(RightsRequestState state, Actor by) =>
        !MaySee(state, by) ? Refusal.NotFound("rights request")
        : !by.IsOffice ? Refusal.Forbidden("Requests are the privacy office's to handle.")
        : !state.Open ? Refusal.Conflict("request-ended", "The request has ended.")
        : null;
}
