using LimoCha.Actors.Kernel;
using LimoCha.Actors.Notices;
using LimoCha.Actors.Staff;
using LimoCha.Actors.Tasks;

namespace LimoCha.Actors.Devices;

/// <summary>
/// The live devices of one user: the inbox they show, the gateways that hold them, and the gateways that may hold some and
/// do not answer. Part of the user's actor and used only in its turns.
/// </summary>
/// <remarks>
/// A gateway that tells of a connection from then on sends only what this actor sends. So what is open is looked up after
/// that and before the connection gets the whole set: everything that another activation may have shown there is in it.
/// </remarks>
internal sealed class UserDevices(UserGrain user, Func<Actor> person, IGrainFactory grains, Gateways ways, TimeProvider clock, Func<Guid, bool> sessionStands, Func<CancellationToken, Task> look, Inbox inbox)
{
    private const int AskedAtOnce = 32;
    private static readonly TimeSpan GatewayAnswer = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LostPeriod = TimeSpan.FromSeconds(2);

    private readonly Dictionary<Guid, (GatewayLink Link, GatewayRef Gateway, DateTimeOffset Since)> gateways = [];
    private readonly Dictionary<Guid, GatewayRef> lost = [];
    private IGrainTimer? finding;

    /// <summary>Hands messages to their gateways.</summary>
    public void Send(IReadOnlyList<Inbox.Outgoing> messages)
    {
        foreach (var (gateway, message) in messages)
        {
            if (gateways.TryGetValue(gateway, out var known))
            {
                known.Link.Send(message);
            }
        }
    }

    /// <summary>
    /// Connects a device. Another activation may have sent to it when it is not new and this one was not the last to be
    /// told of it, or when some gateway's devices are still that one's; then what is open is looked up.
    /// </summary>
    public async Task AttachAsync(GatewayRef gateway, DeviceConnection connection, CancellationToken cancellationToken)
    {
        if (lost.Count > 0 || connection.Token > (inbox.TokenOf(connection.ConnectionId) ?? 0) + 1)
        {
            await look(cancellationToken);
        }

        await ConnectAsync(gateway, connection, cancellationToken);
    }

    /// <summary>
    /// What the device shows and the inbox does not know is asked of its actor first: a card that was delivered just before
    /// a crash is not yet in the read model, and dropping it now would show it a second time later.
    /// </summary>
    private async Task ConnectAsync(GatewayRef gateway, DeviceConnection connection, CancellationToken cancellationToken)
    {
        Put(await AskAsync(inbox.Unknown(connection.Hello.Have).Select(card => card.Id), cancellationToken));

        connection = connection.WithHave(null);
        if (!gateways.ContainsKey(gateway.Epoch))
        {
            gateways[gateway.Epoch] = (new(person().UserId, ways.To(gateway), () => Lose(gateway)), gateway, clock.GetUtcNow());
        }

        Send(inbox.Attach(gateway.Epoch, connection));
    }

    /// <summary>Puts cards that the user wants to see.</summary>
    public void Put(IEnumerable<Card> open) => Send(inbox.Merge(open.Where(user.Wants)));

    /// <summary>The cards of these that are open for this user, as their own actors say.</summary>
    public async Task<IReadOnlyList<Card>> AskAsync(IEnumerable<Guid> ids, CancellationToken cancellationToken)
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

    /// <summary>Asks every gateway which of this user's devices it holds, so that an actor that moved finds them again; and looks what is open.</summary>
    public async Task FindAsync(CancellationToken cancellationToken)
    {
        foreach (var gateway in await grains.GetGrain<IGatewayRegistryGrain>(0).ListAsync(cancellationToken))
        {
            lost[gateway.Epoch] = gateway;
        }

        await FindLostAsync(first: true, cancellationToken);
    }

    /// <summary>
    /// A gateway that could not be reached may still be alive and hold devices that wait: it is asked again until it
    /// answers or has left the registry.
    /// </summary>
    private async Task FindLostAsync(bool first, CancellationToken cancellationToken)
    {
        var answers = await Task.WhenAll(lost.Values.ToList().Select(async gateway =>
        {
            try
            {
                return (Gateway: gateway, Found: await gateway.Observer.ConnectionsAsync(person().UserId).WaitAsync(GatewayAnswer, clock, cancellationToken));
            }
            catch (Exception error) when (error is TimeoutException or OrleansException or OperationCanceledException)
            {
                // Asked again below.
                return (gateway, null!);
            }
        }));
        if (first || answers.Any(answer => answer.Found is { Count: > 0 }))
        {
            await look(cancellationToken);
        }

        foreach (var (gateway, found) in answers.Where(answer => answer.Found is not null))
        {
            foreach (var connection in found.Where(connection => sessionStands(connection.SessionId)))
            {
                await ConnectAsync(gateway, connection, cancellationToken);
            }

            lost.Remove(gateway.Epoch);
        }

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

    /// <summary>Gives up the gateways that were not among those alive then, as one that does not answer. True when there was one.</summary>
    public bool Doubt(IReadOnlySet<Guid> alive, DateTimeOffset then)
    {
        // One whose first device here came later may have registered later, too.
        var gone = gateways.Values.Where(known => known.Since < then && !alive.Contains(known.Gateway.Epoch)).Select(known => known.Gateway).ToList();
        gone.ForEach(Lose);
        return gone.Count > 0;
    }

    private void Lose(GatewayRef gateway)
    {
        gateways.Remove(gateway.Epoch);
        inbox.DropGateway(gateway.Epoch);
        lost[gateway.Epoch] = gateway;
        Look();
    }

    private void Look() => finding ??= user.RegisterGrainTimer(LookForLostAsync, new() { DueTime = LostPeriod, Period = LostPeriod, Interleave = true });

    private async Task LookForLostAsync(CancellationToken cancellationToken)
    {
        try
        {
            // A gateway that is not in the registry any more is gone, and its devices are elsewhere.
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

        try
        {
            await FindLostAsync(first: false, cancellationToken);
        }
        catch (Exception error) when (error is TimeoutException or OrleansException or StorageUnavailableException)
        {
            // What is open could not be looked up: the gateways are asked again, which also gives the right to send anew.
        }
    }
}
