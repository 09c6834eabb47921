using System.Runtime.Serialization;
using LimoCha.Actors.Attendance;
using LimoCha.Actors.Privacy;
using LimoCha.Actors.Tasks;

namespace LimoCha.Actors.Devices;

/// <summary>What a device shows: a task or a notice. Names on the wire are the same in JSON and MessagePack.</summary>
[GenerateSerializer, Immutable, Alias("Card"), DataContract]
[Personal(DataClass.Content)]
public sealed record Card
{
    /// <summary>The task's or notice's id.</summary>
    [Id(0), DataMember(Name = "id")] public Guid Id { get; init; }
    /// <summary><c>task</c> or <c>notice</c>.</summary>
    [Id(1), DataMember(Name = "kind")] public string Kind { get; init; } = "task";
    /// <summary>Only grows for one id; a device ignores what it has at this version or newer.</summary>
    [Id(2), DataMember(Name = "version")] public int Version { get; init; }
    /// <summary>The category that preferences go by.</summary>
    [Id(3), DataMember(Name = "category")] public string Category { get; init; } = "task";
    /// <summary>True for what cannot be switched off (A2).</summary>
    [Id(4), DataMember(Name = "mandatory")] public bool Mandatory { get; init; }
    /// <summary>One line.</summary>
    [Id(5), DataMember(Name = "title")] public string Title { get; init; } = "";
    /// <summary>More lines.</summary>
    [Id(6), DataMember(Name = "body")] public string? Body { get; init; }
    /// <summary>What a task card carries; null for notices.</summary>
    [Id(7), DataMember(Name = "data")] public TaskCardData? Data { get; init; }
    /// <summary>When this version came to be (UTC).</summary>
    [Id(8), DataMember(Name = "at")] public DateTimeOffset At { get; init; }
    /// <summary>After this the card is of no use (UTC).</summary>
    [Id(9), DataMember(Name = "expiresAt")] public DateTimeOffset? ExpiresAt { get; init; }
    /// <summary>The task that a notice is about.</summary>
    [Id(10), DataMember(Name = "taskId")] public Guid? TaskId { get; init; }

    /// <inheritdoc/>
    public override string ToString() => nameof(Card);
}

/// <summary>A task card's own fields.</summary>
[GenerateSerializer, Immutable, Alias("TaskCardData"), DataContract]
[NotPersonal]
public sealed record TaskCardData
{
    /// <summary>assigned, offered, accepted or started.</summary>
    [Id(0), DataMember(Name = "stage")] public string Stage { get; init; } = "";
    /// <summary>low, normal, high or urgent.</summary>
    [Id(1), DataMember(Name = "priority")] public string Priority { get; init; } = "";
    /// <summary>Until when (UTC).</summary>
    [Id(2), DataMember(Name = "dueAt")] public DateTimeOffset? DueAt { get; init; }
    /// <summary>The customer it is about.</summary>
    [Id(3), DataMember(Name = "customerId")] public Guid? CustomerId { get; init; }
    /// <summary>The place it is at.</summary>
    [Id(4), DataMember(Name = "locationId")] public Guid? LocationId { get; init; }
    /// <summary>The step that comes next; accept, start and complete in turn when left out.</summary>
    [Id(5), DataMember(Name = "next")] public CardStep? Next { get; init; }
    /// <summary>The checklist, when there is one.</summary>
    [Id(6), DataMember(Name = "checklist")] public IReadOnlyList<ChecklistItem>? Checklist { get; init; }
    /// <summary>How many tasks have to be done before this one can be started.</summary>
    [Id(7), DataMember(Name = "waitsFor")] public int? WaitsFor { get; init; }
    /// <summary>Until when an answer is expected (UTC).</summary>
    [Id(8), DataMember(Name = "answerBy")] public DateTimeOffset? AnswerBy { get; init; }
    /// <summary>How often the assignee was reminded; a card whose count grew asks for attention again.</summary>
    [Id(9), DataMember(Name = "reminders")] public int? Reminders { get; init; }
}

/// <summary>The step that comes next, on a card.</summary>
[GenerateSerializer, Immutable, Alias("CardStep"), DataContract]
[NotPersonal]
public sealed record CardStep
{
    /// <summary>Its name in calls: the <c>action</c> of <c>Act</c>.</summary>
    [Id(0), DataMember(Name = "key")] public string Key { get; init; } = "";
    /// <summary>Its name for people.</summary>
    [Id(1), DataMember(Name = "title")] public string Title { get; init; } = "";
    /// <summary>What it asks to be proved: checklist, note, photo, signature, file, location.</summary>
    [Id(2), DataMember(Name = "proof")] public IReadOnlyList<string> Proof { get; init; } = [];
    /// <summary>False when somebody else takes it; the assignee waits.</summary>
    [Id(3), DataMember(Name = "mine")] public bool Mine { get; init; } = true;
}

/// <summary>A card's identity and version: what a device has, or has just shown.</summary>
[GenerateSerializer, Immutable, Alias("CardRef"), DataContract]
public sealed record CardRef
{
    /// <summary>The card.</summary>
    [Id(0), DataMember(Name = "id")] public Guid Id { get; init; }
    /// <summary>At this version.</summary>
    [Id(1), DataMember(Name = "version")] public int Version { get; init; }
}

/// <summary>A device introduces itself.</summary>
[GenerateSerializer, Immutable, Alias("Hello"), DataContract]
[Personal(DataClass.Device)]
public sealed record Hello
{
    /// <summary>Stable per installation; 1 to 64 characters of letters, digits, '-', '_' or '.'.</summary>
    [Id(0), DataMember(Name = "deviceId")] public string DeviceId { get; init; } = "";
    /// <summary>android, ios, web, …</summary>
    [Id(1), DataMember(Name = "platform")] public string Platform { get; init; } = "";
    /// <summary>The model, when the owner lets it be told.</summary>
    [Id(2), DataMember(Name = "model")] public string? Model { get; init; }
    /// <summary>The app's version.</summary>
    [Id(3), DataMember(Name = "appVersion")] public string? AppVersion { get; init; }
    /// <summary>What the device already shows; at most 1,000 are read.</summary>
    [Id(4), DataMember(Name = "have")] public IReadOnlyList<CardRef>? Have { get; init; }

    /// <inheritdoc/>
    public override string ToString() => nameof(Hello);
}

/// <summary>One live connection of one device, as its gateway knows it.</summary>
[GenerateSerializer, Immutable, Alias("DeviceConnection")]
[NotPersonal]
public sealed record DeviceConnection(
    [property: Id(0)] string ConnectionId,
    [property: Id(1)] Guid SessionId,
    [property: Id(2)] Hello Hello,
    [property: Id(3)] DateTimeOffset Since)
{
    /// <summary>False when the device was not used for a while.</summary>
    [Id(4)] public bool Active { get; init; } = true;

    /// <summary>
    /// The right to send to it: higher each time the gateway tells an actor of it. Messages under an older one are not
    /// sent, so that an activation which has been replaced without knowing cannot undo what its successor sent.
    /// </summary>
    [Id(5)] public long Token { get; init; }

    /// <summary>The same, showing these cards; itself when it says so already.</summary>
    public DeviceConnection WithHave(IReadOnlyList<CardRef>? have) => ReferenceEquals(Hello.Have, have) ? this : this with { Hello = Hello with { Have = have } };
}

/// <summary>What a gateway is asked to send to one connection.</summary>
[GenerateSerializer, Immutable, Alias("DeviceMessage")]
[NotPersonal]
public sealed record DeviceMessage
{
    /// <summary>To this connection.</summary>
    [Id(0)] public string ConnectionId { get; init; } = "";
    /// <summary>The whole set, when set.</summary>
    [Id(1)] public IReadOnlyList<Card>? Sync { get; init; }
    /// <summary>One card, new or newer, when set.</summary>
    [Id(2)] public Card? Upsert { get; init; }
    /// <summary>A card to take away, when set.</summary>
    [Id(3)] public CardRef? Remove { get; init; }
    /// <summary>Why the session is over, when it is; the connection is then closed.</summary>
    [Id(4)] public string? SessionEnded { get; init; }
    /// <summary>How far a long job of this person is, when set. Not repeated: the next one says more.</summary>
    [Id(5)] public JobProgress? Progress { get; init; }
    /// <summary>The right to send it: the token of the connection.</summary>
    [Id(6)] public long Token { get; init; }
}

/// <summary>What a gateway is asked to send to connections of one user, in this order.</summary>
[GenerateSerializer, Immutable, Alias("UserPush")]
public sealed record UserPush(
    [property: Id(0)] Guid UserId,
    [property: Id(1)] IReadOnlyList<DeviceMessage> Messages)
{
    /// <summary>The span it belongs to (W3C trace context), while somebody listens.</summary>
    [Id(2), NotPersonal] public string? TraceParent { get; init; }
}

/// <summary>How far a long job is.</summary>
[GenerateSerializer, Immutable, Alias("JobProgress"), DataContract]
[NotPersonal]
public sealed record JobProgress
{
    /// <summary>The operation: the <c>operationId</c> of the call's answer.</summary>
    [Id(0), DataMember(Name = "operationId")] public Guid OperationId { get; init; }
    /// <summary>What kind of job: <c>task-batch</c>.</summary>
    [Id(1), DataMember(Name = "job")] public string Job { get; init; } = "";
    /// <summary>How many parts are done, refused ones among them.</summary>
    [Id(2), DataMember(Name = "done")] public int Done { get; init; }
    /// <summary>How many of them were refused.</summary>
    [Id(3), DataMember(Name = "failed")] public int Failed { get; init; }
    /// <summary>Of how many.</summary>
    [Id(4), DataMember(Name = "total")] public int Total { get; init; }
}

/// <summary>Where a person is, as far as they share it: a point, or the place they are checked in at.</summary>
[GenerateSerializer, Immutable, Alias("Whereabouts")]
public sealed record Whereabouts(
    [property: Id(0), Personal(DataClass.Whereabouts)] GeoPoint? Point,
    [property: Id(1)] Guid? PlaceId,
    [property: Id(2)] DateTimeOffset At)
{
    /// <inheritdoc/>
    public override string ToString() => nameof(Whereabouts);
}

/// <summary>Whether a person can be reached.</summary>
public enum PresenceState
{
    /// <summary>No device is connected.</summary>
    Away = 0,
    /// <summary>A device is connected and was not used for five minutes, or lies in a pocket with the app in the background.</summary>
    Idle = 1,
    /// <summary>A device is connected and in use.</summary>
    Online = 2,
}

/// <summary>Whether a person can be reached now.</summary>
[GenerateSerializer, Immutable, Alias("Presence")]
public sealed record Presence(
    [property: Id(0)] Guid UserId,
    [property: Id(1)] bool Online,
    [property: Id(2)] DateTimeOffset? LastSeenAt,
    [property: Id(3)] IReadOnlyList<PresentDevice> Devices)
{
    /// <summary>Online, idle or away. <see cref="Online"/> is true for the first two: there is a connection.</summary>
    [Id(4)] public PresenceState State { get; init; }
}

/// <summary>A connected device of a person.</summary>
[GenerateSerializer, Immutable, Alias("PresentDevice")]
[Personal(DataClass.Device)]
public sealed record PresentDevice(
    [property: Id(0)] string DeviceId,
    [property: Id(1)] string Platform,
    [property: Id(2)] DateTimeOffset Since)
{
    /// <summary>False when it was not used for a while.</summary>
    [Id(3)] public bool Active { get; init; } = true;

    /// <inheritdoc/>
    public override string ToString() => nameof(PresentDevice);
}

/// <summary>Somebody with a device at a gateway.</summary>
[GenerateSerializer, Immutable, Alias("OnlineUser")]
public sealed record OnlineUser(
    [property: Id(0)] Guid UserId,
    [property: Id(1)] bool Active);

/// <summary>Something in the read model changed; what live pages listen for. Carries no personal data.</summary>
[GenerateSerializer, Immutable, Alias("ReadModelChange")]
[NotPersonal]
public sealed record ReadModelChange(
    [property: Id(0)] string Kind,
    [property: Id(1)] Guid Id,
    [property: Id(2)] int Version);

/// <summary>A WebApi process, as the cluster sees it: one observer, whatever number of devices it serves.</summary>
[Alias("IDeviceGateway")]
public interface IDeviceGateway : IGrainObserver
{
    /// <summary>Sends to connections of one user; completes when each is handed to its connection.</summary>
    [Alias("PushAsync")]
    Task PushAsync(Guid userId, [Immutable] IReadOnlyList<DeviceMessage> messages);

    /// <summary>Sends to connections of many users; completes when all of it is in the order of its connection.</summary>
    [Alias("PushManyAsync")]
    Task PushManyAsync([Immutable] IReadOnlyList<UserPush> pushes);

    /// <summary>The connections this gateway holds for a user; asked when a user's actor starts anew.</summary>
    [Alias("ConnectionsAsync")]
    Task<IReadOnlyList<DeviceConnection>> ConnectionsAsync(Guid userId);

    /// <summary>Everybody with a device connected here; a live page asks every gateway once instead of every person.</summary>
    [Alias("OnlineAsync")]
    Task<IReadOnlyList<OnlineUser>> OnlineAsync();

    /// <summary>Rows that changed, for live pages.</summary>
    [Alias("ChangedAsync")]
    Task ChangedAsync([Immutable] IReadOnlyList<ReadModelChange> changes);
}

/// <summary>A gateway under an id that is new with every start of its process.</summary>
[GenerateSerializer, Immutable, Alias("GatewayRef")]
public sealed record GatewayRef(
    [property: Id(0)] Guid Epoch,
    [property: Id(1)] IDeviceGateway Observer)
{
    /// <summary>False for a gateway of a version without <see cref="IDeviceGateway.PushManyAsync"/>, while a cluster is updated.</summary>
    [Id(2)] public bool TakesMany { get; init; }
}

/// <summary>Knows which gateways are alive. In memory only: gateways register again within seconds.</summary>
[Alias("IGatewayRegistryGrain")]
public interface IGatewayRegistryGrain : IGrainWithIntegerKey
{
    /// <summary>Says "I live". Answers false when the registry did not know this gateway: it then re-announces its devices.</summary>
    [Alias("RegisterAsync")]
    Task<bool> RegisterAsync(GatewayRef gateway, CancellationToken cancellationToken = default);

    /// <summary>Says goodbye.</summary>
    [Alias("UnregisterAsync")]
    Task UnregisterAsync(Guid epoch, CancellationToken cancellationToken = default);

    /// <summary>The gateways that registered lately.</summary>
    [Alias("ListAsync")]
    Task<IReadOnlyList<GatewayRef>> ListAsync(CancellationToken cancellationToken = default);
}
