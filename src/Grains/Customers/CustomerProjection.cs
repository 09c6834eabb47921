using LimoCha.Actors.Kernel;

namespace LimoCha.Actors.Customers;

/// <summary>A customer in the read model.</summary>
public sealed record CustomerRow : IProjectedRow
{
    public Guid Id { get; init; }
    public int Version { get; init; }
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
}

/// <summary>A customer's shapes downstream. Contact data is masked here and nowhere else.</summary>
public static class CustomerProjection
{
    /// <summary>The row of a state.</summary>
    public static CustomerRow Row(Guid id, CustomerState state, int version) => new()
    {
        Id = id, Version = version, Name = state.Name, Phone = state.Phone, Email = state.Email, Address = state.Address,
        Company = state.Company, Source = state.Source, OwnerId = state.OwnerId, DepartmentId = state.DepartmentId,
        DeletedAt = state.DeletedAt, CreatedAt = state.CreatedAt, UpdatedAt = state.UpdatedAt,
    };

    /// <summary>The answer of a row for an actor.</summary>
    public static CustomerView View(CustomerRow row, Actor by)
    {
        var open = CustomerRules.SeesContactData(row.OwnerId, by);
        return new()
        {
            Id = row.Id, Version = row.Version, Name = row.Name,
            Phone = open ? row.Phone : Mask(row.Phone, keepStart: 6, keepEnd: 4),
            Email = open ? row.Email : MaskEmail(row.Email),
            Address = open ? row.Address : null,
            Company = row.Company, Source = row.Source, OwnerId = row.OwnerId, DepartmentId = row.DepartmentId, Masked = !open,
            DeletedAt = row.DeletedAt, CreatedAt = row.CreatedAt, UpdatedAt = row.UpdatedAt,
        };
    }

    /// <summary>Keeps the ends, hides the middle; short values are hidden whole.</summary>
    public static string? Mask(string? value, int keepStart, int keepEnd) =>
        value is null ? null
        : value.Length <= keepStart + keepEnd ? new('*', value.Length)
        : string.Concat(value.AsSpan(0, keepStart), new string('*', value.Length - keepStart - keepEnd), value.AsSpan(value.Length - keepEnd));

    private static string? MaskEmail(string? email) =>
        email?.LastIndexOf('@') is { } at and > 0 ? $"{email[0]}***{email[at..]}" : Mask(email, 0, 0);
}
