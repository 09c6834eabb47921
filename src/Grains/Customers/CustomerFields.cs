using System.Globalization;
using LimoCha.Actors.Privacy;

namespace LimoCha.Actors.Customers;

/// <summary>The fields of a customer that can leave the company, one by one, with their classes.</summary>
public static class CustomerFields
{
    private static readonly Dictionary<string, (DataClass Class, Func<CustomerState, string?> Value)> All = new()
    {
        ["name"] = (DataClass.Identity, state => state.Name), ["phone"] = (DataClass.Contact, state => state.Phone), ["email"] = (DataClass.Contact, state => state.Email),
        ["address"] = (DataClass.Contact, state => state.Address), ["birthDate"] = (DataClass.Identity, state => state.BirthDate?.ToString("O", CultureInfo.InvariantCulture)),
        ["identityNumber"] = (DataClass.IdentityDocument, state => state.IdentityNumber), ["health"] = (DataClass.Health, state => state.Health),
        ["belief"] = (DataClass.Belief, state => state.Belief), ["property"] = (DataClass.Property, state => state.Property),
    };

    /// <summary>Their names.</summary>
    public static IReadOnlySet<string> Names { get; } = All.Keys.ToHashSet();

    /// <summary>The classes of these fields; null when one of them is none.</summary>
    public static IReadOnlyList<DataClass>? ClassesOf(IEnumerable<string> fields)
    {
        ArgumentNullException.ThrowIfNull(fields);
        List<DataClass> classes = [];
        foreach (var field in fields)
        {
            if (!All.TryGetValue(field, out var known))
            {
                return null;
            }

            classes.Add(known.Class);
        }

        return [.. classes.Distinct()];
    }

    /// <summary>Exactly these fields, those that there are.</summary>
    public static IReadOnlyDictionary<string, string> Pick(CustomerState state, IEnumerable<string> fields)
    {
        ArgumentNullException.ThrowIfNull(fields);
        return fields.Distinct().Select(field => (Field: field, Value: All[field].Value(state))).Where(item => item.Value is not null).ToDictionary(item => item.Field, item => item.Value!);
    }
}
