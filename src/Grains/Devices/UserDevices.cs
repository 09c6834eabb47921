using LimoCha.Actors.Kernel;
using LimoCha.Actors.Notices;
using LimoCha.Actors.Staff;
using LimoCha.Actors.Tasks;

namespace LimoCha.Actors.Devices;

/// <summary>
/// The live devices of one user: the inbox they show, the gateways that hold them, and the gateways that may hold some and
/// do not answer. Part of the user's actor and used only in its turns.
/// </summary>
internal sealed class UserDevices(UserGrain user, Func<Actor> person, IGrainFactory grains, LocalGateways local, TimeProvider clock, Func<Guid, bool> sessionStands)
{
    private const int AskedAtOnce = 32;
    private static readonly TimeSpan GatewayAnswer = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LostPeriod = TimeSpan.FromSeconds(2);

    private readonly Dictionary<Guid, GatewayLink> gateways = [];
    private readonly Dictionary<Guid, GatewayRef> lost = [];
    private IGrainTimer? finding;

    /// <summary>What the devices show.</summary>
    public Inbox Inbox { get; } = new();

    /// <summary>Hands messages to their gateways.</summary>
    public void Send(IReadOnlyList<Inbox.Outgoing> messages)
    {
        foreach (var (gateway, message) in messages)
        {
            if (gateways.TryGetValue(gateway, out var link))
            {
                link.Send(message);
            }
        }
    }

    /// <summary>
    /// Connects a device. What it shows and the inbox does not know is asked of its actor first: a card that was delivered
    /// just before a crash is not yet in the read model, and dropping it now would show it a second time later.
    /// </summary>
    public async Task ConnectAsync(GatewayRef gateway, DeviceConnection connection, CancellationToken cancellationToken)
    {
        Send(Inbox.Merge(await AskAsync(Inbox.Unknown(connection.Hello.Have).Select(card => card.Id), cancellationToken)));

        connection = connection with { Hello = connection.Hello with { Have = null } };
        if (!gateways.ContainsKey(gateway.Epoch))
        {
            gateways[gateway.Epoch] = new(person().UserId, local.Find(gateway.Epoch) ?? gateway.Observer, () =>
            {
                gateways.Remove(gateway.Epoch);
                Inbox.DropGateway(gateway.Epoch);
                lost[gateway.Epoch] = gateway;
                Look();
            });
        }

        Send(Inbox.Attach(gateway.Epoch, connection));
    }

    /// <summary>The cards of these that are open for this user, as their own actors say.</summary>
    public Task<IReadOnlyList<Card>> AskAsync(IReadOnlyList<Card> behind, CancellationToken cancellationToken) => AskAsync(behind.Select(card => card.Id), cancellationToken);

    private async Task<IReadOnlyList<Card>> AskAsync(IEnumerable<Guid> ids, CancellationToken cancellationToken)
    {
        var who = person();
        List<Card> open = [];
        foreach (var some in ids.Chunk(AskedAtOnce))
        {
            open.AddRange((await Task.WhenAll(some.Select(async id =>
                await grains.Grain<ITaskGrain>(id).CardAsync(who.UserId, cancellationToken) ?? await grains.Grain<INoticeGrain>(id).CardAsync(who, cancellationToken)))).OfType<Card>());
        }

        return open;
    }

    /// <summary>Asks every gateway which of this user's devices it holds, so that an actor that moved finds them again.</summary>
    public async Task FindAsync(CancellationToken cancellationToken)
    {
        foreach (var gateway in await grains.GetGrain<IGatewayRegistryGrain>(0).ListAsync(cancellationToken))
        {
            lost[gateway.Epoch] = gateway;
        }

        await FindLostAsync(cancellationToken);
    }

    /// <summary>
    /// A gateway that could not be reached may still be alive and hold devices that wait: it is asked again until it
    /// answers or has left the registry.
    /// </summary>
    private async Task FindLostAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAll(lost.Values.ToList().Select(async gateway =>
        {
            try
            {
                var found = await gateway.Observer.ConnectionsAsync(person().UserId).WaitAsync(GatewayAnswer, clock, cancellationToken);
                foreach (var connection in found.Where(connection => sessionStands(connection.SessionId)))
                {
                    await ConnectAsync(gateway, connection, cancellationToken);
                }

                lost.Remove(gateway.Epoch);
            }
            catch (Exception error) when (error is TimeoutException or OrleansException or OperationCanceledException or StorageUnavailableException)
            {
                // Asked again below.
            }
        }));
        if (lost.Count == 0)
        {
            finding?.Dispose();
            finding = null;
        }
        else
        {
            Look();
        }
    }

    private void Look() => finding ??= user.RegisterGrainTimer(LookForLostAsync, new() { DueTime = LostPeriod, Period = LostPeriod, Interleave = true });

    private async Task LookForLostAsync(CancellationToken cancellationToken)
    {
        try
        {
            var alive = (await grains.GetGrain<IGatewayRegistryGrain>(0).ListAsync(cancellationToken)).Select(gateway => gateway.Epoch).ToHashSet();
            foreach (var gone in lost.Keys.Where(epoch => !alive.Contains(epoch)).ToList())
            {
                lost.Remove(gone);
            }
        }
        catch (Exception error) when (error is TimeoutException or OrleansException)
        {
            // The registry is moving; whoever is lost is asked all the same.
        }

        await FindLostAsync(cancellationToken);
    }
}
