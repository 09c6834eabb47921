using System.ComponentModel.DataAnnotations;
using LimoCha.Actors.Privacy;

namespace LimoCha.Actors.Consent;

/// <summary>What a subject said about a purpose.</summary>
public enum ConsentState
{
    /// <summary>Never asked, or not answered. Refused where consent is the basis.</summary>
    NotAsked = 0,
    /// <summary>Yes.</summary>
    Granted = 1,
    /// <summary>Asked and said no.</summary>
    Refused = 2,
    /// <summary>Said yes once, and took it back.</summary>
    Withdrawn = 3,
}

/// <summary>The purposes the engine itself processes for. A use for a purpose that is not declared is refused (B1).</summary>
public static class Purposes
{
    /// <summary>Having an account and signing in (F3).</summary>
    public const string AccountRegistration = "account.registration";
    /// <summary>Real-name verification of a staff member (identity document: sensitive, F3 and B5).</summary>
    public const string AccountRealName = "account.real-name";
    /// <summary>Audit and risk signals of accounts (E8).</summary>
    public const string AccountSecurity = "account.security";
    /// <summary>Noticing that an account is used at two places that nobody gets from and to (whereabouts: sensitive, E8 and B5).</summary>
    public const string AccountTravel = "account.travel";
    /// <summary>Recording where a staff member is when they check in (whereabouts: sensitive, F2 and B5).</summary>
    public const string AttendanceLocation = "attendance.location";
    /// <summary>Recording where a step of a task was taken, as its proof (whereabouts: sensitive, F2 and B5).</summary>
    public const string TaskLocation = "task.location";
    /// <summary>Keeping what was done: tasks that are over, with their history and proofs.</summary>
    public const string TaskRecords = "task.records";
    /// <summary>Looking at where a staff member is when work is given to the nearest (whereabouts: sensitive, F2 and B5).</summary>
    public const string DispatchLocation = "dispatch.location";
    /// <summary>Sending pushes through the phone vendor's service when no device is connected (A1, A2).</summary>
    public const string PushVendor = "push.vendor";
    /// <summary>Recording the model and version of a device (F2).</summary>
    public const string DeviceInformation = "device.information";
    /// <summary>Collecting crashes of a device (A7).</summary>
    public const string CrashDiagnosis = "crash.diagnosis";
    /// <summary>Serving a customer: knowing who they are.</summary>
    public const string CustomerService = "customer.service";
    /// <summary>Contacting a customer by phone or message.</summary>
    public const string CustomerContact = "customer.contact";
    /// <summary>Sending a customer promotional messages.</summary>
    public const string CustomerMarketing = "customer.marketing";
    /// <summary>Sensitive facts that a customer shares to be cared for better (B5).</summary>
    public const string CustomerCare = "customer.care";
    /// <summary>Knowing that a customer is who they say (B5).</summary>
    public const string CustomerIdentity = "customer.identity";
    /// <summary>Delivering what a customer ordered (D1).</summary>
    public const string OrderDelivery = "order.delivery";
    /// <summary>Answering a subject's request about their data (C1).</summary>
    public const string CustomerRights = "customer.rights";
    /// <summary>Telling a subject of a security incident (E6).</summary>
    public const string IncidentNotice = "incident.notice";
    /// <summary>Giving data to an authority that lawfully demands it (D3).</summary>
    public const string LegalDisclosure = "legal.disclosure";
    /// <summary>Answering what staff ask about their own data.</summary>
    public const string StaffRights = "staff.rights";
    /// <summary>Data about staff that an authority demands by law.</summary>
    public const string StaffDisclosure = "staff.disclosure";
    /// <summary>Aggregates for promotion partners (D2).</summary>
    public const string PromotionStatistics = "promotion.statistics";
    /// <summary>Analysis that names nobody (E9).</summary>
    public const string Analytics = "analytics.deidentified";
    /// <summary>Where visitors of shared content come from (F1).</summary>
    public const string ShareVisits = "share.visits";
}

/// <summary>Grants, refuses or withdraws.</summary>
[GenerateSerializer, Immutable, Alias("SetConsent")]
public sealed record SetConsent
{
    /// <summary>The new answer: granted, refused or withdrawn.</summary>
    [Id(0), Required] public ConsentState? State { get; init; }
    /// <summary>The policy version the subject saw; the one in force when left out.</summary>
    [Id(1), StringLength(40), NotPersonal] public string? PolicyVersion { get; init; }
    /// <summary>How it was said: app, phone, paper, … At most 40 characters.</summary>
    [Id(2), StringLength(40), NotPersonal] public string? Channel { get; init; }
    /// <summary>A sensitive class that the answer is about, alone (B5); left out, it is about the purpose's other data.</summary>
    [Id(3), EnumDataType(typeof(DataClass))] public DataClass? DataClass { get; init; }
    /// <summary>What shows it: a document's number, a recording. At most 200 characters.</summary>
    [Id(4), StringLength(200), Personal(Privacy.DataClass.Content)] public string? Evidence { get; init; }

    /// <inheritdoc/>
    public override string ToString() => nameof(SetConsent);
}

/// <summary>A consent flag as it stands.</summary>
[GenerateSerializer, Immutable, Alias("ConsentFlag")]
public sealed record ConsentFlag
{
    /// <summary>One of the declared purposes.</summary>
    [Id(0), NotPersonal] public string Purpose { get; init; } = "";
    /// <summary>What was said.</summary>
    [Id(1)] public ConsentState State { get; init; }
    /// <summary>When (UTC); null when never asked.</summary>
    [Id(2)] public DateTimeOffset? At { get; init; }
    /// <summary>The policy version seen.</summary>
    [Id(3), NotPersonal] public string? PolicyVersion { get; init; }
    /// <summary>How it was said.</summary>
    [Id(4), NotPersonal] public string? Channel { get; init; }
    /// <summary>The sensitive class it is about; null for the purpose's other data.</summary>
    [Id(5)] public DataClass? DataClass { get; init; }
    /// <summary>The receipt of this answer (B8).</summary>
    [Id(6)] public Guid? ReceiptId { get; init; }
    /// <summary>True when the subject has to be asked: never asked, or the policy changed materially since (B2, B7).</summary>
    [Id(7)] public bool Asks { get; init; }
    /// <summary>The answers about sensitive classes, each its own consent; only in the flag of a whole purpose.</summary>
    [Id(8)] public IReadOnlyList<ConsentFlag>? Sensitive { get; init; }
}

/// <summary>A signed receipt of an answer (B8), in the structure of ISO/IEC TS 27560:2023.</summary>
[GenerateSerializer, Immutable, Alias("ConsentReceipt"), NotPersonal]
public sealed record ConsentReceipt
{
    /// <summary>UUIDv7.</summary>
    [Id(0)] public Guid Id { get; init; }
    /// <summary>Whose answer; an id, no name.</summary>
    [Id(1)] public Guid SubjectId { get; init; }
    /// <summary>The purpose.</summary>
    [Id(2)] public string Purpose { get; init; } = "";
    /// <summary>The sensitive class, when it is about one.</summary>
    [Id(3)] public DataClass? DataClass { get; init; }
    /// <summary>What was said.</summary>
    [Id(4)] public ConsentState State { get; init; }
    /// <summary>When (UTC).</summary>
    [Id(5)] public DateTimeOffset At { get; init; }
    /// <summary>The receipt itself: a JWS (RFC 7515, ES256) whose payload is the record. Verifiable offline with the keys of <c>/privacy/receipts/keys</c>.</summary>
    [Id(6)] public string Jws { get; init; } = "";
}

/// <summary>Everything a subject is asked about.</summary>
[GenerateSerializer, Immutable, Alias("ConsentList")]
public sealed record ConsentList
{
    /// <summary>A flag a purpose.</summary>
    [Id(0)] public IReadOnlyList<ConsentFlag> Items { get; init; } = [];
    /// <summary>The policy version in force.</summary>
    [Id(1)] public int PolicyVersion { get; init; }
    /// <summary>Exemptions in force.</summary>
    [Id(2)] public IReadOnlyList<Exemption> Exemptions { get; init; } = [];
}
