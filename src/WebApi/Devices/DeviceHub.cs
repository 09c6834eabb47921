using System.Globalization;
using System.Runtime.Serialization;
using System.Text.RegularExpressions;
using LimoCha.Actors.Attendance;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Privacy;
using LimoCha.Actors.Staff;
using LimoCha.Actors.Tasks;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.SignalR;

namespace LimoCha.Actors.Devices;

/// <summary>A step taken on a device.</summary>
[DataContract]
[Personal(DataClass.Content)]
public sealed record ActRequest
{
    /// <summary>The task, or the notice for read.</summary>
    [DataMember(Name = "taskId")] public Guid TaskId { get; init; }
    /// <summary>accept, decline, start, complete, cancel, comment; the key of a step of the task's own flow; read for a notice.</summary>
    [DataMember(Name = "action")] public string Action { get; init; } = "";
    /// <summary>The version the device shows; 0 acts on whatever is current.</summary>
    [DataMember(Name = "version")] public int Version { get; init; }
    /// <summary>A remark; the reason of a decline.</summary>
    [DataMember(Name = "note")] public string? Note { get; init; }
}

/// <summary>Where a device is.</summary>
[DataContract]
public sealed record LocateRequest
{
    /// <summary>Where.</summary>
    [DataMember(Name = "point")] public WirePoint? Point { get; init; }
    /// <summary>When, by the device's clock (UTC).</summary>
    [DataMember(Name = "at")] public DateTimeOffset? At { get; init; }
}

/// <summary>A point as both encodings write it.</summary>
[DataContract]
[NotPersonal]
public sealed record WirePoint
{
    /// <summary>Degrees, −90 to 90.</summary>
    [DataMember(Name = "latitude")] public double Latitude { get; init; }
    /// <summary>Degrees, −180 to 180.</summary>
    [DataMember(Name = "longitude")] public double Longitude { get; init; }
    /// <summary>wgs84 (default), gcj02 or bd09.</summary>
    [DataMember(Name = "system")] public string? System { get; init; }
    /// <summary>Radius of 68 % confidence in metres.</summary>
    [DataMember(Name = "accuracy")] public double? Accuracy { get; init; }
}

/// <summary>How a step went.</summary>
[DataContract]
[NotPersonal]
public sealed record ActAnswer
{
    /// <summary>True when it was taken.</summary>
    [DataMember(Name = "ok")] public bool Ok { get; init; }
    /// <summary>The task's version afterwards.</summary>
    [DataMember(Name = "version")] public int Version { get; init; }
    /// <summary>The problem's type, when not.</summary>
    [DataMember(Name = "problem")] public string? Problem { get; init; }
    /// <summary>Why not, for people.</summary>
    [DataMember(Name = "detail")] public string? Detail { get; init; }
}

/// <summary>The device hub: Hello, Ack, Act, Locate, Active; answered by Sync, Upsert, Remove, Progress, SessionEnded.</summary>
[Authorize(Policy = Policies.Device)]
public sealed partial class DeviceHub(DeviceGateway gateway, IHubContext<DeviceHub> hub, IGrainFactory grains, TimeProvider clock) : Hub
{
    /// <summary>Where it is.</summary>
    public const string Path = "/hubs/device";

    /// <summary>The device introduces itself; the answer is <c>Sync</c> with every open card.</summary>
    public async Task Hello(Hello hello)
    {
        if (hello is null || !DeviceId().IsMatch(hello.DeviceId ?? "") || hello.Platform is not { Length: > 0 and <= 40 }
            || hello.Model?.Length > 80 || hello.AppVersion?.Length > 40 || hello.Have?.Count > Inbox.MostCards)
        {
            throw new HubException(string.Create(CultureInfo.InvariantCulture, $"urn:limocha:problem:invalid Hello needs deviceId (1 to 64 letters, digits, '-', '_', '.'), platform (1 to 40 characters), at most {Inbox.MostCards:N0} entries in have."));
        }

        Context.Features.Set(Introduced.Once);
        var connection = new DeviceConnection(Context.ConnectionId, Context.User!.SessionId(), hello, clock.GetUtcNow());
        var outcome = await gateway.AttachAsync(Context.User!.ToActor().UserId, connection, new SignalRSink(hub, Context), Context.ConnectionAborted);
        if (!outcome.Ok)
        {
            await Clients.Caller.SendAsync("SessionEnded", outcome.Refusal.Problem, Context.ConnectionAborted);
            Context.Abort();
        }
    }

    /// <summary>The device has shown these cards.</summary>
    public void Ack(IReadOnlyList<CardRef> cards)
    {
        if (cards is not { Count: > 0 and <= Inbox.MostCards })
        {
            throw new HubException(string.Create(CultureInfo.InvariantCulture, $"urn:limocha:problem:invalid Ack takes 1 to {Inbox.MostCards:N0} cards."));
        }

        gateway.Acknowledge(Context.ConnectionId, cards);
    }

    /// <summary>The staff member takes a step, or has read a notice.</summary>
    public Task<ActAnswer> Act(ActRequest request)
    {
        if (request is not { Action.Length: > 0 and <= 30 } || char.IsAsciiDigit(request.Action[0]))
        {
            return Task.FromResult(new ActAnswer { Problem = "urn:limocha:problem:invalid", Detail = "Action is one of accept, decline, start, complete, cancel, comment, read, or the key of the task's next step." });
        }

        if (Contents.HasZeroCharacter(request.Note))
        {
            return Task.FromResult(new ActAnswer { Problem = "urn:limocha:problem:invalid", Detail = Contents.NoZeroCharacter });
        }

        gateway.Used(Context.ConnectionId);
        var context = new CallContext(Context.User!.ToActor(), Ids.New(clock), request.Version > 0 ? request.Version : null);
        var (task, note, cancelled) = (grains.Grain<ITaskGrain>(request.TaskId), new TaskNote { Note = request.Note }, Context.ConnectionAborted);
        return request.Action == "read" ? AnswerAsync(() => grains.Grain<IUserGrain>(context.By.UserId).ReadNoticeAsync(request.TaskId, context with { IfVersion = null }, cancelled))
            : Enum.TryParse<TaskAction>(request.Action, ignoreCase: true, out var action) ? AnswerAsync(() => task.ActAsync(action, note, context, cancelled))
            : AnswerAsync(() => task.StepAsync(request.Action, note, context, cancelled));
    }

    /// <summary>The device says where it is; looked at only under the person's consent to <c>dispatch.location</c>.</summary>
    public Task<ActAnswer> Locate(LocateRequest request)
    {
        var system = CoordinateSystem.Wgs84;
        if (request?.Point is not { } point || point.System is { } name && !(Enum.TryParse(name, ignoreCase: true, out system) && Enum.IsDefined(system)))
        {
            return Task.FromResult(new ActAnswer { Problem = "urn:limocha:problem:invalid", Detail = "Point is {latitude, longitude, system: wgs84|gcj02|bd09, accuracy?}." });
        }

        gateway.Used(Context.ConnectionId);
        return AnswerAsync(() => grains.Grain<IUserGrain>(Context.User!.ToActor().UserId).LocateAsync(
            new() { Latitude = point.Latitude, Longitude = point.Longitude, System = system, Accuracy = point.Accuracy }, request.At ?? clock.GetUtcNow(), Context.ConnectionAborted));
    }

    /// <summary>The app came to the front (true) or went to the back (false): for presence.</summary>
    public void Active(bool foreground) => gateway.Used(Context.ConnectionId, foreground);

    private static async Task<ActAnswer> AnswerAsync<T>(Func<Task<Outcome<T>>> act)
        where T : class
    {
        try
        {
            var outcome = await act();
            return outcome.Ok
                ? new() { Ok = true, Version = outcome.Version }
                : new() { Problem = $"urn:limocha:problem:{outcome.Refusal.Problem}", Detail = outcome.Refusal.Detail };
        }
        catch (Exception error) when (FailureHandler.IsAway(error) || error is OperationCanceledException)
        {
            // Cancelled means that the device has gone: nobody hears the answer, and it is no failure of the hub's.
            return new() { Problem = "urn:limocha:problem:unavailable", Detail = "The step may or may not have been taken; the card tells." };
        }
    }

    /// <inheritdoc />
    public override async Task OnDisconnectedAsync(Exception? exception)
    {
        if (Context.Features.Get<Introduced>() is not null)
        {
            await gateway.DetachAsync(Context.User!.ToActor().UserId, Context.ConnectionId);
        }

        await base.OnDisconnectedAsync(exception);
    }

    [GeneratedRegex("^[A-Za-z0-9._-]{1,64}$")]
    private static partial Regex DeviceId();

    /// <summary>Of a connection whose device said Hello.</summary>
    private sealed class Introduced
    {
        public static readonly Introduced Once = new();
    }

    private sealed class SignalRSink(IHubContext<DeviceHub> hub, HubCallerContext caller) : IDeviceSink
    {
        private readonly ISingleClientProxy client = hub.Clients.Client(caller.ConnectionId);

        public Task SendAsync(DeviceMessage message) => message switch
        {
            // An array: MessagePack goes by the runtime type and knows no compiler-made lists.
            { Sync: { } cards } => client.SendAsync("Sync", cards.ToArray()),
            { Upsert: { } card } => client.SendAsync("Upsert", card),
            { Remove: { } card } => client.SendAsync("Remove", card.Id, card.Version),
            { Progress: { } progress } => client.SendAsync("Progress", progress),
            { SessionEnded: { } reason } => client.SendAsync("SessionEnded", reason),
            _ => Task.CompletedTask,
        };

        public void Close() => caller.Abort();
    }
}
