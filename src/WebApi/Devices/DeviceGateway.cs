using System.Collections.Concurrent;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Privacy;
using LimoCha.Actors.Staff;

namespace LimoCha.Actors.Devices;

/// <summary>Where a connection's messages go: a SignalR connection, or a page of this process.</summary>
public interface IDeviceSink
{
    /// <summary>Hands a message over.</summary>
    Task SendAsync(DeviceMessage message);

    /// <summary>Closes the connection.</summary>
    void Close();
}

/// <summary>
/// This process as the cluster sees it: one observer for all its devices. It registers every few seconds under an id
/// that is new with each start; when the registry has forgotten it, every device is announced again.
/// </summary>
/// <remarks>
/// What a device has passed over, or does not acknowledge at all, is sent again from here: the gateway holds the connection,
/// and when it dies the connection dies with it and the device comes back for the whole set.
/// </remarks>
public sealed partial class DeviceGateway(IGrainFactory grains, Gateways gateways, TimeProvider clock, ILogger<DeviceGateway> logger) : BackgroundService, IDeviceGateway, IPushTarget
{
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, DeviceLink> links = new();
    private readonly ConcurrentDictionary<Guid, ConcurrentDictionary<string, DeviceLink>> byUser = new();
    private readonly TaskCompletionSource<GatewayRef> started = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Raised when rows of the read model changed; for pages of this process.</summary>
    public event Action<IReadOnlyList<ReadModelChange>>? Changed;

    /// <summary>Pauses and idleness go by a clock that nobody sets.</summary>
    private DateTimeOffset Steady => DateTimeOffset.UnixEpoch + clock.GetElapsedTime(0);

    /// <summary>How many devices are connected here.</summary>
    public int Connections => links.Count;

    /// <summary>Connects a device; its cards arrive at the sink. A refusal when its session is over.</summary>
    public async Task<Outcome<Attached>> AttachAsync(Guid userId, DeviceConnection connection, IDeviceSink sink, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(connection);
        var link = new DeviceLink(userId, connection.WithHave(null), connection.Hello.Have, sink, links.GetValueOrDefault(connection.ConnectionId)?.Fence ?? new(), Steady);
        Add(link);
        try
        {
            var outcome = await grains.Grain<IUserGrain>(userId).AttachAsync(await started.Task, link.Announcement(), cancellationToken);
            if (!outcome.Ok)
            {
                Drop(link);
            }

            return outcome;
        }
        catch
        {
            Drop(link);
            throw;
        }
    }

    /// <summary>A device is gone. Its actor is told even when the connection was given up here before: it may not know yet.</summary>
    public Task DetachAsync(Guid userId, string connectionId)
    {
        IReadOnlyList<CardRef>? unseen = null;
        if (links.TryGetValue(connectionId, out var link))
        {
            Drop(link);
            unseen = link.Unseen();
        }

        return GoneAsync(userId, connectionId, unseen);
    }

    /// <summary>A device was used, or says that its app came to the front or went to the back. Its actor hears of it when that changes something.</summary>
    public void Used(string connectionId, bool? foreground = null)
    {
        if (links.TryGetValue(connectionId, out var link))
        {
            link.Used(Steady, foreground);
            if (link.IsActive(Steady) != link.ToldActive)
            {
                _ = TellActiveAsync(link);
            }
        }
    }

    /// <summary>A device has shown these cards.</summary>
    public void Acknowledge(string connectionId, IReadOnlyList<CardRef> cards)
    {
        if (links.TryGetValue(connectionId, out var link))
        {
            lock (link.Unacknowledged)
            {
                var now = clock.GetUtcNow();
                link.Unacknowledged.Acknowledge(cards, Steady, message => DeviceMetrics.Show(message, now));
            }
        }
    }

    /// <inheritdoc cref="IDeviceGateway.PushAsync" />
    public Task PushAsync(Guid userId, IReadOnlyList<DeviceMessage> messages) => PushAsync(userId, messages, traceParent: null);

    /// <inheritdoc />
    public Task PushManyAsync(IReadOnlyList<UserPush> pushes)
    {
        ArgumentNullException.ThrowIfNull(pushes);
        foreach (var push in pushes)
        {
            // A slow connection holds no other user up: what comes waits in its turn, and after a while the connection is closed.
            _ = PushAsync(push.UserId, push.Messages, push.TraceParent);
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public Task<IReadOnlyList<DeviceConnection>> ConnectionsAsync(Guid userId) =>
        Task.FromResult<IReadOnlyList<DeviceConnection>>(byUser.TryGetValue(userId, out var mine) ? [.. mine.Values.Where(link => link.Announced).Select(link => link.Announcement())] : []);

    /// <inheritdoc />
    public Task<IReadOnlyList<OnlineUser>> OnlineAsync()
    {
        var now = Steady;
        return Task.FromResult<IReadOnlyList<OnlineUser>>([.. byUser.Select(pair => new OnlineUser(pair.Key, pair.Value.Values.Any(link => link.IsActive(now))))]);
    }

    /// <summary>Everybody with a device connected anywhere, and whether one of theirs is in use.</summary>
    public async Task<IReadOnlyDictionary<Guid, PresenceState>> OnlineEverywhereAsync()
    {
        var gateways = await grains.GetGrain<IGatewayRegistryGrain>(0).ListAsync();
        var answers = await Task.WhenAll(gateways.Select(async gateway =>
        {
            try
            {
                return await gateway.Observer.OnlineAsync().WaitAsync(Slow, clock);
            }
            catch (Exception error) when (IsPassing(error))
            {
                return [];
            }
        }));
        return answers.SelectMany(users => users).GroupBy(user => user.UserId)
            .ToDictionary(group => group.Key, group => group.Any(user => user.Active) ? PresenceState.Online : PresenceState.Idle);
    }

    /// <inheritdoc />
    public Task ChangedAsync(IReadOnlyList<ReadModelChange> changes)
    {
        Changed?.Invoke(changes);
        return Task.CompletedTask;
    }

    private async Task TellActiveAsync(DeviceLink link)
    {
        var active = link.ToldActive = link.IsActive(Steady);
        try
        {
            await grains.Grain<IUserGrain>(link.UserId).ActiveAsync(link.Connection.ConnectionId, active);
        }
        catch (Exception error) when (IsPassing(error))
        {
            // Told again with the next look.
            link.ToldActive = !active;
        }
    }

    /// <summary>A connection is not here any more: tell the actor, so that it stops addressing it.</summary>
    private async Task GoneAsync(Guid userId, string connectionId, IReadOnlyList<CardRef>? unseen = null)
    {
        try
        {
            await grains.Grain<IUserGrain>(userId).DetachAsync((await started.Task).Epoch, connectionId, unseen);
        }
        catch (Exception error) when (IsPassing(error))
        {
            LogDetachFailed(logger, error.GetType().Name);
        }
    }

    private void Add(DeviceLink link)
    {
        links[link.Connection.ConnectionId] = link;
        byUser.GetOrAdd(link.UserId, _ => new())[link.Connection.ConnectionId] = link;
    }

    private void Drop(DeviceLink link)
    {
        links.TryRemove(link.Connection.ConnectionId, out _);
        if (byUser.TryGetValue(link.UserId, out var mine))
        {
            mine.TryRemove(link.Connection.ConnectionId, out _);
            if (mine.IsEmpty)
            {
                byUser.TryRemove(new(link.UserId, mine));
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "A user's actor could not be told that a device is gone ({Error})")]
    private static partial void LogDetachFailed(ILogger logger, [NotPersonal] string error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Registering with the cluster failed ({Error}); trying again")]
    private static partial void LogRegisterFailed(ILogger logger, [NotPersonal] string error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A user's actor could not be told of a device ({Error}); trying again")]
    private static partial void LogAnnounceFailed(ILogger logger, [NotPersonal] string error);

    [LoggerMessage(Level = LogLevel.Information, Message = "The cluster's gateway registry is new; announcing {Count} devices again")]
    private static partial void LogAnnounce(ILogger logger, int count);

    [LoggerMessage(Level = LogLevel.Information, Message = "A message under a right that is over ({Token}) was not sent; the user's actor is told of the device again")]
    private static partial void LogLate(ILogger logger, long token);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A device left more than {Count} messages unacknowledged; its connection is closed")]
    private static partial void LogDeaf(ILogger logger, int count);
}
