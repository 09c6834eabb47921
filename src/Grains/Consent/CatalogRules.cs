using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Privacy;

namespace LimoCha.Actors.Consent;

/// <summary>The catalogue's state: what was declared and published beyond the product's own.</summary>
[NotPersonal]
public sealed record CatalogState : StateRecord
{
    public ImmutableDictionary<string, Purpose> Purposes { get; init; } = ImmutableDictionary<string, Purpose>.Empty;
    public ImmutableDictionary<string, ThirdParty> ThirdParties { get; init; } = ImmutableDictionary<string, ThirdParty>.Empty;
    /// <summary>Published versions, oldest first, without texts but for the last.</summary>
    public ImmutableArray<Policy> Policies { get; init; } = [];
}

/// <summary>A fact about the catalogue.</summary>
[JsonDerivedType(typeof(PurposeDeclared), "purposeDeclared")]
[JsonDerivedType(typeof(PolicyPublished), "policyPublished")]
[JsonDerivedType(typeof(ThirdPartyRegistered), "thirdPartyRegistered")]
public abstract record CatalogEvent;

/// <summary>A purpose was declared or changed.</summary>
public sealed record PurposeDeclared(Purpose Purpose) : CatalogEvent;

/// <summary>A third party was entered into the register, or its entry changed.</summary>
public sealed record ThirdPartyRegistered(ThirdParty ThirdParty) : CatalogEvent;

/// <summary>A policy version was published.</summary>
public sealed record PolicyPublished(Policy Policy) : CatalogEvent;

/// <summary>Purposes and policies: who may declare, and what it changes.</summary>
public static class CatalogRules
{
    private const int MostPurposes = 300;
    private const int MostPolicies = 500;
    private const int MostThirdParties = 200;

    /// <summary>Declares a purpose. A change of classes, recipients or basis counts as material: consents are asked again.</summary>
    public static Decision<CatalogEvent> Declare(CatalogState state, DeclarePurpose command, Actor by)
    {
        if (by.Role != Role.PrivacyOfficer)
        {
            return Refusal.Forbidden("Only privacy officers declare purposes.");
        }

        if (command.Classes.Count == 0)
        {
            return Refusal.Invalid("classes", "Name at least one class of data; none is for data that identifies nobody.");
        }

        var catalog = View(state);
        if (catalog.Find(command.Key) is null && catalog.Purposes.Count >= MostPurposes)
        {
            return Refusal.Conflict("too-many-purposes", $"At most {MostPurposes} purposes can be declared.");
        }

        var before = catalog.Find(command.Key);
        if (before is not null && before.Subject != command.Subject)
        {
            return Refusal.Conflict("other-subject", "A purpose stays about the same kind of subject; declare another one.");
        }

        var now = new Purpose
        {
            Key = command.Key, Subject = command.Subject, TitleZh = command.TitleZh.Trim(), TitleEn = command.TitleEn.Trim(), Classes = [.. command.Classes.Distinct()],
            Basis = command.Basis, Recipients = [.. (command.Recipients ?? []).Distinct()], RetentionDays = command.RetentionDays, Retired = command.Retired,
            Source = before?.Source, SincePolicy = before?.SincePolicy ?? catalog.Policy.Version,
        };
        return before is not null && Same(before, now) ? Decision<CatalogEvent>.Nothing
            : before is not null && IsWider(before, command) && !catalog.Policy.Material.Contains(command.Key)
                ? Refusal.Conflict("policy-first", "This change is material: publish the policy version that tells of it, with this purpose among the material ones, and change it then.")
            : new PurposeDeclared(now);
    }

    /// <summary>Enters a third party into the register: only for purposes that name it, and fields that there are (D1). Promotion partners get no fields (D2).</summary>
    public static Decision<CatalogEvent> Register(CatalogState state, ThirdParty command, IReadOnlySet<string> fields, Actor by)
    {
        ArgumentNullException.ThrowIfNull(command);
        ArgumentNullException.ThrowIfNull(fields);
        var catalog = View(state);
        return by.Role != Role.PrivacyOfficer ? Refusal.Forbidden("Only privacy officers keep the register.")
            : catalog.ThirdParties.Count >= MostThirdParties && !state.ThirdParties.ContainsKey(command.Key) ? Refusal.Conflict("too-many-third-parties", $"At most {MostThirdParties} can be registered.")
            : command.Kind == ThirdPartyKind.Promotion && command.Allowed.Count > 0 ? Refusal.Unprocessable("promotion-gets-aggregates", "Promotion partners receive aggregates, never fields of a person.", "allowed")
            : command.Allowed.FirstOrDefault(allowed => catalog.Find(allowed.Purpose)?.Recipients.Contains(command.Key) != true) is { } undeclared
                ? Refusal.Unprocessable("recipient-undeclared", $"The purpose {undeclared.Purpose} does not declare this recipient.", "allowed")
            : command.Allowed.SelectMany(allowed => allowed.Fields).FirstOrDefault(field => !fields.Contains(field)) is { } unknown
                ? Refusal.Invalid("allowed.fields", $"There is no field {unknown}; fields are {string.Join(", ", fields.Order(StringComparer.Ordinal))}.")
            : new ThirdPartyRegistered(command);
    }

    /// <summary>Publishes a version; consents to the purposes it changes materially are asked again.</summary>
    public static Decision<CatalogEvent> Publish(CatalogState state, PublishPolicy command, Actor by, DateTimeOffset now)
    {
        var catalog = View(state);
        var material = (command.Material ?? []).Distinct().ToList();
        return by.Role != Role.PrivacyOfficer ? Refusal.Forbidden("Only privacy officers publish the policy.")
            : material.Find(key => catalog.Find(key) is null) is { } unknown ? Refusal.Unprocessable("purpose-undeclared", $"There is no purpose {unknown}.", "material")
            : state.Policies.Length >= MostPolicies ? Refusal.Conflict("too-many-versions", $"At most {MostPolicies} versions are kept.")
            : new PolicyPublished(new()
            {
                Version = catalog.Policy.Version + 1, PublishedAt = now, TextZh = command.TextZh, TextEn = command.TextEn, ChangeZh = command.ChangeZh.Trim(), ChangeEn = command.ChangeEn.Trim(),
                Material = material, TextSha256 = Hash(command.TextZh, command.TextEn),
            });
    }

    /// <summary>The state with a fact added.</summary>
    public static CatalogState Apply(CatalogState state, CatalogEvent fact) => fact switch
    {
        PurposeDeclared f => state with { Purposes = state.Purposes.SetItem(f.Purpose.Key, f.Purpose) },
        ThirdPartyRegistered f => state with { ThirdParties = state.ThirdParties.SetItem(f.ThirdParty.Key, f.ThirdParty) },
        PolicyPublished f => state with
        {
            Policies = [.. state.Policies.Select(policy => policy with { TextZh = null, TextEn = null }), f.Policy],
            Purposes = state.Purposes.SetItems(f.Policy.Material.Select(key => KeyValuePair.Create(key, View(state).Find(key)! with { SincePolicy = f.Policy.Version }))),
        },
        _ => state,
    };

    /// <summary>The catalogue: the product's own purposes and first policy, with what was declared and published since.</summary>
    public static PrivacyCatalog View(CatalogState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var newest = state.Policies.LastOrDefault() ?? FirstPolicy.Value;
        return new()
        {
            Purposes = [.. DeclaredPurposes.All.Select(purpose => state.Purposes.GetValueOrDefault(purpose.Key) ?? purpose), .. state.Purposes.Values.Where(purpose => DeclaredPurposes.All.All(own => own.Key != purpose.Key)).OrderBy(purpose => purpose.Key, StringComparer.Ordinal)],
            Policy = newest,
            ThirdParties = [.. state.ThirdParties.Values.OrderBy(party => party.Key, StringComparer.Ordinal)],
            Versions = [.. state.Policies.Reverse().Append(FirstPolicy.Value).Select(policy => policy with { TextZh = null, TextEn = null })],
        };
    }

    /// <summary>The fingerprint of a version's texts.</summary>
    public static string Hash(string zh, string en) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{zh}\n\0\n{en}")));

    private static bool IsWider(Purpose before, DeclarePurpose now) =>
        now.Classes.Except(before.Classes).Any() || (now.Recipients ?? []).Except(before.Recipients).Any() || now.Basis != before.Basis && now.Basis != LegalBasis.Consent;

    private static bool Same(Purpose one, Purpose other) =>
        one with { Classes = [], Recipients = [] } == other with { Classes = [], Recipients = [] } && one.Classes.SequenceEqual(other.Classes) && one.Recipients.SequenceEqual(other.Recipients);
}
