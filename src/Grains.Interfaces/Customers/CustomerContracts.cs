using System.ComponentModel.DataAnnotations;
using LimoCha.Actors.Consent;
using LimoCha.Actors.Kernel;

namespace LimoCha.Actors.Customers;

/// <summary>Makes or changes a customer; on a change a field left out stays.</summary>
[GenerateSerializer, Immutable, Alias("SaveCustomer")]
public sealed record SaveCustomer
{
    /// <summary>1 to 80 characters. Required for a new customer.</summary>
    [Id(0), StringLength(80, MinimumLength = 1)] public string? Name { get; init; }
    /// <summary>E.164 or a Chinese number; stored as E.164.</summary>
    [Id(1), StringLength(32)] public string? Phone { get; init; }
    /// <summary>An e-mail address.</summary>
    [Id(2), StringLength(254), EmailAddress] public string? Email { get; init; }
    /// <summary>A postal address. At most 200 characters.</summary>
    [Id(3), StringLength(200)] public string? Address { get; init; }
    /// <summary>The company they belong to. At most 120 characters.</summary>
    [Id(4), StringLength(120)] public string? Company { get; init; }
    /// <summary>Where they came from (来源途径). At most 40 characters.</summary>
    [Id(5), StringLength(40)] public string? Source { get; init; }
    /// <summary>The staff member who looks after them; the caller when left out of a new customer.</summary>
    [Id(6)] public Guid? OwnerId { get; init; }
}

/// <summary>A customer. Contact data is masked for those who do not look after them.</summary>
[GenerateSerializer, Immutable, Alias("CustomerView")]
public sealed record CustomerView
{
    /// <summary>UUIDv7.</summary>
    [Id(0)] public Guid Id { get; init; }
    /// <summary>Grows by one with each change; the ETag.</summary>
    [Id(1)] public int Version { get; init; }
    /// <summary>The name.</summary>
    [Id(2)] public string Name { get; init; } = "";
    /// <summary>E.164, or masked.</summary>
    [Id(3)] public string? Phone { get; init; }
    /// <summary>The address, or masked.</summary>
    [Id(4)] public string? Email { get; init; }
    /// <summary>The postal address, or null where masked.</summary>
    [Id(5)] public string? Address { get; init; }
    /// <summary>The company they belong to.</summary>
    [Id(6)] public string? Company { get; init; }
    /// <summary>Where they came from.</summary>
    [Id(7)] public string? Source { get; init; }
    /// <summary>Who looks after them.</summary>
    [Id(8)] public Guid? OwnerId { get; init; }
    /// <summary>The owner's department.</summary>
    [Id(9)] public Guid? DepartmentId { get; init; }
    /// <summary>True when contact data in this answer is masked.</summary>
    [Id(10)] public bool Masked { get; init; }
    /// <summary>In the recycle bin since (UTC).</summary>
    [Id(11)] public DateTimeOffset? DeletedAt { get; init; }
    /// <summary>When made (UTC).</summary>
    [Id(12)] public DateTimeOffset CreatedAt { get; init; }
    /// <summary>When last changed (UTC).</summary>
    [Id(13)] public DateTimeOffset UpdatedAt { get; init; }
}

/// <summary>A customer: profile, owner, contact data, and what they agreed to.</summary>
[Alias("ICustomerGrain")]
public interface ICustomerGrain : IDurableGrain
{
    /// <summary>Makes the customer under the grain's key.</summary>
    [Alias("CreateAsync")]
    Task<Outcome<CustomerView>> CreateAsync(SaveCustomer command, CallContext context, CancellationToken cancellationToken = default);

    /// <summary>Changes what is given.</summary>
    [Alias("ChangeAsync")]
    Task<Outcome<CustomerView>> ChangeAsync(SaveCustomer command, CallContext context, CancellationToken cancellationToken = default);

    /// <summary>Puts the customer into the recycle bin (客户回收站).</summary>
    [Alias("DeleteAsync")]
    Task<Outcome<CustomerView>> DeleteAsync(CallContext context, CancellationToken cancellationToken = default);

    /// <summary>Takes the customer out of the recycle bin.</summary>
    [Alias("RestoreAsync")]
    Task<Outcome<CustomerView>> RestoreAsync(CallContext context, CancellationToken cancellationToken = default);

    /// <summary>The customer, if this actor may see them.</summary>
    [Alias("GetAsync")]
    Task<Outcome<CustomerView>> GetAsync(Actor by, CancellationToken cancellationToken = default);

    /// <summary>A consent flag.</summary>
    [Alias("GetConsentAsync")]
    Task<Outcome<ConsentFlag>> GetConsentAsync(string purpose, Actor by, CancellationToken cancellationToken = default);

    /// <summary>Records what the customer said.</summary>
    [Alias("SetConsentAsync")]
    Task<Outcome<ConsentFlag>> SetConsentAsync(string purpose, SetConsent command, CallContext context, CancellationToken cancellationToken = default);
}
