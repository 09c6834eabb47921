using System.ComponentModel.DataAnnotations;
using LimoCha.Actors.Consent;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Privacy;

namespace LimoCha.Actors.Disclosures;

/// <summary>Where a disclosure is.</summary>
public enum DisclosureStage
{
    /// <summary>Waits for a reviewer.</summary>
    Requested = 0,
    /// <summary>A second person found it lawful.</summary>
    Approved = 1,
    /// <summary>A second person did not.</summary>
    Rejected = 2,
    /// <summary>The fields were given out.</summary>
    Disclosed = 3,
}

/// <summary>Asks for a legal disclosure of a person's data (D3).</summary>
[GenerateSerializer, Immutable, Alias("RequestDisclosure")]
public sealed record RequestDisclosure
{
    /// <summary>Whose data.</summary>
    [Id(0), Required] public Guid? SubjectId { get; init; }
    /// <summary>The authority that demands it. 1 to 120 characters.</summary>
    [Id(1), Required, StringLength(120, MinimumLength = 1), NotPersonal] public string Authority { get; init; } = "";
    /// <summary>The law and article it rests on. 1 to 200 characters.</summary>
    [Id(2), Required, StringLength(200, MinimumLength = 1), NotPersonal] public string LegalBasis { get; init; } = "";
    /// <summary>The document (传票、调查函), uploaded to /files by the caller: a PDF or picture.</summary>
    [Id(3), Required] public Guid? DocumentId { get; init; }
    /// <summary>The document's number. 1 to 120 characters.</summary>
    [Id(4), Required, StringLength(120, MinimumLength = 1), NotPersonal] public string DocumentNumber { get; init; } = "";
    /// <summary>Exactly which fields, by their names in the customer's or the staff member's JSON.</summary>
    [Id(5), Required, MinLength(1), MaxLength(20), NotPersonal] public IReadOnlyList<string> Fields { get; init; } = [];
    /// <summary>customer (default) or staff.</summary>
    [Id(6), EnumDataType(typeof(SubjectKind))] public SubjectKind Subject { get; init; }
    /// <summary>
    /// The last day, in the company's zone, on which the subject is not told, where the law demands secrecy (Personal Information
    /// Protection Law of the PRC, article 18); at most three years ahead. Nothing for a disclosure that the subject sees at once.
    /// </summary>
    [Id(7), NotPersonal] public DateOnly? SecretUntil { get; init; }
}

/// <summary>A second person's review.</summary>
[GenerateSerializer, Immutable, Alias("ReviewDisclosure")]
public sealed record ReviewDisclosure
{
    /// <summary>True when the document demands exactly this, and lawfully.</summary>
    [Id(0)] public bool Approved { get; init; }
    /// <summary>What was checked, or why not. 1 to 500 characters; no personal data.</summary>
    [Id(1), Required, StringLength(500, MinimumLength = 1), NotPersonal] public string Reason { get; init; } = "";
}

/// <summary>Lengthens or ends the time in which the subject is not told.</summary>
[GenerateSerializer, Immutable, Alias("SetDisclosureSecrecy")]
public sealed record SetDisclosureSecrecy
{
    /// <summary>The last day of it, in the company's zone, at most three years ahead; nothing to end it now.</summary>
    [Id(0), NotPersonal] public DateOnly? Until { get; init; }
    /// <summary>What demands or ends it: the order's number. 1 to 200 characters; no personal data.</summary>
    [Id(1), Required, StringLength(200, MinimumLength = 1), NotPersonal] public string Reason { get; init; } = "";
}

/// <summary>A legal disclosure.</summary>
[GenerateSerializer, Immutable, Alias("DisclosureView"), NotPersonal]
public sealed record DisclosureView
{
    /// <summary>UUIDv7.</summary>
    [Id(0)] public Guid Id { get; init; }
    /// <summary>Grows by one with each change; the ETag.</summary>
    [Id(1)] public int Version { get; init; }
    /// <summary>Where it is.</summary>
    [Id(2)] public DisclosureStage Stage { get; init; }
    /// <summary>Whose data.</summary>
    [Id(3)] public Guid SubjectId { get; init; }
    /// <summary>To whom.</summary>
    [Id(4)] public string Authority { get; init; } = "";
    /// <summary>The law and article.</summary>
    [Id(5)] public string LegalBasis { get; init; } = "";
    /// <summary>The document.</summary>
    [Id(6)] public Guid DocumentId { get; init; }
    /// <summary>Its number.</summary>
    [Id(7)] public string DocumentNumber { get; init; } = "";
    /// <summary>SHA-256 of the document, hexadecimal: what was reviewed.</summary>
    [Id(8)] public string DocumentSha256 { get; init; } = "";
    /// <summary>Which fields.</summary>
    [Id(9)] public IReadOnlyList<string> Fields { get; init; } = [];
    /// <summary>Who asked.</summary>
    [Id(10)] public Guid RequestedById { get; init; }
    /// <summary>When (UTC).</summary>
    [Id(11)] public DateTimeOffset RequestedAt { get; init; }
    /// <summary>Who reviewed.</summary>
    [Id(12)] public Guid? ReviewedById { get; init; }
    /// <summary>What the reviewer said.</summary>
    [Id(13)] public string? Review { get; init; }
    /// <summary>When the fields were given out (UTC).</summary>
    [Id(14)] public DateTimeOffset? DisclosedAt { get; init; }
    /// <summary>Who gave them out.</summary>
    [Id(15)] public Guid? DisclosedById { get; init; }
    /// <summary>customer or staff.</summary>
    [Id(16)] public SubjectKind Subject { get; init; }
    /// <summary>The last day on which the subject is not told; null when they are.</summary>
    [Id(17)] public DateOnly? SecretUntil { get; init; }
}

/// <summary>What is given to the authority, and nothing else. Shown once.</summary>
[GenerateSerializer, Immutable, Alias("DisclosedData")]
public sealed record DisclosedData
{
    /// <summary>The disclosure.</summary>
    [Id(0)] public DisclosureView Disclosure { get; init; } = new();
    /// <summary>The fields that there are.</summary>
    [Id(1), Personal(DataClass.Contact)] public IReadOnlyDictionary<string, string> Fields { get; init; } = new Dictionary<string, string>();

    /// <inheritdoc/>
    public override string ToString() => nameof(DisclosedData);
}

/// <summary>A legal disclosure: a document on file and a second person, or nothing leaves (D3).</summary>
[Alias("IDisclosureGrain")]
public interface IDisclosureGrain : IDurableGrain
{
    /// <summary>Asks for it.</summary>
    [Alias("RequestAsync")]
    Task<Outcome<DisclosureView>> RequestAsync(RequestDisclosure command, CallContext context, CancellationToken cancellationToken = default);

    /// <summary>Reviews it; never whoever asked.</summary>
    [Alias("ReviewAsync")]
    Task<Outcome<DisclosureView>> ReviewAsync(ReviewDisclosure command, CallContext context, CancellationToken cancellationToken = default);

    /// <summary>Gives the fields out, once.</summary>
    [Alias("DiscloseAsync")]
    Task<Outcome<DisclosedData>> DiscloseAsync(CallContext context, CancellationToken cancellationToken = default);

    /// <summary>Lengthens or ends the secrecy that the law demands.</summary>
    [Alias("SetSecrecyAsync")]
    Task<Outcome<DisclosureView>> SetSecrecyAsync(SetDisclosureSecrecy command, CallContext context, CancellationToken cancellationToken = default);

    /// <summary>The disclosure, for the privacy office and auditors.</summary>
    [Alias("GetAsync")]
    Task<Outcome<DisclosureView>> GetAsync(Actor by, CancellationToken cancellationToken = default);
}
