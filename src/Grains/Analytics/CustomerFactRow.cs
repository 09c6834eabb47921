using LimoCha.Actors.Consent;
using LimoCha.Actors.Customers;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Privacy;

namespace LimoCha.Actors.Analytics;

/// <summary>
/// What analysis sees of a customer (E9): a pseudonym that nobody can turn back without the deployment's key, and coarse facts. The
/// customer's actor makes it; a name, number, address, birth date or id is not in it.
/// </summary>
[NotPersonal]
public sealed record CustomerFactRow : IProjectedRow
{
    /// <summary>The pseudonym.</summary>
    public Guid Id { get; init; }
    public int Version { get; init; }
    /// <summary>The month they became a customer, yyyy-MM in the company's zone.</summary>
    public string? Month { get; init; }
    public string? Source { get; init; }
    public string? AgeBand { get; init; }
    public Guid? DepartmentId { get; init; }
    public bool Promotable { get; init; }
    public bool Deleted { get; init; }
    public bool Erased { get; init; }

    /// <summary>The facts of a customer; of an erased one, that a row is void.</summary>
    public static CustomerFactRow Of(Guid id, CustomerState state, int version, BlindIndex index, CompanyDays days)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(index);
        ArgumentNullException.ThrowIfNull(days);
        var pseudonym = index.Pseudonym(id);
        return state.ErasedAt is not null
            ? new() { Id = pseudonym, Version = version, Erased = true }
            : new()
            {
                Id = pseudonym, Version = version, Month = CustomerFacts.Month(days.Of(state.CreatedAt)), Source = state.Source, AgeBand = CustomerFacts.AgeBand(state.BirthDate, days.Today), DepartmentId = state.DepartmentId,
                Promotable = state.Consents.GetValueOrDefault(ConsentRules.KeyOf(Purposes.CustomerMarketing, null)) is { State: ConsentState.Granted }, Deleted = state.DeletedAt is not null,
            };
    }
}

/// <summary>How facts are made coarse.</summary>
public static class CustomerFacts
{
    private static readonly int[] Bands = [14, 18, 25, 35, 45, 55, 65];

    /// <summary>The month of a day.</summary>
    public static string Month(DateOnly day) => day.ToString("yyyy-MM", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>An age as a band of about ten years; null when it is not known.</summary>
    public static string? AgeBand(DateOnly? born, DateOnly today)
    {
        if (born is not { } day || day > today)
        {
            return null;
        }

        var age = today.Year - day.Year - (today < day.AddYears(today.Year - day.Year) ? 1 : 0);
        var at = Array.FindIndex(Bands, limit => age < limit);
        return at switch { 0 => $"<{Bands[0]}", < 0 => $"{Bands[^1]}+", _ => $"{Bands[at - 1]}-{Bands[at] - 1}" };
    }
}
