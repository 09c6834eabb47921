using System.Collections.Immutable;
using System.Text.Json.Serialization;
using LimoCha.Actors.Consent;
using LimoCha.Actors.Kernel;

namespace LimoCha.Actors.Customers;

/// <summary>A customer's state.</summary>
public sealed record CustomerState : StateRecord
{
    public bool Made { get; init; }
    public string Name { get; init; } = "";
    public string? Phone { get; init; }
    public string? Email { get; init; }
    public string? Address { get; init; }
    public string? Company { get; init; }
    public string? Source { get; init; }
    public Guid? OwnerId { get; init; }
    public Guid? DepartmentId { get; init; }
    public DateTimeOffset? DeletedAt { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }
    public ImmutableDictionary<string, ConsentFlag> Consents { get; init; } = ImmutableDictionary<string, ConsentFlag>.Empty;
}

/// <summary>A fact about a customer. Contact data is named, not repeated: the log says that it changed.</summary>
[JsonDerivedType(typeof(CustomerSaved), "customerSaved")]
[JsonDerivedType(typeof(CustomerDeleted), "customerDeleted")]
[JsonDerivedType(typeof(CustomerRestored), "customerRestored")]
[JsonDerivedType(typeof(CustomerConsentChanged), "consentChanged")]
public abstract record CustomerEvent;

/// <summary>These fields were set; their values travel to the state alone.</summary>
public sealed record CustomerSaved(IReadOnlyList<string> Fields, Guid? OwnerId, Guid? DepartmentId) : CustomerEvent
{
    /// <summary>Travels to the state, never to the outbox or the event log.</summary>
    [JsonIgnore] public SaveCustomer? Values { get; init; }
}

/// <summary>Put into the recycle bin.</summary>
public sealed record CustomerDeleted : CustomerEvent;

/// <summary>Taken out of the recycle bin.</summary>
public sealed record CustomerRestored : CustomerEvent;

/// <summary>The customer granted, refused or withdrew.</summary>
public sealed record CustomerConsentChanged(ConsentFlag Flag) : CustomerEvent;
