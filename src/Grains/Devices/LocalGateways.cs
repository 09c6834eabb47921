using System.Collections.Concurrent;

namespace LimoCha.Actors.Devices;

/// <summary>
/// The gateways in this very process, for actors that run beside one (the embedded default): they hand a push over with
/// a method call instead of a message. Every other gateway is reached through its observer.
/// </summary>
public sealed class LocalGateways
{
    private readonly ConcurrentDictionary<Guid, IDeviceGateway> gateways = new();

    /// <summary>This process serves a gateway under an epoch.</summary>
    public void Add(Guid epoch, IDeviceGateway gateway) => gateways[epoch] = gateway;

    /// <summary>It does no more.</summary>
    public void Remove(Guid epoch) => gateways.TryRemove(epoch, out _);

    /// <summary>The gateway, when it is in this process.</summary>
    public IDeviceGateway? Find(Guid epoch) => gateways.GetValueOrDefault(epoch);
}
