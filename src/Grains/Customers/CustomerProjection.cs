using System.Text.Json;
using LimoCha.Actors.Consent;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Privacy;

namespace LimoCha.Actors.Customers;

/// <summary>A customer in the read model: what lists need, the personal part sealed under the customer's key, and blind indexes.</summary>
public sealed record CustomerRow : IProjectedRow
{
    public Guid Id { get; init; }
    public int Version { get; init; }
    /// <summary>The list's personal part (<see cref="CustomerListed"/>), sealed; null once erased.</summary>
    [NotPersonal] public string? Sealed { get; init; }
    [NotPersonal] public string? NameTokens { get; init; }
    [NotPersonal] public string? PhoneIndex { get; init; }
    [NotPersonal] public string? PhoneLast4Index { get; init; }
    [NotPersonal] public string? EmailIndex { get; init; }
    [NotPersonal] public string? IdentityIndex { get; init; }
    [NotPersonal] public string? IdentityLast4Index { get; init; }
    [NotPersonal] public string? Company { get; init; }
    [NotPersonal] public string? Source { get; init; }
    public Guid? OwnerId { get; init; }
    public Guid? DepartmentId { get; init; }
    public DateTimeOffset? DeletedAt { get; init; }
    public DateTimeOffset? ErasedAt { get; init; }
    /// <summary>When the recycle bin lets go of it.</summary>
    public DateTimeOffset? WakeAt { get; init; }
    /// <summary>Since when health, belief and property were not used for the customer's care; null when there are none.</summary>
    public DateTimeOffset? CareSince { get; init; }
    /// <summary>Since when the identity document was not used to know the customer; null when there is none.</summary>
    public DateTimeOffset? IdentitySince { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }
}

/// <summary>What a list shows of a customer beyond the row's open columns; already masked where a list masks.</summary>
public sealed record CustomerListed
{
    [Personal(DataClass.Identity)] public string? Name { get; init; }
    [Personal(DataClass.Contact)] public string? Phone { get; init; }
    [Personal(DataClass.Contact)] public string? Email { get; init; }
}

/// <summary>A customer's shapes downstream. Personal data is masked here and nowhere else.</summary>
public static class CustomerProjection
{
    /// <summary>The row of a state.</summary>
    public static CustomerRow Row(Guid id, CustomerState state, int version, BlindIndex index)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(index);
        var listed = new CustomerListed { Name = state.Name, Phone = Masking.Phone(state.Phone), Email = Masking.Email(state.Email) };
        return new()
        {
            Id = id, Version = version,
            Sealed = state is { Key: { } key, ErasedAt: null } ? Sealing.Seal(key, Place(id), JsonSerializer.SerializeToUtf8Bytes(listed, StateJson.Options)) : null,
            NameTokens = index.Tokens(state.Name), PhoneIndex = index.Phone(state.Phone), PhoneLast4Index = index.PhoneLast4(state.Phone), EmailIndex = index.Email(state.Email),
            IdentityIndex = index.IdentityNumber(state.IdentityNumber), IdentityLast4Index = index.IdentityLast4(state.IdentityNumber),
            Company = state.Company, Source = state.Source, OwnerId = state.OwnerId, DepartmentId = state.DepartmentId,
            DeletedAt = state.DeletedAt, ErasedAt = state.ErasedAt, CreatedAt = state.CreatedAt, UpdatedAt = state.UpdatedAt,
            CareSince = CustomerPrivacy.UnusedSince(state, Purposes.CustomerCare), IdentitySince = CustomerPrivacy.UnusedSince(state, Purposes.CustomerIdentity),
            WakeAt = state is { ErasedAt: null, LegalHold: false, DeletedAt: { } deleted } ? deleted + RecycleBin.Kept : null,
        };
    }

    /// <summary>The answer of a row, its personal part opened; without its key there is none.</summary>
    public static CustomerView View(CustomerRow row, SubjectKey? key)
    {
        ArgumentNullException.ThrowIfNull(row);
        var listed = row.Sealed is { } text && key is not null ? JsonSerializer.Deserialize<CustomerListed>(Sealing.Open(key, Place(row.Id), text), StateJson.Options)! : new();
        return new()
        {
            Id = row.Id, Version = row.Version, Name = listed.Name ?? "", Phone = listed.Phone, Email = listed.Email, Company = row.Company, Source = row.Source,
            OwnerId = row.OwnerId, DepartmentId = row.DepartmentId, Masked = true, DeletedAt = row.DeletedAt, ErasedAt = row.ErasedAt, CreatedAt = row.CreatedAt, UpdatedAt = row.UpdatedAt,
        };
    }

    /// <summary>The answer of a state: these classes in full, the others masked or left out.</summary>
    public static CustomerView View(Guid id, CustomerState state, int version, IReadOnlyCollection<DataClass> open)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(open);
        var contact = open.Contains(DataClass.Contact);
        (DataClass Class, string? Value)[] sensitive =
        [
            (DataClass.IdentityDocument, state.IdentityNumber), (DataClass.Health, state.Health), (DataClass.Belief, state.Belief), (DataClass.Property, state.Property),
        ];
        string? Open(DataClass dataClass, string? value) => open.Contains(dataClass) ? value : null;
        return new()
        {
            Id = id, Version = version, Name = state.Name ?? "",
            Phone = contact ? state.Phone : Masking.Phone(state.Phone), Email = contact ? state.Email : Masking.Email(state.Email), Address = contact ? state.Address : null,
            Company = state.Company, Source = state.Source, OwnerId = state.OwnerId, DepartmentId = state.DepartmentId, Masked = !contact,
            BirthDate = open.Contains(DataClass.Identity) ? state.BirthDate : null,
            IdentityNumber = Open(DataClass.IdentityDocument, state.IdentityNumber) ?? Masking.Last4(state.IdentityNumber),
            Health = Open(DataClass.Health, state.Health), Belief = Open(DataClass.Belief, state.Belief), Property = Open(DataClass.Property, state.Property),
            OnFile = [.. sensitive.Where(item => item.Value is not null).Select(item => item.Class)],
            DeletedAt = state.DeletedAt, ErasedAt = state.ErasedAt, LegalHold = state.LegalHold, CreatedAt = state.CreatedAt, UpdatedAt = state.UpdatedAt,
        };
    }

    private static string Place(Guid id) => $"row/customer/{id:N}";
}
