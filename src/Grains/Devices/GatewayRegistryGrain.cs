using Orleans.Concurrency;

namespace LimoCha.Actors.Devices;

/// <inheritdoc cref="IGatewayRegistryGrain" />
[GrainType("gateways"), Reentrant]
public sealed class GatewayRegistryGrain(TimeProvider clock) : Grain, IGatewayRegistryGrain
{
    /// <summary>One that has not registered for so long is gone; it does every second, and may be stopped for some.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly Dictionary<Guid, (GatewayRef Gateway, long Seen)> gateways = [];

    public Task<bool> RegisterAsync(GatewayRef gateway, CancellationToken cancellationToken = default)
    {
        var known = gateways.ContainsKey(gateway.Epoch);
        gateways[gateway.Epoch] = (gateway, clock.GetTimestamp());
        return Task.FromResult(known);
    }

    public Task UnregisterAsync(Guid epoch, CancellationToken cancellationToken = default)
    {
        gateways.Remove(epoch);
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<GatewayRef>> ListAsync(CancellationToken cancellationToken = default)
    {
        foreach (var (epoch, _) in gateways.Where(pair => clock.GetElapsedTime(pair.Value.Seen) > Patience).ToList())
        {
            gateways.Remove(epoch);
        }

        return Task.FromResult<IReadOnlyList<GatewayRef>>([.. gateways.Values.Select(entry => entry.Gateway)]);
    }
}
