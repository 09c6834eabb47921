using LimoCha.Actors.Devices;

namespace LimoCha.Actors.Unit.Devices;

/// <summary>What the protocol's parts do to each other, and the truth beside them.</summary>
internal sealed class DeliveryWorld
{
    public const int Cards = 4;
    private static readonly DateTimeOffset Start = new(2026, 3, 2, 1, 0, 0, TimeSpan.Zero);
    private static readonly Guid[] Ids = [.. Enumerable.Range(0, Cards).Select(i => new Guid($"01900000-0000-7000-8000-{i:D12}"))];

    // The truth: each card's version, and whether it is open. What the read model has of it.
    private readonly (int Version, bool Open)[] truth = new (int, bool)[Cards];
    private readonly (int Version, bool Open)[] projected = new (int, bool)[Cards];
    private readonly ModelDevice device = new();
    private Activation actor = new() { Ready = true };
    // An activation that was replaced and does not know it, and what it has sent and has not arrived.
    private Activation? other;
    private readonly Queue<DeviceMessage> stragglers = new();
    // What tasks have told and what arrives late, once more.
    private readonly Queue<(int Card, int Version, bool Open)> tells = new();
    private readonly ModelGateway gateway = new();
    private DateTimeOffset now = Start;

    public enum What { Change, Close, Repeat, Cut, Connect, Restart, Project, Carry, Acknowledge, Wait, Activate, TellOther, Straggle, Announce, LateTell }

    public void Do(What what, int card)
    {
        now += TimeSpan.FromSeconds(1);
        switch (what)
        {
            case What.Change:
                truth[card] = (truth[card].Version + 1, true);
                Tell(card);
                break;
            case What.Close when truth[card].Open:
                truth[card] = (truth[card].Version + 1, false);
                Tell(card);
                break;
            case What.Repeat when truth[card].Version > 0:
                Tell(card);
                break;
            case What.Cut:
                Cut();
                break;
            case What.Connect when gateway.Connection is null:
                Connect();
                break;
            case What.Restart:
                // A new activation that knows nothing. The gateway tells it of the connection with what the device shows.
                other = actor;
                actor = new() { Announced = gateway.Connection is null ? null : Announcement() };
                break;
            case What.Activate:
                Activate();
                break;
            case What.TellOther when other is not null:
                // A task in the silo that was given up changes, is projected, and tells only its own.
                projected[card] = truth[card] = (truth[card].Version + 1, card % 2 == 0 && !truth[card].Open);
                Late(other, card);
                break;
            case What.Straggle when stragglers.TryDequeue(out var late):
                gateway.Take(late, now);
                break;
            case What.Announce:
                Announce();
                break;
            case What.LateTell when actor.Ready && tells.TryDequeue(out var tell):
                // A task told this some time ago, perhaps to an activation that is gone: what the inbox knows nothing of is
                // compared with the task's state first.
                Send(!tell.Open ? actor.Inbox.Take(Ref(tell.Card, tell.Version))
                    : !actor.Inbox.IsNew(Card(tell.Card, tell.Version)) || truth[tell.Card] == (tell.Version, true) ? actor.Inbox.Put(Card(tell.Card, tell.Version))
                    : truth[tell.Card].Open ? actor.Inbox.Put(Card(tell.Card, truth[tell.Card].Version)) : []);
                break;
            case What.Project:
                projected[card] = truth[card];
                break;
            case What.Carry when gateway.TryCarry(out var message):
                device.Arrive(message);
                break;
            case What.Acknowledge when device.TryAcknowledge(out var shown):
                gateway.Acknowledge(shown, now);
                break;
            case What.Wait:
                now += TimeSpan.FromSeconds(70);
                gateway.Resend(now);
                break;
        }
    }

    /// <summary>Nothing new happens, everything arrives.</summary>
    public void Calm()
    {
        Activate();
        if (gateway.Connection is null)
        {
            Connect();
        }

        while (stragglers.TryDequeue(out var late))
        {
            gateway.Take(late, now);
        }

        // The cluster has changed, so inboxes look again; and the sweep finds what is not projected.
        Look();
        for (var i = 0; i < Cards; i++)
        {
            Outbox(i);
        }

        Announce();
        for (var round = 0; round < 3; round++)
        {
            now += TimeSpan.FromMinutes(2);
            gateway.Resend(now);
            while (gateway.TryCarry(out var message))
            {
                device.Arrive(message);
            }

            while (device.TryAcknowledge(out var shown))
            {
                gateway.Acknowledge(shown, now);
            }
        }

        device.Shows.ToDictionary(card => card.Id, card => card.Version).Should().BeEquivalentTo(truth.Select((card, i) => (card, i)).Where(pair => pair.card.Open).ToDictionary(pair => Ids[pair.i], pair => pair.card.Version));
        gateway.Unacknowledged.Should().Be(0, "everything was acknowledged");
    }

    /// <summary>What a task's actor tells: what is so now. It waits while the user's actor starts.</summary>
    private void Tell(int card)
    {
        tells.Enqueue((card, truth[card].Version, truth[card].Open));
        if (actor.Ready)
        {
            Send(Told(actor, card));
        }
    }

    private void Outbox(int card)
    {
        if (projected[card] != truth[card])
        {
            Tell(card);
        }
    }

    private IReadOnlyList<Inbox.Outgoing> Told(Activation activation, int card) =>
        truth[card].Open ? activation.Inbox.Put(Card(card, truth[card].Version)) : activation.Inbox.Take(Ref(card, truth[card].Version));

    private void Late(Activation activation, int card)
    {
        foreach (var (_, message) in Told(activation, card))
        {
            stragglers.Enqueue(message);
        }
    }

    /// <summary>The activation has what it needs: it looks what is open, and then sends the whole set.</summary>
    private void Activate()
    {
        if (actor.Ready)
        {
            return;
        }

        actor.Ready = true;
        Look();
        if (actor.Announced is { } announced && announced.ConnectionId == gateway.Connection)
        {
            Attach(announced);
        }

        for (var i = 0; i < Cards; i++)
        {
            Outbox(i);
        }
    }

    /// <summary>What is projected as open is, unless its state is newer; about that and what the inbox has beyond, the cards' actors are asked.</summary>
    private void Look()
    {
        for (var i = 0; i < Cards; i++)
        {
            if (truth[i].Open ? projected[i].Open || actor.Inbox.Find(Ids[i]) is not null : actor.Inbox.Find(Ids[i]) is not null)
            {
                Send(truth[i].Open ? actor.Inbox.Put(Card(i, truth[i].Version)) : actor.Inbox.Take(Ref(i, actor.Inbox.Find(Ids[i])!.Version)));
            }
        }
    }

    /// <summary>The gateway tells the actor of a connection again, when somebody without the right has sent to it.</summary>
    private void Announce()
    {
        if (!gateway.ToAnnounce || gateway.Connection is not { } connection || !actor.Ready)
        {
            return;
        }

        gateway.ToAnnounce = false;
        var announcement = Announcement();
        if (announcement.Token > (actor.Inbox.TokenOf(connection) ?? 0) + 1)
        {
            Look();
        }

        Attach(announcement);
    }

    private void Connect()
    {
        gateway.Connect();
        device.Disconnect();
        // A call to an actor that is starting waits until it has.
        Activate();
        Attach(Announcement(), have: device.Shows);
    }

    private DeviceConnection Announcement() => gateway.Announcement(device.Shows, now);

    private void Attach(DeviceConnection announced, IReadOnlyList<CardRef>? have = null)
    {
        foreach (var unknown in actor.Inbox.Unknown(announced.Hello.Have))
        {
            var i = Array.IndexOf(Ids, unknown.Id);
            if (truth[i].Open)
            {
                Send(actor.Inbox.Put(Card(i, truth[i].Version)));
            }
        }

        foreach (var outgoing in actor.Inbox.Attach(Guid.Empty, announced))
        {
            gateway.Take(outgoing.Message, now, have);
        }
    }

    private void Cut()
    {
        if (gateway.Connection is { } connection)
        {
            actor.Inbox.Detach(connection);
            // What was under way may have arrived or not: here the first half has.
            foreach (var message in gateway.Cut())
            {
                device.Arrive(message);
            }

            device.Disconnect();
        }
    }

    private void Send(IReadOnlyList<Inbox.Outgoing> messages)
    {
        foreach (var (_, message) in messages)
        {
            gateway.Take(message, now);
        }
    }

    private static Card Card(int i, int version) => new() { Id = Ids[i], Version = version, Title = "t", At = Start };

    private static CardRef Ref(int i, int version) => new() { Id = Ids[i], Version = version };

    private sealed class Activation
    {
        public Inbox Inbox { get; } = Inboxes.New();

        /// <summary>What the gateway told it of when it started.</summary>
        public DeviceConnection? Announced { get; init; }

        /// <summary>False until it has started.</summary>
        public bool Ready { get; set; }
    }
}
