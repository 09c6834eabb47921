using System.Globalization;
using LimoCha.Actors.Privacy;

namespace LimoCha.Actors.Customers;

/// <summary>The fields of a customer that can leave the company.</summary>
public static class CustomerFields
{
    /// <summary>All of them.</summary>
    public static SubjectFields<CustomerState> All { get; } = new(
        ("name", DataClass.Identity, state => state.Name), ("phone", DataClass.Contact, state => state.Phone), ("email", DataClass.Contact, state => state.Email),
        ("address", DataClass.Contact, state => state.Address), ("birthDate", DataClass.Identity, state => state.BirthDate?.ToString("O", CultureInfo.InvariantCulture)),
        ("identityNumber", DataClass.IdentityDocument, state => state.IdentityNumber), ("health", DataClass.Health, state => state.Health),
        ("belief", DataClass.Belief, state => state.Belief), ("property", DataClass.Property, state => state.Property));
}
