using LimoCha.Actors.Devices;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Staff;
using LimoCha.Actors.Testing;

namespace LimoCha.Actors.Cluster;

/// <summary>A gateway process in miniature: it registers an observer and follows the device protocol.</summary>
public sealed class TestDevice(IClusterClient client, Guid userId, Guid sessionId, string deviceId) : IDeviceGateway
{
    private readonly Lock gate = new();
    private readonly Dictionary<Guid, Card> shown = [];
    private readonly List<(Guid Id, int Version)> everShown = [];
    private GatewayRef? me;
    private Fence fence = new();
    private TaskCompletionSource changed = New();

    public string? Ended { get; private set; }
    public int Syncs { get; private set; }
    /// <summary>Messages that came from an activation without the right to send, or too late.</summary>
    public int Fenced { get; private set; }
    /// <summary>While set, the gateway cannot be reached.</summary>
    public bool Unreachable { get; set; }
    public string ConnectionId { get; private set; } = $"c-{Guid.NewGuid():N}";

    public IReadOnlyList<Card> Shown
    {
        get
        {
            lock (gate)
            {
                return [.. shown.Values];
            }
        }
    }

    public IReadOnlyList<(Guid Id, int Version)> EverShown
    {
        get
        {
            lock (gate)
            {
                return [.. everShown];
            }
        }
    }

    public async Task RegisterAsync()
    {
        me ??= new(Guid.CreateVersion7(), client.CreateObjectReference<IDeviceGateway>(this)) { TakesMany = true };
        await client.GetGrain<IGatewayRegistryGrain>(0).RegisterAsync(me);
    }

    public Task<Outcome<Attached>> HelloAsync()
    {
        (ConnectionId, fence) = ($"c-{Guid.NewGuid():N}", new());
        return client.GetGrain<IUserGrain>(userId).AttachAsync(me!, Connection);
    }

    /// <summary>Completes when the condition holds; looks whenever something arrives.</summary>
    public async Task UntilAsync(Func<IReadOnlyList<Card>, bool> condition, int seconds = 15)
    {
        var deadline = Task.Delay(TimeSpan.FromSeconds(seconds));
        while (true)
        {
            Task next;
            lock (gate)
            {
                if (condition([.. shown.Values]))
                {
                    return;
                }

                next = changed.Task;
            }

            (await Task.WhenAny(next, deadline)).Should().NotBe(deadline, "the device should have been told within {0} s; it shows {1} cards", seconds, Shown.Count);
        }
    }

    public Task PushManyAsync(IReadOnlyList<UserPush> pushes) => Task.WhenAll(pushes.Select(push => PushAsync(push.UserId, push.Messages)));

    public Task PushAsync(Guid user, IReadOnlyList<DeviceMessage> messages)
    {
        if (Unreachable)
        {
            throw new TimeoutException();
        }

        lock (gate)
        {
            foreach (var message in messages.Where(m => m.ConnectionId == ConnectionId))
            {
                if (!fence.Passes(message.Token))
                {
                    Fenced++;
                    continue;
                }

                if (message.Sync is { } all)
                {
                    Syncs++;
                    foreach (var gone in shown.Keys.Except(all.Select(card => card.Id)).ToList())
                    {
                        shown.Remove(gone);
                    }

                    foreach (var card in all)
                    {
                        Show(card);
                    }
                }
                else if (message.Upsert is { } card)
                {
                    Show(card);
                }
                else if (message.Remove is { } gone)
                {
                    if (shown.TryGetValue(gone.Id, out var known) && known.Version <= gone.Version)
                    {
                        shown.Remove(gone.Id);
                    }
                }

                Ended = message.SessionEnded ?? Ended;
            }

            var signal = changed;
            changed = New();
            signal.SetResult();
        }

        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<DeviceConnection>> ConnectionsAsync(Guid user) => Unreachable ? throw new TimeoutException() : Task.FromResult<IReadOnlyList<DeviceConnection>>(user == userId ? [Connection] : []);

    public Task<IReadOnlyList<OnlineUser>> OnlineAsync() => Task.FromResult<IReadOnlyList<OnlineUser>>([new(userId, true)]);

    public Task ChangedAsync(IReadOnlyList<ReadModelChange> changes) => Task.CompletedTask;

    private DeviceConnection Connection
    {
        get
        {
            lock (gate)
            {
                return new(ConnectionId, sessionId, new() { DeviceId = deviceId, Platform = "test", Have = [.. shown.Values.Select(card => new CardRef { Id = card.Id, Version = card.Version })] }, DateTimeOffset.UnixEpoch) { Token = fence.Issue() };
            }
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Show(Card card)
    {
        if (!shown.TryGetValue(card.Id, out var known) || known.Version < card.Version)
        {
            shown[card.Id] = card;
            everShown.Add((card.Id, card.Version));
        }
    }
}
