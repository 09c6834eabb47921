namespace LimoCha.Actors.Devices;

/// <summary>
/// The cards of one user and the connections that show them. Plain state without clock, grain or network: it is told
/// what happens and answers what to send. Nothing here is durable; it is rebuilt from the read model and the gateways.
/// </summary>
public sealed class Inbox
{
    /// <summary>Unacknowledged sends wait this long before the first repeat; each repeat doubles it.</summary>
    public static readonly TimeSpan FirstResend = TimeSpan.FromSeconds(2);

    /// <summary>The longest wait between repeats.</summary>
    public static readonly TimeSpan LastResend = TimeSpan.FromMinutes(1);

    private const int RememberedRemovals = 512;

    private readonly Dictionary<Guid, Card> cards = [];
    private readonly Dictionary<Guid, int> removed = [];
    private readonly Queue<Guid> removedOrder = new();
    private readonly Dictionary<string, Link> links = [];

    /// <summary>A message for a connection at a gateway.</summary>
    public readonly record struct Outgoing(Guid Gateway, DeviceMessage Message);

    /// <summary>The open cards, oldest first.</summary>
    public IReadOnlyList<Card> Cards => [.. cards.Values.OrderBy(card => card.At).ThenBy(card => card.Id)];

    /// <summary>The live connections with their gateways.</summary>
    public IEnumerable<(Guid Gateway, DeviceConnection Connection)> Connections => links.Values.Select(link => (link.Gateway, link.Connection));

    /// <summary>True while something sent is not acknowledged.</summary>
    public bool HasUnacknowledged => links.Values.Any(link => link.Waiting.Count > 0);

    /// <summary>A card that should be shown. Older than what is known: nothing happens.</summary>
    public IReadOnlyList<Outgoing> Put(Card card, DateTimeOffset now)
    {
        if (cards.TryGetValue(card.Id, out var known) && known.Version >= card.Version
            || removed.TryGetValue(card.Id, out var gone) && gone >= card.Version)
        {
            return [];
        }

        removed.Remove(card.Id);
        cards[card.Id] = card;
        return [.. links.Values.Select(link => link.Send(new() { Upsert = card }, card.Id, card.Version, now))];
    }

    /// <summary>A card that should be shown no more. Older than what is shown: nothing happens.</summary>
    public IReadOnlyList<Outgoing> Take(CardRef card, DateTimeOffset now)
    {
        if (removed.TryGetValue(card.Id, out var gone) && gone >= card.Version)
        {
            return [];
        }

        var shown = cards.TryGetValue(card.Id, out var known);
        if (shown && known!.Version > card.Version)
        {
            return [];
        }

        Forget(card);
        return cards.Remove(card.Id)
            ? [.. links.Values.Select(link => link.Send(new() { Remove = card }, card.Id, card.Version, now))]
            : [];
    }

    /// <summary>
    /// What the read model says is open. Cards it has newer are put; cards of ours that it does not have are kept,
    /// because the read model may be behind.
    /// </summary>
    public IReadOnlyList<Outgoing> Merge(IEnumerable<Card> open, DateTimeOffset now) => [.. open.SelectMany(card => Put(card, now))];

    /// <summary>A connection: the whole set goes out first. The same device elsewhere is replaced.</summary>
    public IReadOnlyList<Outgoing> Attach(Guid gateway, DeviceConnection connection, DateTimeOffset now)
    {
        foreach (var old in links.Values.Where(link => link.Connection.Hello.DeviceId == connection.Hello.DeviceId).ToList())
        {
            links.Remove(old.Connection.ConnectionId);
        }

        var link = new Link(gateway, connection);
        links[connection.ConnectionId] = link;
        return [link.SendAll(Cards, now)];
    }

    /// <summary>A connection is gone.</summary>
    public void Detach(string connectionId) => links.Remove(connectionId);

    /// <summary>A gateway is gone, and its connections with it.</summary>
    public void DropGateway(Guid gateway)
    {
        foreach (var link in links.Values.Where(link => link.Gateway == gateway).ToList())
        {
            links.Remove(link.Connection.ConnectionId);
        }
    }

    /// <summary>The connections of a session, or all of them, are over.</summary>
    public IReadOnlyList<Outgoing> End(Guid? sessionId, string reason)
    {
        var over = links.Values.Where(link => sessionId is null || link.Connection.SessionId == sessionId).ToList();
        foreach (var link in over)
        {
            links.Remove(link.Connection.ConnectionId);
        }

        return [.. over.Select(link => new Outgoing(link.Gateway, new() { ConnectionId = link.Connection.ConnectionId, SessionEnded = reason }))];
    }

    /// <summary>A device has shown these; unknown ones and old versions are ignored.</summary>
    public void Acknowledge(string connectionId, IEnumerable<CardRef> shown)
    {
        if (!links.TryGetValue(connectionId, out var link))
        {
            return;
        }

        foreach (var card in shown)
        {
            if (link.Waiting.TryGetValue(card.Id, out var wait) && wait.Version <= card.Version)
            {
                link.Waiting.Remove(card.Id);
            }
        }
    }

    /// <summary>What has waited too long for its acknowledgement, as it is now.</summary>
    public IReadOnlyList<Outgoing> Resend(DateTimeOffset now)
    {
        List<Outgoing> due = [];
        foreach (var link in links.Values)
        {
            foreach (var (id, wait) in link.Waiting.Where(pair => pair.Value.Next <= now).ToList())
            {
                link.Waiting[id] = wait.Again(now);
                due.Add(link.Address(cards.TryGetValue(id, out var card)
                    ? new() { Upsert = card }
                    : new() { Remove = new() { Id = id, Version = wait.Version } }));
            }
        }

        return due;
    }

    private void Forget(CardRef card)
    {
        if (!removed.ContainsKey(card.Id))
        {
            removedOrder.Enqueue(card.Id);
        }

        removed[card.Id] = card.Version;
        while (removedOrder.Count > RememberedRemovals)
        {
            removed.Remove(removedOrder.Dequeue());
        }
    }

    private readonly record struct Wait(int Version, DateTimeOffset Next, TimeSpan Step)
    {
        public Wait Again(DateTimeOffset now)
        {
            var step = Step * 2 < LastResend ? Step * 2 : LastResend;
            return new(Version, now + step, step);
        }
    }

    private sealed class Link(Guid gateway, DeviceConnection connection)
    {
        public Guid Gateway => gateway;
        public DeviceConnection Connection => connection;
        public Dictionary<Guid, Wait> Waiting { get; } = [];

        public Outgoing Send(DeviceMessage message, Guid id, int version, DateTimeOffset now)
        {
            Waiting[id] = new(version, now + FirstResend, FirstResend);
            return Address(message);
        }

        public Outgoing SendAll(IReadOnlyList<Card> all, DateTimeOffset now)
        {
            var have = connection.Hello.Have?.GroupBy(card => card.Id).ToDictionary(group => group.Key, group => group.Max(card => card.Version)) ?? [];
            foreach (var card in all.Where(card => have.GetValueOrDefault(card.Id) < card.Version))
            {
                Waiting[card.Id] = new(card.Version, now + FirstResend, FirstResend);
            }

            return Address(new() { Sync = all });
        }

        public Outgoing Address(DeviceMessage message) => new(gateway, message with { ConnectionId = connection.ConnectionId });
    }
}
