using System.Collections.Immutable;
using System.Globalization;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Privacy;

namespace LimoCha.Actors.Consent;

/// <summary>Consent flags of one subject: who is asked what, and what an answer means.</summary>
public static class ConsentRules
{
    private const int MostExemptions = 50;
    private static readonly TimeSpan LongestExemption = TimeSpan.FromDays(366);

    /// <summary>The key under which a state keeps an answer.</summary>
    public static string KeyOf(string purpose, DataClass? dataClass) => dataClass is { } one ? $"{purpose}#{one}" : purpose;

    /// <summary>True when a class needs an answer of its own: a sensitive one among others. A purpose that is about nothing else is specific already.</summary>
    public static bool NeedsOwnConsent(Purpose purpose, DataClass dataClass)
    {
        ArgumentNullException.ThrowIfNull(purpose);
        return DataClassRules.IsSensitive(dataClass) && purpose.Classes.Count > 1;
    }

    /// <summary>The flag of a declared purpose with its sensitive classes, or a refusal for one that is not declared for such subjects (B1).</summary>
    public static Outcome<ConsentFlag> Find(ImmutableDictionary<string, ConsentFlag> flags, string purpose, SubjectKind kind, PrivacyCatalog catalog, int version)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return catalog.Find(purpose) is { } declared && declared.Subject == kind
            ? Outcome.Of(Flag(flags, declared), version)
            : Refusal.NotFound("purpose");
    }

    /// <summary>Every purpose that such a subject is asked about, with what they said.</summary>
    public static IReadOnlyList<ConsentFlag> All(ImmutableDictionary<string, ConsentFlag> flags, SubjectKind kind, PrivacyCatalog catalog)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return [.. catalog.Purposes.Where(purpose => purpose.Subject == kind && purpose.Basis == LegalBasis.Consent && !purpose.Retired).Select(purpose => Flag(flags, purpose))];
    }

    /// <summary>The flag after an answer.</summary>
    public static Outcome<ConsentFlag> Set(ImmutableDictionary<string, ConsentFlag> flags, string purpose, SubjectKind kind, SetConsent command, PrivacyCatalog catalog, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(flags);
        ArgumentNullException.ThrowIfNull(command);
        ArgumentNullException.ThrowIfNull(catalog);
        if (catalog.Find(purpose) is not { } declared || declared.Subject != kind)
        {
            return Refusal.NotFound("purpose");
        }

        if (command.DataClass is { } one && (!declared.Classes.Contains(one) || !NeedsOwnConsent(declared, one)))
        {
            return Refusal.Invalid("dataClass", "The purpose has no such sensitive class that needs its own consent.");
        }

        if (command.DataClass is null && declared.Basis != LegalBasis.Consent)
        {
            return Refusal.Conflict("not-by-consent", "This purpose does not rest on consent.");
        }

        var saw = catalog.Policy.Version;
        if (command.PolicyVersion is { } given && (!int.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out saw) || saw < 1 || saw > catalog.Policy.Version))
        {
            return Refusal.Invalid("policyVersion", $"The policy's versions are 1 to {catalog.Policy.Version}.");
        }

        var current = flags.GetValueOrDefault(KeyOf(purpose, command.DataClass))?.State ?? ConsentState.NotAsked;
        return command.State switch
        {
            null or ConsentState.NotAsked => Refusal.Invalid("state", "State is one of granted, refused, withdrawn."),
            ConsentState.Withdrawn when current is not (ConsentState.Granted or ConsentState.Withdrawn) =>
                Refusal.Conflict("consent-not-given", "Only a consent that was given can be withdrawn; say refused instead."),
            ConsentState.Granted when saw < declared.SincePolicy =>
                Refusal.Conflict("policy-outdated", $"The policy has changed this purpose since version {saw}; show version {catalog.Policy.Version} first."),
            ConsentState.Granted when declared.Retired => Refusal.Conflict("purpose-retired", "This purpose is not processed for any more."),
            { } state => Outcome.Of(
                new ConsentFlag { Purpose = purpose, DataClass = command.DataClass, State = state, At = now, PolicyVersion = saw.ToString(CultureInfo.InvariantCulture), Channel = command.Channel }, 0),
        };
    }

    /// <summary>The exemption that is invoked, or why not.</summary>
    public static Outcome<Exemption> Invoke(IReadOnlyCollection<Exemption> inForce, InvokeExemption command, SubjectKind kind, PrivacyCatalog catalog, Guid id, Actor by, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(inForce);
        ArgumentNullException.ThrowIfNull(command);
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(by);
        return !by.IsOffice ? Refusal.Forbidden("Only privacy officers and admins invoke an exemption.")
            : catalog.Find(command.Purpose) is not { } purpose || purpose.Subject != kind ? Refusal.Unprocessable("purpose-undeclared", "There is no such declared purpose for such subjects.", "purpose")
            : command.Exemption is not { } which ? Refusal.Invalid("exemption", "Say which of the eleven exemptions.")
            : string.IsNullOrWhiteSpace(command.Evidence) ? Refusal.Invalid("evidence", "Evidence has 1 to 500 characters.")
            : command.ExpiresAt is not { } until || until <= now || until > now + LongestExemption ? Refusal.Invalid("expiresAt", "An exemption ends in the future, at most a year ahead.")
            : inForce.Count(exemption => exemption.ExpiresAt > now) >= MostExemptions ? Refusal.Conflict("too-many-exemptions", $"At most {MostExemptions} exemptions are in force for one subject.")
            : Outcome.Of(new Exemption { Id = id, Kind = which, Purpose = command.Purpose, Evidence = command.Evidence.Trim(), InvokedById = by.UserId, InvokedAt = now, ExpiresAt = until.ToUniversalTime() }, 0);
    }

    private static ConsentFlag Flag(ImmutableDictionary<string, ConsentFlag> flags, Purpose purpose)
    {
        var whole = Answer(flags, purpose, null);
        var sensitive = purpose.Classes.Where(dataClass => NeedsOwnConsent(purpose, dataClass)).Select(dataClass => Answer(flags, purpose, dataClass)).ToList();
        return whole with { Sensitive = sensitive.Count > 0 ? sensitive : null };
    }

    private static ConsentFlag Answer(ImmutableDictionary<string, ConsentFlag> flags, Purpose purpose, DataClass? dataClass)
    {
        var flag = flags.GetValueOrDefault(KeyOf(purpose.Key, dataClass)) ?? new ConsentFlag { Purpose = purpose.Key, DataClass = dataClass };
        return flag with { Asks = !purpose.Retired && (flag.State == ConsentState.NotAsked || flag.State == ConsentState.Granted && IsOutdated(flag, purpose)) };
    }

    /// <summary>True when the policy has materially changed the purpose since the answer (B7).</summary>
    internal static bool IsOutdated(ConsentFlag flag, Purpose purpose) =>
        !int.TryParse(flag.PolicyVersion, NumberStyles.None, CultureInfo.InvariantCulture, out var saw) || saw < purpose.SincePolicy;
}
