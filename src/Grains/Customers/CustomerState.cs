using System.Collections.Immutable;
using System.Text.Json.Serialization;
using LimoCha.Actors.Consent;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Privacy;

namespace LimoCha.Actors.Customers;

/// <summary>A customer's state.</summary>
public sealed record CustomerState : StateRecord, IErasable
{
    public bool Made { get; init; }
    [Personal(DataClass.Identity)] public string? Name { get; init; }
    [Personal(DataClass.Contact)] public string? Phone { get; init; }
    [Personal(DataClass.Contact)] public string? Email { get; init; }
    [Personal(DataClass.Contact)] public string? Address { get; init; }
    [NotPersonal] public string? Company { get; init; }
    [NotPersonal] public string? Source { get; init; }
    public Guid? OwnerId { get; init; }
    public Guid? DepartmentId { get; init; }
    public DateTimeOffset? DeletedAt { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }
    [Personal(DataClass.Identity)] public DateOnly? BirthDate { get; init; }
    [Personal(DataClass.IdentityDocument)] public string? IdentityNumber { get; init; }
    [Personal(DataClass.Health)] public string? Health { get; init; }
    [Personal(DataClass.Belief)] public string? Belief { get; init; }
    [Personal(DataClass.Property)] public string? Property { get; init; }
    [Personal(DataClass.Identity)] public Guardian? Guardian { get; init; }
    [NotPersonal] public ImmutableDictionary<string, ConsentFlag> Consents { get; init; } = ImmutableDictionary<string, ConsentFlag>.Empty;
    public ImmutableArray<Exemption> Exemptions { get; init; } = [];
    public bool LegalHold { get; init; }
    /// <summary>When health, belief or property were last given or used for the customer's care.</summary>
    public DateTimeOffset? CareUsedAt { get; init; }
    /// <summary>When the identity document was last given or used to know the customer.</summary>
    public DateTimeOffset? IdentityUsedAt { get; init; }
    public DateTimeOffset? ErasedAt { get; init; }
    /// <summary>The key to destroy; set while an erasure is not through.</summary>
    public Guid? DoomedKey { get; init; }
}

/// <summary>A fact about a customer. Personal data is named, not repeated: the log says that it changed.</summary>
[JsonDerivedType(typeof(CustomerSaved), "customerSaved")]
[JsonDerivedType(typeof(CustomerDeleted), "customerDeleted")]
[JsonDerivedType(typeof(CustomerRestored), "customerRestored")]
[JsonDerivedType(typeof(CustomerConsentChanged), "consentChanged")]
[JsonDerivedType(typeof(CustomerDataUsed), "dataUsed")]
[JsonDerivedType(typeof(CustomerExemptionInvoked), "exemptionInvoked")]
[JsonDerivedType(typeof(CustomerGuardianSet), "guardianSet")]
[JsonDerivedType(typeof(CustomerLegalHoldSet), "legalHoldSet")]
[JsonDerivedType(typeof(CustomerFieldsForgotten), "fieldsForgotten")]
[JsonDerivedType(typeof(CustomerErased), "customerErased")]
[JsonDerivedType(typeof(CustomerKeyDestroyed), "keyDestroyed")]
public abstract record CustomerEvent;

/// <summary>These fields were set; their values travel to the state alone.</summary>
[NotPersonal]
public sealed record CustomerSaved(IReadOnlyList<string> Fields, Guid? OwnerId, Guid? DepartmentId) : CustomerEvent
{
    /// <summary>Travels to the state, never to the outbox or the event log.</summary>
    [JsonIgnore] public SaveCustomer? Values { get; init; }
}

/// <summary>Put into the recycle bin.</summary>
public sealed record CustomerDeleted : CustomerEvent;

/// <summary>Taken out of the recycle bin.</summary>
public sealed record CustomerRestored : CustomerEvent;

/// <summary>The customer granted, refused or withdrew; with the receipt.</summary>
public sealed record CustomerConsentChanged(ConsentFlag Flag) : CustomerEvent
{
    /// <summary>The receipt (B8).</summary>
    public ConsentReceipt? Receipt { get; init; }
}

/// <summary>Somebody used, or tried to use, the customer's data.</summary>
public sealed record CustomerDataUsed(DataUse Use, UseDecision Decision) : CustomerEvent;

/// <summary>An exemption was invoked.</summary>
public sealed record CustomerExemptionInvoked(Exemption Exemption) : CustomerEvent;

/// <summary>A guardian's consent was put on file.</summary>
public sealed record CustomerGuardianSet : CustomerEvent
{
    /// <summary>Travels to the state, never to the outbox or the event log.</summary>
    [JsonIgnore] public Guardian? Guardian { get; init; }
}

/// <summary>A legal hold was set or lifted.</summary>
[Personal(DataClass.Content)]
public sealed record CustomerLegalHoldSet(bool Hold, string Reason) : CustomerEvent;

/// <summary>What was kept for a purpose alone, and was not used for it for long, is gone.</summary>
[NotPersonal]
public sealed record CustomerFieldsForgotten(string Purpose) : CustomerEvent;

/// <summary>The personal data was erased.</summary>
[Personal(DataClass.Content)]
public sealed record CustomerErased(string Reason) : CustomerEvent;

/// <summary>Rows are purged and the key is destroyed: the erasure is through.</summary>
public sealed record CustomerKeyDestroyed : CustomerEvent;
