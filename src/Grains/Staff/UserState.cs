using System.Collections.Immutable;
using System.Text.Json.Serialization;
using LimoCha.Actors.Consent;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Privacy;
using LimoCha.Actors.Push;

namespace LimoCha.Actors.Staff;

/// <summary>A staff member's state.</summary>
[Personal(DataClass.WorkIdentity)]
public sealed record UserState : StateRecord, IErasable
{
    public bool Made { get; init; }
    public string UserName { get; init; } = "";
    public string DisplayName { get; init; } = "";
    public Role Role { get; init; }
    public Guid? DepartmentId { get; init; }
    public bool Enabled { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    [Personal(DataClass.Credential)] public Credentials Credentials { get; init; } = new();
    [Personal(DataClass.Device)] public ImmutableArray<Session> Sessions { get; init; } = [];
    public PushPreferences Preferences { get; init; } = new();
    [NotPersonal] public ImmutableDictionary<string, ConsentFlag> Consents { get; init; } = ImmutableDictionary<string, ConsentFlag>.Empty;
    public IReadOnlyList<string>? Skills { get; init; }
    public int? Capacity { get; init; }
    [Personal(DataClass.Contact)] public string? Phone { get; init; }
    [Personal(DataClass.Contact)] public string? Email { get; init; }
    [Personal(DataClass.Identity)] public string? RealName { get; init; }
    [Personal(DataClass.IdentityDocument)] public string? IdentityNumber { get; init; }
    public DateTimeOffset? RealNameAt { get; init; }
    /// <summary>Devices that the account is known on.</summary>
    [Personal(DataClass.Device)] public ImmutableArray<string> KnownDevices { get; init; } = [];
    public DateTimeOffset? ErasedAt { get; init; }
    /// <summary>The key to destroy; set while an erasure is not through.</summary>
    public Guid? DoomedKey { get; init; }

    /// <summary>When notices were read, the last thousand.</summary>
    public ImmutableDictionary<Guid, DateTimeOffset> NoticesRead { get; init; } = ImmutableDictionary<Guid, DateTimeOffset>.Empty;
}

/// <summary>The person proved again that it is them.</summary>
public sealed record SessionElevated(Guid SessionId, DateTimeOffset Until) : UserEvent;

/// <summary>Data of the person was used, or refused; with the decision.</summary>
public sealed record UserDataUsed(DataUse Use, UseDecision Decision) : UserEvent;

/// <summary>The account was closed and its data erased.</summary>
[NotPersonal]
public sealed record UserErased(string Reason) : UserEvent;

/// <summary>Rows are purged and the key is destroyed: the erasure is through.</summary>
public sealed record UserKeyDestroyed : UserEvent;

/// <summary>A session: a family of refresh tokens of which one generation is valid.</summary>
public sealed record Session(Guid Id, string? DeviceId, int Generation, DateTimeOffset CreatedAt, DateTimeOffset LastSeenAt, DateTimeOffset ExpiresAt)
{
    /// <summary>Where its pushes go.</summary>
    public PushTarget? Push { get; init; }
    /// <summary>Until when it may do sensitive things.</summary>
    public DateTimeOffset? ElevatedUntil { get; init; }
    /// <summary>Since when it has to prove that it is its person.</summary>
    public DateTimeOffset? ChallengedAt { get; init; }
}

/// <summary>A fact about a staff member. Credentials are never part of one.</summary>
[JsonDerivedType(typeof(UserCreated), "userCreated")]
[JsonDerivedType(typeof(UserChanged), "userChanged")]
[JsonDerivedType(typeof(CredentialsChanged), "credentialsChanged")]
[JsonDerivedType(typeof(SessionOpened), "sessionOpened")]
[JsonDerivedType(typeof(SessionRotated), "sessionRotated")]
[JsonDerivedType(typeof(SessionsEnded), "sessionsEnded")]
[JsonDerivedType(typeof(PreferencesChanged), "preferencesChanged")]
[JsonDerivedType(typeof(UserConsentChanged), "consentChanged")]
[JsonDerivedType(typeof(PushTargetChanged), "pushTargetChanged")]
[JsonDerivedType(typeof(NoticeRead), "noticeRead")]
[JsonDerivedType(typeof(SessionElevated), "sessionElevated")]
[JsonDerivedType(typeof(RiskRaised), "riskRaised")]
[JsonDerivedType(typeof(RealNameRecorded), "realNameRecorded")]
[JsonDerivedType(typeof(UserDataUsed), "dataUsed")]
[JsonDerivedType(typeof(UserErased), "userErased")]
[JsonDerivedType(typeof(UserKeyDestroyed), "keyDestroyed")]
public abstract record UserEvent;

/// <summary>Taken on.</summary>
[Personal(DataClass.WorkIdentity)]
public sealed record UserCreated(string UserName, string DisplayName, Role Role, Guid? DepartmentId) : UserEvent
{
    /// <summary>Travels to the state, never to the outbox or the event log.</summary>
    [JsonIgnore] public Credentials? Credentials { get; init; }
    /// <summary>False until an admin lets them in.</summary>
    public bool Enabled { get; init; } = true;
    /// <summary>Travels to the state, never to the outbox or the event log.</summary>
    [JsonIgnore, Personal(DataClass.Contact)] public string? Phone { get; init; }
    /// <summary>Travels to the state, never to the outbox or the event log.</summary>
    [JsonIgnore, Personal(DataClass.Contact)] public string? Email { get; init; }
}

/// <summary>The profile changed.</summary>
[Personal(DataClass.WorkIdentity)]
public sealed record UserChanged(string DisplayName, Role Role, Guid? DepartmentId, bool Enabled) : UserEvent
{
    /// <summary>Null when unchanged.</summary>
    public IReadOnlyList<string>? Skills { get; init; }
    /// <summary>Null when unchanged.</summary>
    public int? Capacity { get; init; }
}

/// <summary>What sign-in rests on changed; what exactly is not recorded.</summary>
public sealed record CredentialsChanged : UserEvent
{
    /// <summary>Travels to the state, never to the outbox or the event log.</summary>
    [JsonIgnore] public Credentials? Credentials { get; init; }
}

/// <summary>Signed in.</summary>
public sealed record SessionOpened(Guid SessionId, DateTimeOffset ExpiresAt) : UserEvent
{
    /// <summary>Travels to the state, never to the outbox or the event log.</summary>
    [JsonIgnore, Personal(DataClass.Device)] public string? DeviceId { get; init; }
}

/// <summary>The session's token moved on.</summary>
public sealed record SessionRotated(Guid SessionId, int Generation, DateTimeOffset ExpiresAt) : UserEvent;

/// <summary>A session, or all when null, ended.</summary>
[NotPersonal]
public sealed record SessionsEnded(Guid? SessionId, string Reason) : UserEvent;

/// <summary>The push preferences changed.</summary>
public sealed record PreferencesChanged(PushPreferences Preferences) : UserEvent;

/// <summary>A consent was given, refused or withdrawn.</summary>
public sealed record UserConsentChanged(ConsentFlag Flag) : UserEvent
{
    /// <summary>The receipt (B8).</summary>
    public ConsentReceipt? Receipt { get; init; }
}

/// <summary>A session's pushes go elsewhere, or nowhere.</summary>
public sealed record PushTargetChanged(Guid SessionId) : UserEvent
{
    /// <summary>Travels to the state, never to the outbox or the event log.</summary>
    [JsonIgnore] public PushTarget? Target { get; init; }
}

/// <summary>The account's use was unusual; a session, or all when null.</summary>
public sealed record RiskRaised(RiskKind Kind, Guid? SessionId, bool Challenge) : UserEvent;

/// <summary>Who the person is was recorded.</summary>
public sealed record RealNameRecorded : UserEvent
{
    /// <summary>Travels to the state, never to the outbox or the event log.</summary>
    [JsonIgnore] public SetRealName? Values { get; init; }
}

/// <summary>A notice was read.</summary>
public sealed record NoticeRead(Guid NoticeId) : UserEvent;
