using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Nodes;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Privacy;
using Microsoft.Extensions.Options;

namespace LimoCha.Actors.Consent;

/// <summary>Who answers for the data; section <c>Company</c>.</summary>
[NotPersonal]
public sealed class CompanyOptions
{
    /// <summary>The company's name, in receipts, notices and the policy. Default: LimoCha.</summary>
    [Required, StringLength(120, MinimumLength = 1)] public string Name { get; set; } = "LimoCha";

    /// <summary>Where its privacy office is reached: an e-mail address, a phone number or a page. Default: none.</summary>
    [StringLength(200)] public string? PrivacyContact { get; set; }
}

/// <summary>Makes receipts (B8).</summary>
public sealed class ConsentReceipts(SigningKeys signing, IOptions<CompanyOptions> company, TimeProvider clock)
{
    /// <summary>The means to make them, at hand.</summary>
    public async ValueTask<ReceiptSigner> SignerAsync(CancellationToken cancellationToken = default) =>
        new(await signing.SignerAsync(cancellationToken), company.Value, clock);
}

/// <summary>
/// Makes receipts in the structure of ISO/IEC TS 27560:2023 (consent record information): header, PII processing, party
/// identification, event. The subject appears by id; a name would make the proof itself personal data.
/// </summary>
public sealed class ReceiptSigner(Signer signer, CompanyOptions company, TimeProvider clock)
{
    private const string Type = "consent-receipt+jws";

    /// <summary>The receipt of an answer.</summary>
    public ConsentReceipt Issue(Guid subjectId, ConsentFlag answer, SetConsent command, PrivacyCatalog catalog, Actor by)
    {
        ArgumentNullException.ThrowIfNull(answer);
        ArgumentNullException.ThrowIfNull(command);
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(by);
        var purpose = catalog.Find(answer.Purpose)!;
        var id = Ids.New(clock);
        var at = answer.At!.Value;
        IEnumerable<DataClass> classes = answer.DataClass is { } one ? [one] : purpose.Classes.Where(dataClass => !ConsentRules.NeedsOwnConsent(purpose, dataClass));
        var record = new JsonObject
        {
            ["header"] = new JsonObject { ["schema_version"] = "ISO/IEC TS 27560:2023", ["record_id"] = id.ToString(), ["pii_principal_id"] = subjectId.ToString() },
            ["pii_processing"] = new JsonObject
            {
                ["privacy_notice"] = new JsonObject { ["version"] = answer.PolicyVersion, ["current_version"] = catalog.Policy.Version, ["current_sha256"] = catalog.Policy.TextSha256 },
                ["purposes"] = new JsonArray(new JsonObject
                {
                    ["purpose"] = purpose.Key, ["purpose_description"] = new JsonObject { ["zh-CN"] = purpose.TitleZh, ["en"] = purpose.TitleEn },
                    ["lawful_basis"] = JsonNamingPolicy.CamelCase.ConvertName(purpose.Basis.ToString()),
                    ["pii_information"] = new JsonArray([.. classes.Select(dataClass => (JsonNode)new JsonObject { ["pii_type"] = DataClassNames.Of(dataClass), ["sensitive_pii_category"] = DataClassRules.IsSensitive(dataClass) })]),
                    ["recipient_third_parties"] = new JsonArray([.. purpose.Recipients.Select(recipient => (JsonNode)recipient)]),
                    ["storage_conditions"] = new JsonObject { ["location"] = "CN", ["retention_days"] = purpose.RetentionDays },
                    ["withdrawal_method"] = "by the same call or page as the answer, at any time",
                }),
            },
            ["party_identification"] = new JsonArray(new JsonObject { ["party_role"] = "pii_controller", ["party_name"] = company.Name, ["party_contact"] = company.PrivacyContact }),
            ["event"] = new JsonObject
            {
                ["event_time"] = at.ToString("O", System.Globalization.CultureInfo.InvariantCulture), ["event_type"] = answer.DataClass is null ? "explicit" : "explicit_separate",
                ["event_state"] = State(answer.State), ["entity_id"] = by.UserId.ToString(), ["channel"] = answer.Channel, ["evidence"] = command.Evidence,
            },
        };
        return new()
        {
            Id = id, SubjectId = subjectId, Purpose = purpose.Key, DataClass = answer.DataClass, State = answer.State, At = at, Jws = signer.Sign(record.ToJsonString(StateJson.Options), Type),
        };
    }

    private static string State(ConsentState state) => state switch { ConsentState.Granted => "consent_given", ConsentState.Refused => "consent_refused", _ => "consent_withdrawn" };
}
