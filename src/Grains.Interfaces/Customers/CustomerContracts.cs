using System.ComponentModel.DataAnnotations;
using LimoCha.Actors.Consent;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Privacy;

namespace LimoCha.Actors.Customers;

/// <summary>Makes or changes a customer; on a change a field left out stays.</summary>
[GenerateSerializer, Immutable, Alias("SaveCustomer")]
public sealed record SaveCustomer
{
    /// <summary>1 to 80 characters. Required for a new customer.</summary>
    [Id(0), StringLength(80, MinimumLength = 1), Personal(DataClass.Identity)] public string? Name { get; init; }
    /// <summary>E.164 or a Chinese number; stored as E.164.</summary>
    [Id(1), StringLength(32), Personal(DataClass.Contact)] public string? Phone { get; init; }
    /// <summary>An e-mail address.</summary>
    [Id(2), StringLength(254), EmailAddress, Personal(DataClass.Contact)] public string? Email { get; init; }
    /// <summary>A postal address. At most 200 characters.</summary>
    [Id(3), StringLength(200), Personal(DataClass.Contact)] public string? Address { get; init; }
    /// <summary>The company they belong to. At most 120 characters.</summary>
    [Id(4), StringLength(120), NotPersonal] public string? Company { get; init; }
    /// <summary>Where they came from (来源途径). At most 40 characters.</summary>
    [Id(5), StringLength(40), NotPersonal] public string? Source { get; init; }
    /// <summary>The staff member who looks after them; the caller when left out of a new customer.</summary>
    [Id(6)] public Guid? OwnerId { get; init; }
    /// <summary>When born, where it is known; a minor's data needs a guardian's consent (B6).</summary>
    [Id(7), Personal(DataClass.Identity)] public DateOnly? BirthDate { get; init; }
    /// <summary>An identity document's number; only under consent to <c>customer.identity</c> (B5).</summary>
    [Id(8), StringLength(30, MinimumLength = 4), Personal(DataClass.IdentityDocument)] public string? IdentityNumber { get; init; }
    /// <summary>What matters about their health; only under consent to <c>customer.care</c> with this class (B5). At most 500 characters.</summary>
    [Id(9), StringLength(500), Personal(DataClass.Health)] public string? Health { get; init; }
    /// <summary>What matters about their belief; only under consent to <c>customer.care</c> with this class (B5). At most 500 characters.</summary>
    [Id(10), StringLength(500), Personal(DataClass.Belief)] public string? Belief { get; init; }
    /// <summary>What matters about their property; only under consent to <c>customer.care</c> with this class (B5). At most 500 characters.</summary>
    [Id(11), StringLength(500), Personal(DataClass.Property)] public string? Property { get; init; }

    /// <inheritdoc/>
    public override string ToString() => nameof(SaveCustomer);
}

/// <summary>A customer. Contact data is masked and sensitive data left out, unless it was asked for with a purpose.</summary>
[GenerateSerializer, Immutable, Alias("CustomerView")]
public sealed record CustomerView
{
    /// <summary>UUIDv7.</summary>
    [Id(0)] public Guid Id { get; init; }
    /// <summary>Grows by one with each change; the ETag.</summary>
    [Id(1)] public int Version { get; init; }
    /// <summary>The name; empty once erased.</summary>
    [Id(2), Personal(DataClass.Identity)] public string Name { get; init; } = "";
    /// <summary>E.164, or masked.</summary>
    [Id(3), Personal(DataClass.Contact)] public string? Phone { get; init; }
    /// <summary>The address, or masked.</summary>
    [Id(4), Personal(DataClass.Contact)] public string? Email { get; init; }
    /// <summary>The postal address, or null where masked.</summary>
    [Id(5), Personal(DataClass.Contact)] public string? Address { get; init; }
    /// <summary>The company they belong to.</summary>
    [Id(6), NotPersonal] public string? Company { get; init; }
    /// <summary>Where they came from.</summary>
    [Id(7), NotPersonal] public string? Source { get; init; }
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
    /// <summary>When born.</summary>
    [Id(14), Personal(DataClass.Identity)] public DateOnly? BirthDate { get; init; }
    /// <summary>The identity document's number, or its last four characters.</summary>
    [Id(15), Personal(DataClass.IdentityDocument)] public string? IdentityNumber { get; init; }
    /// <summary>Health; only when asked for with a purpose.</summary>
    [Id(16), Personal(DataClass.Health)] public string? Health { get; init; }
    /// <summary>Belief; only when asked for with a purpose.</summary>
    [Id(17), Personal(DataClass.Belief)] public string? Belief { get; init; }
    /// <summary>Property; only when asked for with a purpose.</summary>
    [Id(18), Personal(DataClass.Property)] public string? Property { get; init; }
    /// <summary>The sensitive classes of which something is on file.</summary>
    [Id(19)] public IReadOnlyList<DataClass> OnFile { get; init; } = [];
    /// <summary>Erased at the subject's request or after its time (UTC).</summary>
    [Id(20)] public DateTimeOffset? ErasedAt { get; init; }
    /// <summary>A legal hold keeps it from being erased.</summary>
    [Id(21)] public bool LegalHold { get; init; }

    /// <inheritdoc/>
    public override string ToString() => nameof(CustomerView);
}

/// <summary>The answer to a use: the decision, and the data it covers when it is allowed.</summary>
[GenerateSerializer, Immutable, Alias("CustomerUse")]
public sealed record CustomerUse
{
    /// <summary>Whether, and why.</summary>
    [Id(0)] public UseDecision Decision { get; init; } = new();
    /// <summary>The customer with the classes decided on unmasked; null when refused.</summary>
    [Id(1)] public CustomerView? Customer { get; init; }
    /// <summary>The fields that the recipient receives, and nothing else; for shares.</summary>
    [Id(2), Personal(DataClass.Contact)] public IReadOnlyDictionary<string, string>? Shared { get; init; }
    /// <summary>Who agreed for a minor; for answers to rights requests.</summary>
    [Id(3)] public Guardian? Guardian { get; init; }

    /// <inheritdoc/>
    public override string ToString() => nameof(CustomerUse);
}

/// <summary>Gives fields of a customer to a third party.</summary>
[GenerateSerializer, Immutable, Alias("TransferData")]
public sealed record TransferData
{
    /// <summary>Who receives them, by the register.</summary>
    [Id(0), Required, StringLength(60), NotPersonal] public string Recipient { get; init; } = "";
    /// <summary>For which declared purpose.</summary>
    [Id(1), Required, StringLength(60), NotPersonal] public string Purpose { get; init; } = "";
    /// <summary>Which fields.</summary>
    [Id(2), Required, MinLength(1), MaxLength(20), NotPersonal] public IReadOnlyList<string> Fields { get; init; } = [];
    /// <summary>Why, in a few words. At most 200 characters; no personal data.</summary>
    [Id(3), StringLength(200), NotPersonal] public string? Reason { get; init; }
}

/// <summary>The recycle bin (C3).</summary>
public static class RecycleBin
{
    /// <summary>How long a deleted customer rests there, to be restored; after it they are erased, unless a legal hold stands.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(30);
}

/// <summary>Keeps a customer's data from being erased while a dispute or an investigation lasts, or lets it go.</summary>
[GenerateSerializer, Immutable, Alias("SetLegalHold")]
public sealed record SetLegalHold
{
    /// <summary>True holds.</summary>
    [Id(0)] public bool Hold { get; init; }
    /// <summary>The document that asks for it. 1 to 200 characters.</summary>
    [Id(1), Required, StringLength(200, MinimumLength = 1), Personal(DataClass.Content)] public string Reason { get; init; } = "";

    /// <inheritdoc/>
    public override string ToString() => nameof(SetLegalHold);
}

/// <summary>A customer: profile, owner, contact data, and what they agreed to.</summary>
[Alias("ICustomerGrain")]
public interface ICustomerGrain : IDurableGrain, IDueGrain
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

    /// <summary>The customer, masked, if this actor may see them.</summary>
    [Alias("GetAsync")]
    Task<Outcome<CustomerView>> GetAsync(Actor by, CancellationToken cancellationToken = default);

    /// <summary>
    /// Uses the customer's data: decides, records the decision in the same write, and answers the data it covers. The write makes
    /// the use a point in time: after a withdrawal nothing is allowed any more, by no activation anywhere (B4).
    /// </summary>
    [Alias("UseAsync")]
    Task<Outcome<CustomerUse>> UseAsync(DataUse use, CallContext context, CancellationToken cancellationToken = default);

    /// <summary>Gives fields out for a disclosure that a second person has approved; called by the disclosure's actor alone.</summary>
    [Alias("DiscloseAsync")]
    Task<Outcome<FieldsGiven>> DiscloseAsync(DataUse use, CallContext context, CancellationToken cancellationToken = default);

    /// <summary>A consent flag.</summary>
    [Alias("GetConsentAsync")]
    Task<Outcome<ConsentFlag>> GetConsentAsync(string purpose, Actor by, CancellationToken cancellationToken = default);

    /// <summary>Everything the customer is asked about, with what they said.</summary>
    [Alias("ListConsentsAsync")]
    Task<Outcome<ConsentList>> ListConsentsAsync(Actor by, CancellationToken cancellationToken = default);

    /// <summary>Records what the customer said.</summary>
    [Alias("SetConsentAsync")]
    Task<Outcome<ConsentFlag>> SetConsentAsync(string purpose, SetConsent command, CallContext context, CancellationToken cancellationToken = default);

    /// <summary>Invokes one of the eleven exemptions (B3). Privacy officers and admins.</summary>
    [Alias("InvokeExemptionAsync")]
    Task<Outcome<Exemption>> InvokeExemptionAsync(InvokeExemption command, CallContext context, CancellationToken cancellationToken = default);

    /// <summary>Puts a guardian's consent on file (B6).</summary>
    [Alias("SetGuardianAsync")]
    Task<Outcome<Guardian>> SetGuardianAsync(Guardian guardian, CallContext context, CancellationToken cancellationToken = default);

    /// <summary>Sets or lifts a legal hold. Privacy officers and admins.</summary>
    [Alias("SetLegalHoldAsync")]
    Task<Outcome<CustomerView>> SetLegalHoldAsync(SetLegalHold command, CallContext context, CancellationToken cancellationToken = default);

    /// <summary>
    /// Erases the customer: the personal fields go, every row of theirs is purged, and their key is destroyed, so that earlier
    /// copies cannot be read either (C2). Privacy officers, admins and the engine itself.
    /// </summary>
    [Alias("EraseAsync")]
    Task<Outcome<CustomerView>> EraseAsync(string reason, CallContext context, CancellationToken cancellationToken = default);

    /// <summary>
    /// The fields that are kept for this purpose alone go, when they were not given or used for it since. The engine's own. Answers whether
    /// they went. Repeating it changes nothing.
    /// </summary>
    [Alias("ForgetUnusedAsync")]
    Task<bool> ForgetUnusedAsync(string purpose, DateTimeOffset since, CancellationToken cancellationToken = default);
}
