using System.ComponentModel.DataAnnotations;
using LimoCha.Actors.Privacy;

namespace LimoCha.Actors.Consent;

/// <summary>What somebody wants to do with personal data.</summary>
public enum UseKind
{
    /// <summary>Read it unmasked.</summary>
    View = 0,
    /// <summary>Call the subject.</summary>
    Call = 1,
    /// <summary>Send the subject a message.</summary>
    Message = 2,
    /// <summary>Push to the subject's device.</summary>
    Push = 3,
    /// <summary>Give it to somebody outside the company.</summary>
    Share = 4,
    /// <summary>Take it out in a file.</summary>
    Export = 5,
    /// <summary>Put it into a report.</summary>
    Report = 6,
    /// <summary>Look at where the subject is.</summary>
    Locate = 7,
    /// <summary>Collect it.</summary>
    Collect = 8,
    /// <summary>Give it to an authority that demands it by law; only through a disclosure (D3).</summary>
    Disclose = 9,
}

/// <summary>A use of personal data, asked of the subject's actor at the moment of the use.</summary>
[GenerateSerializer, Immutable, Alias("DataUse")]
public sealed record DataUse
{
    /// <summary>What is done.</summary>
    [Id(0), EnumDataType(typeof(UseKind))] public UseKind Kind { get; init; }
    /// <summary>For which declared purpose.</summary>
    [Id(1), Required, StringLength(60), NotPersonal] public string Purpose { get; init; } = "";
    /// <summary>Which classes of data; all of the purpose when left out.</summary>
    [Id(2), MaxLength(20)] public IReadOnlyList<DataClass>? Classes { get; init; }
    /// <summary>Who outside the company receives it, by the register of third parties.</summary>
    [Id(3), StringLength(60), NotPersonal] public string? Recipient { get; init; }
    /// <summary>Why, in a few words, for the audit trail. At most 200 characters; no personal data.</summary>
    [Id(4), StringLength(200), NotPersonal] public string? Reason { get; init; }
    /// <summary>Which fields leave the company, one by one; for shares. The classes follow from them.</summary>
    [Id(5), MaxLength(20), NotPersonal] public IReadOnlyList<string>? Fields { get; init; }
}

/// <summary>Whether a use is allowed, and why.</summary>
[GenerateSerializer, Immutable, Alias("UseDecision"), NotPersonal]
public sealed record UseDecision
{
    /// <summary>True when it may be done now.</summary>
    [Id(0)] public bool Allowed { get; init; }
    /// <summary>What it rests on: <c>consent</c>, <c>contract</c>, <c>legalObligation</c>, <c>serviceSafety</c>, <c>deidentified</c>, or <c>exemption:</c> and its name.</summary>
    [Id(1)] public string? Basis { get; init; }
    /// <summary>Why not: the problem's stable name.</summary>
    [Id(2)] public string? Problem { get; init; }
    /// <summary>A sentence that explains it.</summary>
    [Id(3)] public string Explanation { get; init; } = "";
    /// <summary>The classes decided on.</summary>
    [Id(4)] public IReadOnlyList<DataClass> Classes { get; init; } = [];
}

/// <summary>The answer to a disclosure: the decision, and the fields that it gives out when it is allowed.</summary>
[GenerateSerializer, Immutable, Alias("FieldsGiven")]
public sealed record FieldsGiven
{
    /// <summary>Whether, and why.</summary>
    [Id(0)] public UseDecision Decision { get; init; } = new();
    /// <summary>The fields that there are, and nothing else; null when refused.</summary>
    [Id(1), Personal(DataClass.Contact)] public IReadOnlyDictionary<string, string>? Fields { get; init; }

    /// <inheritdoc/>
    public override string ToString() => nameof(FieldsGiven);
}

/// <summary>Invokes one of the eleven exemptions for a subject and a purpose (B3).</summary>
[GenerateSerializer, Immutable, Alias("InvokeExemption")]
public sealed record InvokeExemption
{
    /// <summary>Which.</summary>
    [Id(0), Required, EnumDataType(typeof(ConsentExemption))] public ConsentExemption? Exemption { get; init; }
    /// <summary>For which declared purpose.</summary>
    [Id(1), Required, StringLength(60), NotPersonal] public string Purpose { get; init; } = "";
    /// <summary>The document or record that shows it: its number, where it is. 1 to 500 characters.</summary>
    [Id(2), Required, StringLength(500, MinimumLength = 1), Personal(DataClass.Content)] public string Evidence { get; init; } = "";
    /// <summary>Until when (UTC); at most a year ahead.</summary>
    [Id(3), Required] public DateTimeOffset? ExpiresAt { get; init; }

    /// <inheritdoc/>
    public override string ToString() => nameof(InvokeExemption);
}

/// <summary>An exemption in force.</summary>
[GenerateSerializer, Immutable, Alias("Exemption")]
public sealed record Exemption
{
    /// <summary>UUIDv7.</summary>
    [Id(0)] public Guid Id { get; init; }
    /// <summary>Which.</summary>
    [Id(1)] public ConsentExemption Kind { get; init; }
    /// <summary>For which purpose.</summary>
    [Id(2), NotPersonal] public string Purpose { get; init; } = "";
    /// <summary>What shows it.</summary>
    [Id(3), Personal(DataClass.Content)] public string Evidence { get; init; } = "";
    /// <summary>Who invoked it.</summary>
    [Id(4)] public Guid InvokedById { get; init; }
    /// <summary>When (UTC).</summary>
    [Id(5)] public DateTimeOffset InvokedAt { get; init; }
    /// <summary>Until when (UTC).</summary>
    [Id(6)] public DateTimeOffset ExpiresAt { get; init; }

    /// <inheritdoc/>
    public override string ToString() => nameof(Exemption);
}

/// <summary>A parent or guardian who agreed for a minor (B6).</summary>
[GenerateSerializer, Immutable, Alias("Guardian")]
public sealed record Guardian
{
    /// <summary>Their name. 1 to 80 characters.</summary>
    [Id(0), Required, StringLength(80, MinimumLength = 1), Personal(DataClass.Identity)] public string Name { get; init; } = "";
    /// <summary>What they are to the minor. 1 to 40 characters.</summary>
    [Id(1), Required, StringLength(40, MinimumLength = 1), Personal(DataClass.Identity)] public string Relation { get; init; } = "";
    /// <summary>How they are reached.</summary>
    [Id(2), StringLength(32), Personal(DataClass.Contact)] public string? Phone { get; init; }
    /// <summary>Where their consent is on file. 1 to 200 characters.</summary>
    [Id(3), Required, StringLength(200, MinimumLength = 1), Personal(DataClass.Content)] public string Evidence { get; init; } = "";
    /// <summary>When they agreed (UTC); set by the server.</summary>
    [Id(4)] public DateTimeOffset? AgreedAt { get; init; }

    /// <inheritdoc/>
    public override string ToString() => nameof(Guardian);
}
