using System.ComponentModel.DataAnnotations;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Privacy;

namespace LimoCha.Actors.Consent;

/// <summary>What processing for a purpose rests on.</summary>
public enum LegalBasis
{
    /// <summary>The subject's consent.</summary>
    Consent = 0,
    /// <summary>Needed for a contract that the subject asked for (seed II.6(7)).</summary>
    Contract = 1,
    /// <summary>A law requires it (seed II.6(11)).</summary>
    LegalObligation = 2,
    /// <summary>Needed to keep the service safe and running (seed II.6(8)).</summary>
    ServiceSafety = 3,
    /// <summary>Only data that identifies nobody (seed II.5).</summary>
    Deidentified = 4,
}

/// <summary>The eleven cases in which consent is not needed (seed II.6), in the seed's order.</summary>
public enum ConsentExemption
{
    /// <summary>(1) National security and defence.</summary>
    NationalSecurity = 1,
    /// <summary>(2) Public safety, public health, major public interests.</summary>
    PublicInterest = 2,
    /// <summary>(3) Investigation, prosecution, trial and enforcement of judgments.</summary>
    CriminalProceedings = 3,
    /// <summary>(4) Life, property and other major interests of somebody whose consent is hard to get.</summary>
    VitalInterest = 4,
    /// <summary>(5) The subject made it public.</summary>
    MadePublic = 5,
    /// <summary>(6) Collected from lawful public disclosure.</summary>
    PublicSource = 6,
    /// <summary>(7) Needed for a contract that the subject asked for.</summary>
    Contract = 7,
    /// <summary>(8) Needed to keep the service safe and stable.</summary>
    ServiceSafety = 8,
    /// <summary>(9) Needed for lawful news reporting.</summary>
    NewsReporting = 9,
    /// <summary>(10) Statistics or research of an academic institution in the public interest, results de-identified.</summary>
    AcademicResearch = 10,
    /// <summary>(11) Other cases that laws name.</summary>
    OtherLaw = 11,
}

/// <summary>Whose data a purpose is about.</summary>
public enum SubjectKind
{
    /// <summary>A customer.</summary>
    Customer = 0,
    /// <summary>A staff member.</summary>
    Staff = 1,
    /// <summary>A visitor of shared content, whom nobody can name.</summary>
    Visitor = 2,
}

/// <summary>A declared purpose of processing (B1).</summary>
[GenerateSerializer, Immutable, Alias("Purpose"), NotPersonal]
public sealed record Purpose
{
    /// <summary>Its name in every call, like <c>customer.contact</c>.</summary>
    [Id(0)] public string Key { get; init; } = "";
    /// <summary>Whose data.</summary>
    [Id(1)] public SubjectKind Subject { get; init; }
    /// <summary>What for, in Chinese.</summary>
    [Id(2)] public string TitleZh { get; init; } = "";
    /// <summary>What for, in English.</summary>
    [Id(3)] public string TitleEn { get; init; } = "";
    /// <summary>The classes of data it may touch.</summary>
    [Id(4)] public IReadOnlyList<DataClass> Classes { get; init; } = [];
    /// <summary>What it rests on.</summary>
    [Id(5)] public LegalBasis Basis { get; init; }
    /// <summary>Who outside the company may receive data for it, by the names of the register of third parties.</summary>
    [Id(6)] public IReadOnlyList<string> Recipients { get; init; } = [];
    /// <summary>Days that data is kept for it after its last use; null for as long as the subject is known.</summary>
    [Id(7)] public int? RetentionDays { get; init; }
    /// <summary>The policy version that last changed it materially: consent given under an older one does not count (B7).</summary>
    [Id(8)] public int SincePolicy { get; init; } = 1;
    /// <summary>Not processed for any more.</summary>
    [Id(9)] public bool Retired { get; init; }
    /// <summary>Where the policy says it, like <c>II.2(3)</c>.</summary>
    [Id(10)] public string? Source { get; init; }
}

/// <summary>Declares a new purpose, or changes one; who is affected is asked before the first use (B2).</summary>
[GenerateSerializer, Immutable, Alias("DeclarePurpose"), NotPersonal]
public sealed record DeclarePurpose
{
    /// <summary>Letters, digits, '.' and '-'; 3 to 60 characters.</summary>
    [Id(0), Required, StringLength(60, MinimumLength = 3), RegularExpression("^[a-z0-9]+([.-][a-z0-9]+)*$")] public string Key { get; init; } = "";
    /// <summary>Whose data.</summary>
    [Id(1), EnumDataType(typeof(SubjectKind))] public SubjectKind Subject { get; init; }
    /// <summary>What for, in Chinese. 1 to 200 characters.</summary>
    [Id(2), Required, StringLength(200, MinimumLength = 1)] public string TitleZh { get; init; } = "";
    /// <summary>What for, in English. 1 to 200 characters.</summary>
    [Id(3), Required, StringLength(200, MinimumLength = 1)] public string TitleEn { get; init; } = "";
    /// <summary>The classes of data it may touch.</summary>
    [Id(4), Required, MaxLength(20)] public IReadOnlyList<DataClass> Classes { get; init; } = [];
    /// <summary>What it rests on.</summary>
    [Id(5), EnumDataType(typeof(LegalBasis))] public LegalBasis Basis { get; init; }
    /// <summary>Who outside may receive data for it; at most 20.</summary>
    [Id(6), MaxLength(20)] public IReadOnlyList<string>? Recipients { get; init; }
    /// <summary>Days kept; 1 to 36,500.</summary>
    [Id(7), Range(1, 36_500)] public int? RetentionDays { get; init; }
    /// <summary>True retires it.</summary>
    [Id(8)] public bool Retired { get; init; }
}

/// <summary>A version of the privacy policy (B7).</summary>
[GenerateSerializer, Immutable, Alias("Policy"), NotPersonal]
public sealed record Policy
{
    /// <summary>1, 2, 3, …</summary>
    [Id(0)] public int Version { get; init; }
    /// <summary>When published (UTC).</summary>
    [Id(1)] public DateTimeOffset PublishedAt { get; init; }
    /// <summary>The text in Chinese (Markdown); left out of lists.</summary>
    [Id(2)] public string? TextZh { get; init; }
    /// <summary>The text in English (Markdown); left out of lists.</summary>
    [Id(3)] public string? TextEn { get; init; }
    /// <summary>What changed, in Chinese.</summary>
    [Id(4)] public string? ChangeZh { get; init; }
    /// <summary>What changed, in English.</summary>
    [Id(5)] public string? ChangeEn { get; init; }
    /// <summary>Purposes it changed materially: their consents are asked again.</summary>
    [Id(6)] public IReadOnlyList<string> Material { get; init; } = [];
    /// <summary>SHA-256 of the two texts, hexadecimal: what a receipt refers to.</summary>
    [Id(7)] public string TextSha256 { get; init; } = "";
}

/// <summary>Publishes a new version.</summary>
[GenerateSerializer, Immutable, Alias("PublishPolicy"), NotPersonal]
public sealed record PublishPolicy
{
    /// <summary>The text in Chinese. At most 60,000 characters.</summary>
    [Id(0), Required, StringLength(60_000, MinimumLength = 1)] public string TextZh { get; init; } = "";
    /// <summary>The text in English. At most 60,000 characters.</summary>
    [Id(1), Required, StringLength(60_000, MinimumLength = 1)] public string TextEn { get; init; } = "";
    /// <summary>What changed, in Chinese. At most 500 characters.</summary>
    [Id(2), Required, StringLength(500, MinimumLength = 1)] public string ChangeZh { get; init; } = "";
    /// <summary>What changed, in English. At most 500 characters.</summary>
    [Id(3), Required, StringLength(500, MinimumLength = 1)] public string ChangeEn { get; init; } = "";
    /// <summary>Purposes that change materially; at most 200.</summary>
    [Id(4), MaxLength(200)] public IReadOnlyList<string>? Material { get; init; }
}

/// <summary>All declared purposes and the policy that is in force.</summary>
[GenerateSerializer, Immutable, Alias("PrivacyCatalog")]
public sealed record PrivacyCatalog
{
    /// <summary>Every declared purpose, retired ones too.</summary>
    [Id(0)] public IReadOnlyList<Purpose> Purposes { get; init; } = [];
    /// <summary>The policy in force, with its texts.</summary>
    [Id(1)] public Policy Policy { get; init; } = new();
    /// <summary>All versions, newest first, without texts.</summary>
    [Id(2)] public IReadOnlyList<Policy> Versions { get; init; } = [];
    /// <summary>The register of third parties.</summary>
    [Id(3)] public IReadOnlyList<ThirdParty> ThirdParties { get; init; } = [];

    /// <summary>A purpose by its key.</summary>
    public Purpose? Find(string key) => Purposes.FirstOrDefault(purpose => purpose.Key == key);
}

/// <summary>The catalogue of purposes and policies; one a deployment.</summary>
[Alias("IPrivacyCatalogGrain")]
public interface IPrivacyCatalogGrain : IDurableGrain
{
    /// <summary>The catalogue as it is now.</summary>
    [Alias("GetAsync")]
    Task<PrivacyCatalog> GetAsync(CancellationToken cancellationToken = default);

    /// <summary>Declares or changes a purpose. Privacy officers only.</summary>
    [Alias("DeclareAsync")]
    Task<Outcome<Purpose>> DeclareAsync(DeclarePurpose command, CallContext context, CancellationToken cancellationToken = default);

    /// <summary>Enters a third party into the register, or changes its entry. Privacy officers only.</summary>
    [Alias("RegisterAsync")]
    Task<Outcome<ThirdParty>> RegisterAsync(ThirdParty command, CallContext context, CancellationToken cancellationToken = default);

    /// <summary>Publishes a policy version and tells everybody. Privacy officers only.</summary>
    [Alias("PublishAsync")]
    Task<Outcome<Policy>> PublishAsync(PublishPolicy command, CallContext context, CancellationToken cancellationToken = default);
}
