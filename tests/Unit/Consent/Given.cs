using System.Collections.Immutable;
using LimoCha.Actors.Consent;
using LimoCha.Actors.Privacy;

namespace LimoCha.Actors.Unit.Consent;

/// <summary>Subjects, catalogues and answers to begin with.</summary>
internal static class Given
{
    public static readonly DateTimeOffset Now = new(2026, 3, 2, 1, 0, 0, TimeSpan.Zero);
    public static readonly DateOnly Today = new(2026, 3, 2);
    public static readonly ImmutableDictionary<string, ConsentFlag> NoAnswers = ImmutableDictionary<string, ConsentFlag>.Empty;
    public static readonly DataSubject Customer = new(SubjectKind.Customer, NoAnswers, []);

    /// <summary>The catalogue that the product comes with.</summary>
    public static readonly PrivacyCatalog Catalog = CatalogRules.View(new());

    /// <summary>The subject after an answer.</summary>
    public static DataSubject Says(this DataSubject subject, string purpose, ConsentState state, DataClass? dataClass = null, PrivacyCatalog? catalog = null)
    {
        var flag = ConsentRules.Set(subject.Consents, purpose, subject.Kind, new() { State = state, DataClass = dataClass }, catalog ?? Catalog, Now);
        flag.Refusal.Should().BeNull();
        return subject with { Consents = subject.Consents.SetItem(ConsentRules.KeyOf(purpose, dataClass), flag.Value!) };
    }

    /// <summary>The decision about a use.</summary>
    public static UseDecision Decide(this DataSubject subject, string purpose, PrivacyCatalog? catalog = null, string? recipient = null, params DataClass[] classes) =>
        UseRules.Decide(new() { Purpose = purpose, Classes = classes, Recipient = recipient }, subject, catalog ?? Catalog, Now, Today);
}
