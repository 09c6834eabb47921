using System.Text.Json.Serialization;
using LimoCha.Actors.Consent;
using LimoCha.Actors.Files;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Privacy;

namespace LimoCha.Actors.Disclosures;

/// <summary>A disclosure's state.</summary>
[NotPersonal]
public sealed record DisclosureState : StateRecord
{
    public bool Made { get; init; }
    public DisclosureStage Stage { get; init; }
    public RequestDisclosure Request { get; init; } = new();
    public string DocumentSha256 { get; init; } = "";
    public Guid RequestedById { get; init; }
    public DateTimeOffset RequestedAt { get; init; }
    public Guid? ReviewedById { get; init; }
    public string? Review { get; init; }
    public Guid? DisclosedById { get; init; }
    public DateTimeOffset? DisclosedAt { get; init; }
    public DateOnly? SecretUntil { get; init; }
}

/// <summary>A fact about a disclosure.</summary>
[JsonDerivedType(typeof(DisclosureRequested), "requested")]
[JsonDerivedType(typeof(DisclosureReviewed), "reviewed")]
[JsonDerivedType(typeof(DisclosureMade), "made")]
[JsonDerivedType(typeof(DisclosureSecrecySet), "secrecySet")]
public abstract record DisclosureEvent;

/// <summary>Asked for, with its document.</summary>
[NotPersonal]
public sealed record DisclosureRequested(RequestDisclosure Request, string DocumentSha256, Guid ById) : DisclosureEvent;

/// <summary>Reviewed by a second person.</summary>
[NotPersonal]
public sealed record DisclosureReviewed(bool Approved, string Reason, Guid ById) : DisclosureEvent;

/// <summary>The fields were given out.</summary>
public sealed record DisclosureMade(Guid ById) : DisclosureEvent;

/// <summary>Until when the subject is not told was changed.</summary>
[NotPersonal]
public sealed record DisclosureSecrecySet(DateOnly? Until, string Reason, Guid ById) : DisclosureEvent;

/// <summary>Who may ask, review and give out: never one person alone.</summary>
public static class DisclosureRules
{
    private static readonly string[] Documents = ["application/pdf", "image/jpeg", "image/png", "image/webp", "image/heic"];

    /// <summary>The longest secrecy at a time; it can be lengthened.</summary>
    public const int MostSecretYears = 3;

    /// <summary>Asks; the document is on file, and the caller's own upload.</summary>
    public static Decision<DisclosureEvent> Request(DisclosureState state, RequestDisclosure command, FileFacts? document, IReadOnlySet<string> fields, DateOnly today, Actor by) =>
        !by.IsOffice ? Refusal.Forbidden("Legal disclosures are the privacy office's.")
        : state.Made ? Refusal.Conflict("already-exists", "There is a disclosure with this id already.")
        : command.Subject is not (SubjectKind.Customer or SubjectKind.Staff) ? Refusal.Invalid("subject", "A subject is a customer or a staff member.")
        : command.Subject == SubjectKind.Staff && command.SubjectId == by.UserId ? Refusal.Conflict("own-data", "Somebody else asks for what is about you.")
        : CheckDay(command.SecretUntil, today, "secretUntil") is { } wrong ? wrong
        : document is null || document.OwnerId != by.UserId ? Refusal.Unprocessable("document-required", "Upload the legal document to /files first, and name it here.", "documentId")
        : !Documents.Contains(document.ContentType) ? Refusal.Unprocessable("document-required", "The document is a PDF or a picture of it.", "documentId")
        : command.Fields.FirstOrDefault(field => !fields.Contains(field)) is { } unknown ? Refusal.Invalid("fields", $"There is no field {unknown}; fields are {string.Join(", ", fields.Order(StringComparer.Ordinal))}.")
        : new DisclosureRequested(command with { Fields = [.. command.Fields.Distinct()] }, document.Sha256, by.UserId);

    /// <summary>Reviews; never whoever asked.</summary>
    public static Decision<DisclosureEvent> Review(DisclosureState state, ReviewDisclosure command, Actor by) =>
        Check(state, by) is { } no ? no
        : by.UserId == state.RequestedById ? Refusal.Conflict("second-person-required", "Somebody else than who asked for it reviews it.")
        : state.Stage != DisclosureStage.Requested ? Refusal.Conflict("already-reviewed", "It has been reviewed.")
        : new DisclosureReviewed(command.Approved, command.Reason.Trim(), by.UserId);

    /// <summary>Lengthens or ends the secrecy, at any stage: an investigation may be secret whether or not anything was given out.</summary>
    public static Decision<DisclosureEvent> SetSecrecy(DisclosureState state, SetDisclosureSecrecy command, DateOnly today, Actor by) =>
        Check(state, by) is { } no ? no
        : CheckDay(command.Until, today, "until") is { } wrong ? wrong
        : string.IsNullOrWhiteSpace(command.Reason) ? Refusal.Invalid("reason", "Reason has 1 to 200 characters.")
        : command.Until == state.SecretUntil ? Decision<DisclosureEvent>.Nothing
        : new DisclosureSecrecySet(command.Until, command.Reason.Trim(), by.UserId);

    /// <summary>The purpose under which the subject's actor is asked.</summary>
    public static string Purpose(DisclosureState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        return state.Request.Subject == SubjectKind.Staff ? Purposes.StaffDisclosure : Purposes.LegalDisclosure;
    }

    /// <summary>Gives out what was approved, once.</summary>
    public static Decision<DisclosureEvent> Disclose(DisclosureState state, Actor by) =>
        Check(state, by) is { } no ? no
        : state.Stage == DisclosureStage.Requested ? Refusal.Conflict("review-required", "A second person has to review it first.")
        : state.Stage == DisclosureStage.Rejected ? Refusal.Conflict("rejected", "The reviewer found it unlawful.")
        : state.Stage == DisclosureStage.Disclosed ? Refusal.Conflict("already-disclosed", "It was given out; another demand is another disclosure.")
        : new DisclosureMade(by.UserId);

    /// <summary>The privacy office and auditors; never whom it is about, who sees that it happened on their own page.</summary>
    public static bool MaySee(DisclosureState state, Actor by)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(by);
        return state.Made && (by.IsOffice || by.Role == Role.Auditor) && !(state.Request.Subject == SubjectKind.Staff && state.Request.SubjectId == by.UserId);
    }

    /// <summary>The state with a fact added.</summary>
    public static DisclosureState Apply(DisclosureState state, DisclosureEvent fact, DateTimeOffset at) => fact switch
    {
        DisclosureRequested f => state with { Made = true, Request = f.Request, DocumentSha256 = f.DocumentSha256, RequestedById = f.ById, RequestedAt = at, SecretUntil = f.Request.SecretUntil },
        DisclosureReviewed f => state with { Stage = f.Approved ? DisclosureStage.Approved : DisclosureStage.Rejected, ReviewedById = f.ById, Review = f.Reason },
        DisclosureSecrecySet f => state with { SecretUntil = f.Until },
        DisclosureMade f => state with { Stage = DisclosureStage.Disclosed, DisclosedById = f.ById, DisclosedAt = at },
        _ => state,
    };

    private static Refusal? CheckDay(DateOnly? until, DateOnly today, string field) =>
        until < today || until > today.AddYears(MostSecretYears) ? Refusal.Invalid(field, $"Secrecy lasts until a day from today to {MostSecretYears} years ahead.") : null;

    private static Refusal? Check(DisclosureState state, Actor by) =>
        !MaySee(state, by) ? Refusal.NotFound("disclosure")
        : !by.IsOffice ? Refusal.Forbidden("Legal disclosures are the privacy office's.")
        : null;
}
