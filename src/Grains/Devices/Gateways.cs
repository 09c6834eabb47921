using System.Collections.Concurrent;

namespace LimoCha.Actors.Devices;

/// <summary>Where a user's actor pushes.</summary>
public interface IPushTarget
{
    /// <summary>Sends to connections of one user; completes when another push for this user may follow.</summary>
    Task PushAsync(Guid userId, IReadOnlyList<DeviceMessage> messages);
}

/// <summary>
/// The ways from this process to gateways: a method call to the one in this very process (the embedded default), a
/// shared channel to every other.
/// </summary>
public sealed class Gateways(TimeProvider clock)
{
    private readonly ConcurrentDictionary<Guid, IPushTarget> here = new();
    private readonly ConcurrentDictionary<Guid, WeakReference<GatewayChannel>> elsewhere = new();

    /// <summary>This process serves a gateway under an epoch.</summary>
    public void Add(Guid epoch, IPushTarget gateway) => here[epoch] = gateway;

    /// <summary>It does no more.</summary>
    public void Remove(Guid epoch) => here.TryRemove(epoch, out _);

    /// <summary>The way to a gateway. Kept while somebody uses it.</summary>
    internal IPushTarget To(GatewayRef gateway)
    {
        if (here.TryGetValue(gateway.Epoch, out var local))
        {
            return local;
        }

        if (!gateway.TakesMany)
        {
            return new Alone(gateway.Observer);
        }

        while (true)
        {
            if (elsewhere.TryGetValue(gateway.Epoch, out var known) && known.TryGetTarget(out var channel))
            {
                return channel;
            }

            var made = new GatewayChannel(gateway.Observer, clock);
            var entry = new WeakReference<GatewayChannel>(made);
            if (known is null ? elsewhere.TryAdd(gateway.Epoch, entry) : elsewhere.TryUpdate(gateway.Epoch, entry, known))
            {
                foreach (var (epoch, other) in elsewhere.Where(pair => !pair.Value.TryGetTarget(out _)))
                {
                    elsewhere.TryRemove(new(epoch, other));
                }

                return made;
            }
        }
    }

    /// <summary>A gateway of a version that takes one user's messages at a time.</summary>
    private sealed class Alone(IDeviceGateway gateway) : IPushTarget
    {
        public Task PushAsync(Guid userId, IReadOnlyList<DeviceMessage> messages) => gateway.PushAsync(userId, messages);
    }
}
