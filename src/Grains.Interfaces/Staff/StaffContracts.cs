using System.ComponentModel.DataAnnotations;
using LimoCha.Actors.Attendance;
using LimoCha.Actors.Consent;
using LimoCha.Actors.Devices;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Notices;
using LimoCha.Actors.Privacy;
using LimoCha.Actors.Push;
using Orleans.Concurrency;

namespace LimoCha.Actors.Staff;

/// <summary>Takes a person on.</summary>
[GenerateSerializer, Immutable, Alias("CreateUser")]
[Personal(DataClass.WorkIdentity)]
public sealed record CreateUser
{
    /// <summary>Signs in with it; 3 to 40 characters of letters, digits, '-', '_' or '.'; unique without regard to case.</summary>
    [Id(0), Required, StringLength(40, MinimumLength = 3), RegularExpression(@"^[\p{L}\p{Nd}\-_.]+$")]
    public string UserName { get; init; } = "";
    /// <summary>As colleagues know them. 1 to 60 characters.</summary>
    [Id(1), Required, StringLength(60, MinimumLength = 1)] public string DisplayName { get; init; } = "";
    /// <summary>What they may do.</summary>
    [Id(2), EnumDataType(typeof(Role))] public Role Role { get; init; }
    /// <summary>Where they belong.</summary>
    [Id(3)] public Guid? DepartmentId { get; init; }
    /// <summary>At least 10 characters.</summary>
    [Id(4), Required, StringLength(200, MinimumLength = 10), Personal(DataClass.Credential)] public string Password { get; init; } = "";
    /// <summary>Signs in with it too; E.164 or a Chinese number.</summary>
    [Id(5), StringLength(32), Personal(DataClass.Contact)] public string? Phone { get; init; }
    /// <summary>Signs in with it too.</summary>
    [Id(6), StringLength(254), EmailAddress, Personal(DataClass.Contact)] public string? Email { get; init; }
    /// <summary>False keeps them out until an admin lets them in.</summary>
    [Id(7)] public bool Enabled { get; init; } = true;

    /// <inheritdoc/>
    public override string ToString() => nameof(CreateUser);
}

/// <summary>Changes a profile; a field left out stays.</summary>
[GenerateSerializer, Immutable, Alias("ChangeUser")]
[Personal(DataClass.WorkIdentity)]
public sealed record ChangeUser
{
    /// <summary>As colleagues know them.</summary>
    [Id(0), StringLength(60, MinimumLength = 1)] public string? DisplayName { get; init; }
    /// <summary>What they may do.</summary>
    [Id(1), EnumDataType(typeof(Role))] public Role? Role { get; init; }
    /// <summary>Where they belong.</summary>
    [Id(2)] public Guid? DepartmentId { get; init; }
    /// <summary>False signs them out everywhere and keeps them out.</summary>
    [Id(3)] public bool? Enabled { get; init; }
    /// <summary>What they can do, for assignment by skill; at most 30 of 1 to 40 characters.</summary>
    [Id(4), MaxLength(30)] public IReadOnlyList<string>? Skills { get; init; }
    /// <summary>How many open tasks the engine may give them. 0 to 1,000; 20 unless set.</summary>
    [Id(5), Range(0, 1000)] public int? Capacity { get; init; }

    /// <inheritdoc/>
    public override string ToString() => nameof(ChangeUser);
}

/// <summary>A staff member as others see them.</summary>
[GenerateSerializer, Immutable, Alias("UserView")]
[Personal(DataClass.WorkIdentity)]
public sealed record UserView
{
    /// <summary>UUIDv7.</summary>
    [Id(0)] public Guid Id { get; init; }
    /// <summary>Grows by one with each change; the ETag.</summary>
    [Id(1)] public int Version { get; init; }
    /// <summary>Signs in with it.</summary>
    [Id(2)] public string UserName { get; init; } = "";
    /// <summary>As colleagues know them.</summary>
    [Id(3)] public string DisplayName { get; init; } = "";
    /// <summary>What they may do.</summary>
    [Id(4)] public Role Role { get; init; }
    /// <summary>Where they belong.</summary>
    [Id(5)] public Guid? DepartmentId { get; init; }
    /// <summary>False when kept out.</summary>
    [Id(6)] public bool Enabled { get; init; }
    /// <summary>True when sign-in asks for a second factor.</summary>
    [Id(7)] public bool TwoFactorEnabled { get; init; }
    /// <summary>When taken on (UTC).</summary>
    [Id(8)] public DateTimeOffset CreatedAt { get; init; }
    /// <summary>What they can do.</summary>
    [Id(9)] public IReadOnlyList<string> Skills { get; init; } = [];
    /// <summary>How many open tasks the engine may give them.</summary>
    [Id(10)] public int Capacity { get; init; } = 20;
    /// <summary>When the account was closed and erased (UTC); left out of lists.</summary>
    [Id(11)] public DateTimeOffset? ErasedAt { get; init; }

    /// <inheritdoc/>
    public override string ToString() => nameof(UserView);
}

/// <summary>A staff member: profile, credentials, sessions, preferences, consent, and the cards on their devices.</summary>
[Alias("IUserGrain")]
public interface IUserGrain : IDurableGrain
{
    /// <summary>Takes the person on under the grain's key; the user name has been claimed before.</summary>
    [Alias("CreateAsync")]
    Task<Outcome<UserView>> CreateAsync(CreateUser command, Credentials credentials, CallContext context, CancellationToken cancellationToken = default);

    /// <summary>Changes the profile. Disabling ends every session.</summary>
    [Alias("ChangeAsync")]
    Task<Outcome<UserView>> ChangeAsync(ChangeUser command, CallContext context, CancellationToken cancellationToken = default);

    /// <summary>The person, if this actor may see them.</summary>
    [Alias("GetAsync"), AlwaysInterleave]
    Task<Outcome<UserView>> GetAsync(Actor by, CancellationToken cancellationToken = default);

    /// <summary>For the sign-in alone; null when there is no such user.</summary>
    [Alias("GetSignInRecordAsync")]
    Task<SignInRecord?> GetSignInRecordAsync(CancellationToken cancellationToken = default);

    /// <summary>Stores what sign-in needs; refused when the stamp of the stored ones is not <paramref name="expectedStamp"/>.</summary>
    [Alias("SetCredentialsAsync")]
    Task<Outcome<UserView>> SetCredentialsAsync(Credentials credentials, string expectedStamp, CallContext context, CancellationToken cancellationToken = default);

    /// <summary>Opens a session.</summary>
    [Alias("OpenSessionAsync")]
    Task<Outcome<SessionGrant>> OpenSessionAsync(string? deviceId, CallContext context, CancellationToken cancellationToken = default);

    /// <summary>Moves a session on by one generation. An old generation ends the session: somebody else has the token.</summary>
    [Alias("RotateSessionAsync")]
    Task<Outcome<SessionGrant>> RotateSessionAsync(Guid sessionId, int generation, CancellationToken cancellationToken = default);

    /// <summary>Ends a session, or all of them, and cuts its devices off.</summary>
    [Alias("EndSessionsAsync")]
    Task<Outcome<UserView>> EndSessionsAsync(Guid? sessionId, string reason, CallContext context, CancellationToken cancellationToken = default);

    /// <summary>The person has proved again that it is them: the session may do sensitive things for some minutes (E4).</summary>
    [Alias("ElevateSessionAsync")]
    Task<Outcome<UserView>> ElevateSessionAsync(Guid sessionId, CallContext context, CancellationToken cancellationToken = default);

    /// <summary>Counts a use of customers' data; refused while the session has to prove that it is its person (E8).</summary>
    [Alias("AdmitUseAsync")]
    Task<Outcome<UserView>> AdmitUseAsync(Guid sessionId, CancellationToken cancellationToken = default);

    /// <summary>Records who the person is by their identity document, under their consent (F3).</summary>
    [Alias("SetRealNameAsync")]
    Task<Outcome<RealNameView>> SetRealNameAsync(SetRealName command, CallContext context, CancellationToken cancellationToken = default);

    /// <summary>What is on file of it, masked; for the person alone.</summary>
    [Alias("GetRealNameAsync")]
    Task<Outcome<RealNameView>> GetRealNameAsync(Actor by, CancellationToken cancellationToken = default);

    /// <summary>The open sessions.</summary>
    [Alias("SessionsAsync")]
    Task<IReadOnlyList<SessionView>> SessionsAsync(CancellationToken cancellationToken = default);

    /// <summary>Who a session belongs to now, or null when it is over.</summary>
    [Alias("CheckSessionAsync"), AlwaysInterleave]
    Task<Actor?> CheckSessionAsync(Guid sessionId, CancellationToken cancellationToken = default);

    /// <summary>The push preferences.</summary>
    [Alias("GetPreferencesAsync")]
    Task<PushPreferences> GetPreferencesAsync(CancellationToken cancellationToken = default);

    /// <summary>Sets the push preferences.</summary>
    [Alias("SetPreferencesAsync")]
    Task<Outcome<PushPreferences>> SetPreferencesAsync(PushPreferences preferences, CallContext context, CancellationToken cancellationToken = default);

    /// <summary>A consent flag.</summary>
    [Alias("GetConsentAsync")]
    Task<Outcome<ConsentFlag>> GetConsentAsync(string purpose, CancellationToken cancellationToken = default);

    /// <summary>Everything the person is asked about, with what they said.</summary>
    [Alias("ListConsentsAsync"), AlwaysInterleave]
    Task<ConsentList> ListConsentsAsync(CancellationToken cancellationToken = default);

    /// <summary>Grants, refuses or withdraws; the person's own act only.</summary>
    [Alias("SetConsentAsync")]
    Task<Outcome<ConsentFlag>> SetConsentAsync(string purpose, SetConsent command, CallContext context, CancellationToken cancellationToken = default);

    /// <summary>All that the actor has about the person, unmasked, for their own copy; theirs and the privacy office's.</summary>
    [Alias("CopyAsync")]
    Task<Outcome<StaffData>> CopyAsync(CallContext context, CancellationToken cancellationToken = default);

    /// <summary>Gives fields out for a disclosure that a second person has approved; called by the disclosure's actor alone.</summary>
    [Alias("DiscloseAsync")]
    Task<Outcome<FieldsGiven>> DiscloseAsync(DataUse use, CallContext context, CancellationToken cancellationToken = default);

    /// <summary>
    /// Closes the account for good: sessions end, names, credentials and devices go, every row is purged and the person's key
    /// destroyed (C2). Privacy officers and admins.
    /// </summary>
    [Alias("EraseAsync")]
    Task<Outcome<UserView>> EraseAsync(string reason, CallContext context, CancellationToken cancellationToken = default);

    /// <summary>
    /// A device connects at a gateway. Every open card goes out as the connection's first message; a refusal when the
    /// session is over.
    /// </summary>
    [Alias("AttachAsync")]
    Task<Outcome<Attached>> AttachAsync(GatewayRef gateway, DeviceConnection connection, CancellationToken cancellationToken = default);

    /// <summary>Consent as it stands at this moment; asked at every use (B4).</summary>
    [Alias("AllowsAsync"), AlwaysInterleave]
    Task<bool> AllowsAsync(string purpose, CancellationToken cancellationToken = default);

    /// <summary>The device says where it is. Kept in memory for half an hour, and only under consent.</summary>
    [Alias("LocateAsync")]
    Task<Outcome<Whereabouts>> LocateAsync(GeoPoint point, DateTimeOffset at, CancellationToken cancellationToken = default);

    /// <summary>Where the person is, as far as they share it now; null when they do not, or nothing recent is known.</summary>
    [Alias("WhereAsync"), AlwaysInterleave]
    Task<Whereabouts?> WhereAsync(CancellationToken cancellationToken = default);

    /// <summary>Where a session's pushes go; null takes none. The person's own act.</summary>
    [Alias("SetPushTargetAsync")]
    Task<Outcome<SessionView>> SetPushTargetAsync(Guid sessionId, PushTarget? target, CallContext context, CancellationToken cancellationToken = default);

    /// <summary>Whether a push to this phone may go out now: the session stands with this token, and the person consents (B4). Asked at every send.</summary>
    [Alias("MayPushAsync"), AlwaysInterleave]
    Task<bool> MayPushAsync(Guid sessionId, string token, CancellationToken cancellationToken = default);

    /// <summary>The vendor says that this token is of no use any more. Repeating it changes nothing.</summary>
    [Alias("ForgetPushTokenAsync")]
    Task ForgetPushTokenAsync(Guid sessionId, string token, CancellationToken cancellationToken = default);

    /// <summary>The person has read a notice.</summary>
    [Alias("ReadNoticeAsync")]
    Task<Outcome<NoticeReceipt>> ReadNoticeAsync(Guid noticeId, CallContext context, CancellationToken cancellationToken = default);

    /// <summary>A long job of this person goes on; their devices are told. A convenience, not a promise.</summary>
    [Alias("ProgressAsync")]
    Task ProgressAsync(JobProgress progress, CancellationToken cancellationToken = default);

    /// <summary>A connection is gone; what it was sent and never acknowledged comes with it.</summary>
    [Alias("DetachAsync")]
    Task DetachAsync(Guid gatewayEpoch, string connectionId, IReadOnlyList<CardRef>? unseen = null, CancellationToken cancellationToken = default);

    /// <summary>A device began to be used, or was not for a while.</summary>
    [Alias("ActiveAsync")]
    Task ActiveAsync(string connectionId, bool active, CancellationToken cancellationToken = default);

    /// <summary>Gives a card to this person's devices. Idempotent by id and version.</summary>
    [Alias("DeliverAsync")]
    Task DeliverAsync(Card card, CancellationToken cancellationToken = default);

    /// <summary>Takes a card away from this person's devices. Idempotent by id and version.</summary>
    [Alias("RemoveAsync")]
    Task RemoveAsync(CardRef card, CancellationToken cancellationToken = default);

    /// <summary>The person checked in or out at a place: where they were before learns that they have left, and the way there is watched (E8).</summary>
    [Alias("PlacedAsync")]
    Task PlacedAsync(Guid locationId, GeoPoint center, bool present, DateTimeOffset at, CancellationToken cancellationToken = default);

    /// <summary>The cluster has changed: looks what is open, in case a silo that was given up was told what this actor was not.</summary>
    [Alias("LookAgainAsync"), AlwaysInterleave]
    Task LookAgainAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Said every few minutes by the silo that the actor lives in: whoever has devices connected stays awake, and the devices of a gateway that is
    /// was not among these then are connected no more.
    /// </summary>
    [Alias("KeepAsync"), AlwaysInterleave]
    Task KeepAsync(IReadOnlySet<Guid> gateways, DateTimeOffset then, CancellationToken cancellationToken = default);

    /// <summary>The cards that are open now.</summary>
    [Alias("CardsAsync")]
    Task<IReadOnlyList<Card>> CardsAsync(CancellationToken cancellationToken = default);

    /// <summary>Whether the person can be reached now.</summary>
    [Alias("PresenceAsync")]
    Task<Presence> PresenceAsync(CancellationToken cancellationToken = default);
}

/// <summary>The answer to a device that connects.</summary>
/// <param name="OpenCards">How many cards the Sync on its way holds.</param>
[GenerateSerializer, Immutable, Alias("Attached")]
public sealed record Attached([property: Id(0)] int OpenCards);

/// <summary>Holds one user name for one user. The key is a keyed hash: no name stands in a key.</summary>
[Alias("IUserNameGrain")]
public interface IUserNameGrain : IGrainWithStringKey
{
    /// <summary>Claims the name; false when another user has it. Repeating the same claim is true.</summary>
    [Alias("ClaimAsync")]
    Task<bool> ClaimAsync(Guid userId, CancellationToken cancellationToken = default);

    /// <summary>Lets the name go when the creation it was claimed for came to nothing.</summary>
    [Alias("ReleaseAsync")]
    Task ReleaseAsync(Guid userId, CancellationToken cancellationToken = default);

    /// <summary>Whose name it is.</summary>
    [Alias("FindAsync")]
    Task<Guid?> FindAsync(CancellationToken cancellationToken = default);
}
