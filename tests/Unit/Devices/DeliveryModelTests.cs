using CsCheck;
using LimoCha.Actors.Devices;

namespace LimoCha.Actors.Unit.Devices;

/// <summary>
/// The delivery protocol, all of it that is state: the inbox of the user's actor, the gateway's fence and its memory of what
/// was not acknowledged, and a device, over a network that loses and a cluster that forgets and for moments has two
/// activations of one actor, beside a model that is a dictionary. Whatever happens: nothing is shown twice or out of
/// order, and once it is calm the device shows what is open.
/// </summary>
public sealed class DeliveryModelTests
{
    private const int Cards = 4;
    private static readonly DateTimeOffset Start = new(2026, 3, 2, 1, 0, 0, TimeSpan.Zero);
    private static readonly Guid[] Ids = [.. Enumerable.Range(0, Cards).Select(i => new Guid($"01900000-0000-7000-8000-{i:D12}"))];

    private enum What { Change, Close, Repeat, Cut, Connect, Restart, Project, Carry, Acknowledge, Wait, Activate, TellOther, Straggle, Announce, LateTell }

    [Fact]
    public void Nothing_is_lost_shown_twice_or_out_of_order_whatever_happens()
    {
        var step = Gen.Select(Gen.Frequency((6, Gen.Int[0, 2]), (2, Gen.Int[3, 6]), (6, Gen.Int[7, 9]), (4, Gen.Int[10, 14])), Gen.Int[0, Cards - 1]);
        step.Array[1, 120].Sample(steps =>
        {
            var world = new World();
            foreach (var (what, card) in steps)
            {
                world.Do((What)what, card);
            }

            world.Calm();
        }, iter: 40_000, print: steps => string.Join(' ', steps.Select(step => $"{(What)step.Item1}:{step.Item2}")));
    }

    private sealed class World
    {
        // The truth: each card's version, and whether it is open. What the read model has of it.
        private readonly (int Version, bool Open)[] truth = new (int, bool)[Cards];
        private readonly (int Version, bool Open)[] projected = new (int, bool)[Cards];
        private readonly Dictionary<Guid, int> shows = [];
        private readonly Dictionary<Guid, int> newest = [];
        private Activation actor = new() { Ready = true };
        // An activation that was replaced and does not know it, and what it has sent and has not arrived.
        private Activation? other;
        private readonly Queue<DeviceMessage> stragglers = new();
        // What tasks have told and what arrives late, once more.
        private readonly Queue<(int Card, int Version, bool Open)> tells = new();
        private bool toAnnounce;
        private Fence fence = new();
        private Unacknowledged unacknowledged = new();
        private Queue<DeviceMessage> network = new();
        private readonly Queue<CardRef> acks = new();
        private string? connection;
        private int connections;
        private DateTimeOffset now = Start;

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
                case What.Connect when connection is null:
                    Connect();
                    break;
                case What.Restart:
                    // A new activation that knows nothing. The gateway tells it of the connection with what the device shows.
                    other = actor;
                    actor = new() { Announced = connection is null ? null : Announcement() };
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
                    ToGateway(late);
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
                case What.Carry when network.TryDequeue(out var message):
                    Arrive(message);
                    break;
                case What.Acknowledge when acks.TryDequeue(out var shown):
                    unacknowledged.Acknowledge([shown], now);
                    break;
                case What.Wait:
                    now += TimeSpan.FromSeconds(70);
                    Resend();
                    break;
            }
        }

        /// <summary>Nothing new happens, everything arrives.</summary>
        public void Calm()
        {
            Activate();
            if (connection is null)
            {
                Connect();
            }

            while (stragglers.TryDequeue(out var late))
            {
                ToGateway(late);
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
                Resend();
                while (network.TryDequeue(out var message))
                {
                    Arrive(message);
                }

                while (acks.TryDequeue(out var shown))
                {
                    unacknowledged.Acknowledge([shown], now);
                }
            }

            shows.Should().BeEquivalentTo(truth.Select((card, i) => (card, i)).Where(pair => pair.card.Open).ToDictionary(pair => Ids[pair.i], pair => pair.card.Version));
            unacknowledged.Count.Should().Be(0, "everything was acknowledged");
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
            if (actor.Announced is { } announced && announced.ConnectionId == connection)
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
            if (!toAnnounce || connection is null || !actor.Ready)
            {
                return;
            }

            toAnnounce = false;
            var announcement = Announcement();
            if (announcement.Token > (actor.Inbox.TokenOf(connection) ?? 0) + 1)
            {
                Look();
            }

            Attach(announcement);
        }

        private void Connect()
        {
            connection = $"c{++connections}";
            (unacknowledged, network, fence) = (new(), new(), new());
            toAnnounce = false;
            acks.Clear();
            // A call to an actor that is starting waits until it has.
            Activate();
            Attach(Announcement(), have: [.. shows.Select(pair => new CardRef { Id = pair.Key, Version = pair.Value })]);
        }

        /// <summary>The connection with what the device shows; what it will be shown in a moment counts as shown.</summary>
        private DeviceConnection Announcement() => new(connection!, Guid.Empty, new()
        {
            DeviceId = "phone", Platform = "test",
            Have = [.. shows.Select(pair => new CardRef { Id = pair.Key, Version = pair.Value }).Concat(network.SelectMany(Mentioned))],
        }, now) { Token = fence.Issue() };

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
                ToGateway(outgoing.Message, have);
            }
        }

        private static IEnumerable<CardRef> Mentioned(DeviceMessage message) =>
            message.Upsert is { } card ? [new() { Id = card.Id, Version = card.Version }] : message.Sync?.Select(open => new CardRef { Id = open.Id, Version = open.Version }) ?? [];

        private void Cut()
        {
            if (connection is not null)
            {
                actor.Inbox.Detach(connection);
                (connection, unacknowledged) = (null, new());
                // What was under way may have arrived or not: here the first half has.
                foreach (var message in network.Take(network.Count / 2).ToList())
                {
                    Arrive(message);
                }

                network.Clear();
                acks.Clear();
            }
        }

        private void Send(IReadOnlyList<Inbox.Outgoing> messages)
        {
            foreach (var (_, message) in messages)
            {
                ToGateway(message);
            }
        }

        private void ToGateway(DeviceMessage message, IReadOnlyList<CardRef>? have = null)
        {
            if (message.ConnectionId != connection)
            {
                return;
            }

            if (!fence.Passes(message.Token))
            {
                toAnnounce = true;
                return;
            }

            unacknowledged.Sent(message, have, now);
            network.Enqueue(message);
        }

        private void Resend()
        {
            foreach (var message in connection is null ? [] : unacknowledged.Due(now, 0.5))
            {
                network.Enqueue(message);
            }
        }

        private void Arrive(DeviceMessage message)
        {
            if (message.Sync is { } all)
            {
                foreach (var gone in shows.Keys.Except(all.Select(card => card.Id)).ToList())
                {
                    shows.Remove(gone);
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
                if (shows.TryGetValue(gone.Id, out var known) && known <= gone.Version)
                {
                    shows.Remove(gone.Id);
                }

                acks.Enqueue(gone);
            }
        }

        private void Show(Card card)
        {
            acks.Enqueue(new() { Id = card.Id, Version = card.Version });
            if (shows.GetValueOrDefault(card.Id) < card.Version)
            {
                newest.GetValueOrDefault(card.Id).Should().BeLessThan(card.Version, "no version is shown twice, and none after a newer one");
                newest[card.Id] = shows[card.Id] = card.Version;
            }
        }

        private static Card Card(int i, int version) => new() { Id = Ids[i], Version = version, Title = "t", At = Start };

        private static CardRef Ref(int i, int version) => new() { Id = Ids[i], Version = version };
    }

    private sealed class Activation
    {
        public Inbox Inbox { get; } = new();

        /// <summary>What the gateway told it of when it started.</summary>
        public DeviceConnection? Announced { get; init; }

        /// <summary>False until it has started.</summary>
        public bool Ready { get; set; }
    }
}
