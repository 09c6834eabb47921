using System.Collections.Immutable;
using System.Text.Json;
using LimoCha.Actors.Privacy;

namespace LimoCha.Actors.Consent;

/// <summary>What the decision knows of the person whose data it is.</summary>
/// <param name="Kind">Customer or staff.</param>
/// <param name="Consents">Their answers, by <see cref="ConsentRules.KeyOf"/>.</param>
/// <param name="Exemptions">Exemptions invoked for them.</param>
/// <param name="BirthDate">When known.</param>
/// <param name="Guardian">The guardian who agreed, for a minor.</param>
/// <param name="Erased">Their data has been erased.</param>
/// <param name="Deleted">They are in the recycle bin: kept to be restored, and for what the law asks.</param>
public sealed record DataSubject(
    SubjectKind Kind, ImmutableDictionary<string, ConsentFlag> Consents, ImmutableArray<Exemption> Exemptions,
    DateOnly? BirthDate = null, Guardian? Guardian = null, bool Erased = false, bool Deleted = false);

/// <summary>The decision: may this be done with this person's data, now, and why. One pure function, asked inside the subject's actor.</summary>
public static class UseRules
{
    /// <summary>Under this age a guardian agrees (seed VI; fourteen by the Personal Information Protection Law of the PRC, article 31).</summary>
    public const int AgeOfConsent = 14;

    /// <summary>Decides.</summary>
    public static UseDecision Decide(DataUse use, DataSubject subject, PrivacyCatalog catalog, DateTimeOffset now, DateOnly today)
    {
        ArgumentNullException.ThrowIfNull(use);
        ArgumentNullException.ThrowIfNull(subject);
        ArgumentNullException.ThrowIfNull(catalog);
        if (catalog.Find(use.Purpose) is not { } purpose || purpose.Subject != subject.Kind)
        {
            return No("purpose-undeclared", "No such purpose is declared for this subject's data (B1).");
        }

        var classes = use.Classes is { Count: > 0 } given ? [.. given.Distinct()] : purpose.Classes;
        UseDecision Refuse(string problem, string why) => No(problem, why) with { Classes = classes };
        UseDecision Allow(string basis, string why) => new() { Allowed = true, Basis = basis, Explanation = why, Classes = classes };
        if (purpose.Retired)
        {
            return Refuse("purpose-retired", "This purpose is not processed for any more.");
        }

        if (classes.Except(purpose.Classes).ToList() is { Count: > 0 } undeclared)
        {
            return Refuse("class-undeclared", $"The purpose does not declare {string.Join(", ", undeclared)}.");
        }

        if (use.Recipient is { } recipient && use.Kind != UseKind.Disclose && !purpose.Recipients.Contains(recipient))
        {
            return Refuse("recipient-undeclared", "The purpose does not declare this recipient.");
        }

        if (use.Kind == UseKind.Share && Untransferable(use, catalog, today) is { } untransferable)
        {
            return Refuse(untransferable.Problem, untransferable.Why);
        }

        if (subject.Erased)
        {
            return Refuse("erased", "The subject's data has been erased.");
        }

        if (subject.Exemptions.FirstOrDefault(exemption => exemption.Purpose == purpose.Key && exemption.ExpiresAt > now) is { } exemption)
        {
            return Allow($"exemption:{JsonNamingPolicy.CamelCase.ConvertName(exemption.Kind.ToString())}", $"Exemption {exemption.Id} is in force until {exemption.ExpiresAt:u}.");
        }

        if (purpose.Basis is LegalBasis.LegalObligation or LegalBasis.Deidentified)
        {
            return Allow(Name(purpose.Basis), "The purpose does not rest on consent.");
        }

        if (subject.Deleted)
        {
            return Refuse("deleted", "The subject is in the recycle bin; their data is used again when they are restored.");
        }

        if (IsMinor(subject, today) && subject.Guardian?.AgreedAt is null)
        {
            return Refuse("guardian-consent-required", "The subject is a minor, and no guardian's consent is on file (B6).");
        }

        if (purpose.Basis == LegalBasis.Consent && Missing(subject, purpose, null) is { } missing)
        {
            return Refuse(missing, Why(missing, purpose.Key));
        }

        foreach (var dataClass in classes.Where(dataClass => ConsentRules.NeedsOwnConsent(purpose, dataClass)))
        {
            if (Missing(subject, purpose, dataClass) is { } own)
            {
                return Refuse(own, Why(own, $"{purpose.Key} with {dataClass}"));
            }
        }

        return Allow(Name(purpose.Basis), purpose.Basis == LegalBasis.Consent ? "The subject consents." : "The purpose does not rest on consent.");
    }

    /// <summary>Whether a purpose as a whole is allowed now.</summary>
    public static bool Allows(DataSubject subject, string purpose, PrivacyCatalog catalog, DateTimeOffset now, DateOnly today) =>
        Decide(new() { Purpose = purpose }, subject, catalog, now, today).Allowed;

    /// <summary>True below the age at which somebody agrees for themselves.</summary>
    public static bool IsMinor(DataSubject subject, DateOnly today)
    {
        ArgumentNullException.ThrowIfNull(subject);
        return subject.BirthDate is { } born && born.AddYears(AgeOfConsent) > today;
    }

    /// <summary>Why data may not leave the company whatever the subject says: it leaves only through the register, field by field (D1, D2).</summary>
    private static (string Problem, string Why)? Untransferable(DataUse use, PrivacyCatalog catalog, DateOnly today) =>
        use.Recipient is null || use.Fields is not { Count: > 0 } fields ? ("recipient-and-fields-required", "A share names its recipient and each field.")
        : catalog.ThirdParties.FirstOrDefault(party => party.Key == use.Recipient) is not { } party ? ("recipient-unregistered", "The recipient is not in the register of third parties.")
        : party.Kind == ThirdPartyKind.Promotion ? ("promotion-gets-aggregates", "Promotion partners receive aggregates, never fields of a person.")
        : string.IsNullOrWhiteSpace(party.Agreement) || party.AgreementUntil < today ? ("agreement-required", "No agreement binds the recipient now.")
        : fields.Except(party.Allowed.Where(allowed => allowed.Purpose == use.Purpose).SelectMany(allowed => allowed.Fields)).ToList() is { Count: > 0 } beyond
            ? ("field-not-allowed", $"For this purpose the recipient may not receive {string.Join(", ", beyond)}.")
        : null;

    private static string? Missing(DataSubject subject, Purpose purpose, DataClass? dataClass) =>
        subject.Consents.GetValueOrDefault(ConsentRules.KeyOf(purpose.Key, dataClass)) is not { State: ConsentState.Granted } flag ? "consent-required"
        : ConsentRules.IsOutdated(flag, purpose) ? "consent-outdated"
        : null;

    private static string Why(string problem, string what) => problem == "consent-outdated"
        ? $"The policy has materially changed {what} since the subject agreed; they have to be asked again (B7)."
        : $"The subject has not consented to {what}.";

    private static string Name(LegalBasis basis) => JsonNamingPolicy.CamelCase.ConvertName(basis.ToString());

    private static UseDecision No(string problem, string why) => new() { Problem = problem, Explanation = why };
}
