using System.Text.Json.Serialization;
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
}

/// <summary>A fact about a disclosure.</summary>
[JsonDerivedType(typeof(DisclosureRequested), "requested")]
[JsonDerivedType(typeof(DisclosureReviewed), "reviewed")]
[JsonDerivedType(typeof(DisclosureMade), "made")]
public abstract record DisclosureEvent;

/// <summary>Asked for, with its document.</summary>
[NotPersonal]
public sealed record DisclosureRequested(RequestDisclosure Request, string DocumentSha256, Guid ById) : DisclosureEvent;

/// <summary>Reviewed by a second person.</summary>
[NotPersonal]
public sealed record DisclosureReviewed(bool Approved, string Reason, Guid ById) : DisclosureEvent;

/// <summary>The fields were given out.</summary>
public sealed record DisclosureMade(Guid ById) : DisclosureEvent;

/// <summary>Who may ask, review and give out: never one person alone.</summary>
public static class DisclosureRules
{
    private static readonly string[] Documents = ["application/pdf", "image/jpeg", "image/png", "image/webp", "image/heic"];

    /// <summary>Asks; the document is on file, and the caller's own upload.</summary>
    public static Decision<DisclosureEvent> Request(DisclosureState state, RequestDisclosure command, FileFacts? document, IReadOnlySet<string> fields, Actor by) =>
        !by.IsOffice ? Refusal.Forbidden("Legal disclosures are the privacy office's.")
        : state.Made ? Refusal.Conflict("already-exists", "There is a disclosure with this id already.")
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

    /// <summary>Gives out what was approved, once.</summary>
    public static Decision<DisclosureEvent> Disclose(DisclosureState state, Actor by) =>
        Check(state, by) is { } no ? no
        : state.Stage == DisclosureStage.Requested ? Refusal.Conflict("review-required", "A second person has to review it first.")
        : state.Stage == DisclosureStage.Rejected ? Refusal.Conflict("rejected", "The reviewer found it unlawful.")
        : state.Stage == DisclosureStage.Disclosed ? Refusal.Conflict("already-disclosed", "It was given out; another demand is another disclosure.")
        : new DisclosureMade(by.UserId);

    /// <summary>The privacy office and auditors.</summary>
    public static bool MaySee(DisclosureState state, Actor by)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(by);
        return state.Made && (by.IsOffice || by.Role == Role.Auditor);
    }

    /// <summary>The state with a fact added.</summary>
    public static DisclosureState Apply(DisclosureState state, DisclosureEvent fact, DateTimeOffset at) => fact switch
    {
        DisclosureRequested f => state with { Made = true, Request = f.Request, DocumentSha256 = f.DocumentSha256, RequestedById = f.ById, RequestedAt = at },
        DisclosureReviewed f => state with { Stage = f.Approved ? DisclosureStage.Approved : DisclosureStage.Rejected, ReviewedById = f.ById, Review = f.Reason },
        DisclosureMade f => state with { Stage = DisclosureStage.Disclosed, DisclosedById = f.ById, DisclosedAt = at },
        _ => state,
    };

    private static Refusal? Check(DisclosureState state, Actor by) =>
        !MaySee(state, by) ? Refusal.NotFound("disclosure")
        : !by.IsOffice ? Refusal.Forbidden("Legal disclosures are the privacy office's.")
        : null;
}
