using CsCheck;
using LimoCha.Actors.Devices;

namespace LimoCha.Actors.Unit.Devices;

/// <summary>
/// The delivery protocol, all of it that is state: the inbox of the user's actor, the gateway's memory of what was not
/// acknowledged, and a device, over a network that loses and a cluster that forgets, beside a model that is a dictionary.
/// Whatever happens: nothing is shown twice or out of order, and once it is calm the device shows what is open.
/// </summary>
public sealed class DeliveryModelTests
{
    private const int Cards = 4;
    private static readonly DateTimeOffset Start = new(2026, 3, 2, 1, 0, 0, TimeSpan.Zero);
    private static readonly Guid[] Ids = [.. Enumerable.Range(0, Cards).Select(i => new Guid($"01900000-0000-7000-8000-{i:D12}"))];

    private enum What { Change, Close, Repeat, Cut, Connect, Restart, Project, Carry, Acknowledge, Wait }

    [Fact]
    public void Nothing_is_lost_shown_twice_or_out_of_order_whatever_happens()
    {
        var step = Gen.Select(Gen.Frequency((6, Gen.Int[0, 2]), (2, Gen.Int[3, 6]), (6, Gen.Int[7, 9])), Gen.Int[0, Cards - 1]);
        step.Array[1, 120].Sample(steps =>
        {
            var world = new World();
            foreach (var (what, card) in steps)
            {
                world.Do((What)what, card);
            }

            world.Calm();
        }, iter: 20_000, print: steps => string.Join(' ', steps.Select(step => $"{(What)step.Item1}:{step.Item2}")));
    }

    private sealed class World
    {
        // The truth: each card's version, and whether it is open. What the read model has of it.
        private readonly (int Version, bool Open)[] truth = new (int, bool)[Cards];
        private readonly (int Version, bool Open)[] projected = new (int, bool)[Cards];
        private readonly Dictionary<Guid, int> shows = [];
        private readonly Dictionary<Guid, int> newest = [];
        private Inbox inbox = new();
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
                    // The actor is gone with all it knew. The new one reads what is projected and asks the actor of each card whose
                    // state is newer; what is not projected is told again (the outbox); and it finds the live connection with
                    // what it shows.
                    inbox = new();
                    Send(inbox.Merge(projected.Select((known, i) => (known, i)).Where(pair => pair.known.Open && truth[pair.i].Open).Select(pair => Card(pair.i, truth[pair.i].Version))));
                    if (connection is not null)
                    {
                        Attach(announced: true);
                    }

                    for (var i = 0; i < Cards; i++)
                    {
                        if (projected[i] != truth[i])
                        {
                            Tell(i);
                        }
                    }

                    break;
                case What.Project:
                    projected[card] = truth[card];
                    break;
                case What.Carry when network.TryDequeue(out var message):
                    Arrive(message);
                    break;
                case What.Acknowledge when acks.TryDequeue(out var shown):
                    unacknowledged.Acknowledge([shown]);
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
            if (connection is null)
            {
                Connect();
            }

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
                    unacknowledged.Acknowledge([shown]);
                }
            }

            shows.Should().BeEquivalentTo(truth.Select((card, i) => (card, i)).Where(pair => pair.card.Open).ToDictionary(pair => Ids[pair.i], pair => pair.card.Version));
            unacknowledged.Count.Should().Be(0, "everything was acknowledged");
        }

        /// <summary>What a task's actor tells: what is so now.</summary>
        private void Tell(int card) => Send(truth[card].Open ? inbox.Put(Card(card, truth[card].Version)) : inbox.Take(Ref(card, truth[card].Version)));

        private void Connect()
        {
            connection = $"c{++connections}";
            (unacknowledged, network) = (new(), new());
            acks.Clear();
            Attach(announced: false);
        }

        private void Attach(bool announced)
        {
            IReadOnlyList<CardRef> have = [.. shows.Select(pair => new CardRef { Id = pair.Key, Version = pair.Value })];
            // What the device may be shown in a moment counts as shown: the gateway says so when it announces.
            var announcing = announced ? have.Concat(network.SelectMany(Mentioned)).ToList() : have;
            foreach (var unknown in inbox.Unknown(announcing))
            {
                var i = Array.IndexOf(Ids, unknown.Id);
                if (truth[i].Open)
                {
                    Send(inbox.Put(Card(i, truth[i].Version)));
                }
            }

            foreach (var outgoing in inbox.Attach(Guid.Empty, new(connection!, Guid.Empty, new() { DeviceId = "phone", Platform = "test" }, now)))
            {
                unacknowledged.Sent(outgoing.Message, announced ? null : have, now);
                network.Enqueue(outgoing.Message);
            }
        }

        private static IEnumerable<CardRef> Mentioned(DeviceMessage message) =>
            message.Upsert is { } card ? [new() { Id = card.Id, Version = card.Version }] : message.Sync?.Select(open => new CardRef { Id = open.Id, Version = open.Version }) ?? [];

        private void Cut()
        {
            if (connection is not null)
            {
                inbox.Detach(connection);
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
            foreach (var (_, message) in messages.Where(outgoing => outgoing.Message.ConnectionId == connection))
            {
                unacknowledged.Sent(message, null, now);
                network.Enqueue(message);
            }
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
}
