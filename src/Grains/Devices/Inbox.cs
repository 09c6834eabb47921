using Orleans.Serialization;

namespace LimoCha.Actors.Devices;

/// <summary>
/// The cards of one user and the connections that show them. Plain state without clock, grain or network: it is told
/// what happens and answers what to send. What a device has acknowledged is its gateway's to know. Nothing here is durable; it is rebuilt from the read model and the gateways.
/// </summary>
public sealed class Inbox(Serializer<Card> serializer)
{
    /// <summary>What a device shows at most, what a whole set has, and what one message of a device names at most.</summary>
    public const int MostCards = 1_000;

    /// <summary>Let go together when one would be too many, so that it is not looked for with every card after it.</summary>
    private const int LetGo = 50;

    private const int RememberedRemovals = 512;

    private readonly Dictionary<Guid, OpenCard> cards = [];
    private readonly Dictionary<Guid, int> removed = [];
    private readonly Queue<Guid> removedOrder = new();
    private readonly Dictionary<string, Link> links = [];

    /// <summary>A message for a connection at a gateway.</summary>
    public readonly record struct Outgoing(Guid Gateway, DeviceMessage Message);

    /// <summary>The open cards, oldest first.</summary>
    public IReadOnlyList<Card> Cards => cards.Count == 0 ? [] : [.. cards.OrderBy(open => open.Value.At).ThenBy(open => open.Key).Select(open => open.Value.Card(serializer))];

    /// <summary>How many cards are open.</summary>
    public int Count => cards.Count;

    /// <summary>The live connections with their gateways.</summary>
    public IEnumerable<(Guid Gateway, DeviceConnection Connection)> Connections => links.Values.Select(link => (link.Gateway, link.Connection));

    /// <summary>Of all that is open what a device shows: the newest, and before them what everybody has to see. As many as are left when some had to be let go.</summary>
    public static IEnumerable<Card> Shown(IReadOnlyCollection<Card> open) => Shown(open, card => (card.Mandatory, card.At, card.Id));

    /// <summary>A card that should be shown. Older than what is known: nothing happens.</summary>
    public IReadOnlyList<Outgoing> Put(Card card)
    {
        if (cards.TryGetValue(card.Id, out var known) && known.Version >= card.Version
            || removed.TryGetValue(card.Id, out var gone) && gone >= card.Version)
        {
            return [];
        }

        removed.Remove(card.Id);
        cards[card.Id] = OpenCard.Of(card, serializer);
        return cards.Count > MostCards ? TellAndLetGo(card) : Tell(new() { Upsert = card });
    }

    /// <summary>A card that should be shown no more. Older than what is shown: nothing happens.</summary>
    /// <param name="card">The card and the version up to which it is gone.</param>
    /// <param name="forGood">False for one that may come back at the same version, because its reader changed their mind.</param>
    public IReadOnlyList<Outgoing> Take(CardRef card, bool forGood = true)
    {
        if (removed.TryGetValue(card.Id, out var gone) && gone >= card.Version)
        {
            return [];
        }

        var shown = cards.TryGetValue(card.Id, out var known);
        if (shown && known.Version > card.Version)
        {
            return [];
        }

        if (forGood)
        {
            Forget(card);
        }

        return cards.Remove(card.Id) ? Tell(new() { Remove = card }) : [];
    }

    /// <summary>
    /// What the read model says is open. Cards it has newer are put; cards of ours that it does not have are kept,
    /// because the read model may be behind.
    /// </summary>
    public IReadOnlyList<Outgoing> Merge(IEnumerable<Card> open) => [.. open.SelectMany(Put)];

    /// <summary>
    /// What a device shows and this inbox knows nothing of: closed long ago, or so new that the read model did not have it
    /// when the inbox was built. Whoever attaches the device finds out before the device is told to drop it.
    /// </summary>
    public IReadOnlyList<CardRef> Unknown(IReadOnlyList<CardRef>? have) =>
        have is null ? [] : [.. have.Where(card => card is not null && !cards.ContainsKey(card.Id) && !(removed.TryGetValue(card.Id, out var gone) && gone >= card.Version))];

    /// <summary>The right under which a connection is sent to; null when it is not known here.</summary>
    public long? TokenOf(string connectionId) => links.TryGetValue(connectionId, out var link) ? link.Connection.Token : null;

    /// <summary>Whether a card would be one more: it is not open here, and not known to be gone at its version.</summary>
    public bool IsNew(Card card) => !cards.ContainsKey(card.Id) && !(removed.TryGetValue(card.Id, out var gone) && gone >= card.Version);

    /// <summary>A connection: the whole set goes out first. The same device elsewhere is replaced.</summary>
    public IReadOnlyList<Outgoing> Attach(Guid gateway, DeviceConnection connection)
    {
        if (TokenOf(connection.ConnectionId) > connection.Token)
        {
            // An announcement that a later one has overtaken.
            return [];
        }

        foreach (var old in links.Values.Where(link => link.Connection.Hello.DeviceId == connection.Hello.DeviceId).ToList())
        {
            links.Remove(old.Connection.ConnectionId);
        }

        var link = new Link(gateway, connection);
        links[connection.ConnectionId] = link;
        return [link.Send(new() { Sync = Cards })];
    }

    /// <summary>A connection is gone.</summary>
    public void Detach(string connectionId) => links.Remove(connectionId);

    /// <summary>A connection's device began to be used, or was not for a while. True when that is new.</summary>
    public bool SetActive(string connectionId, bool active)
    {
        if (!links.TryGetValue(connectionId, out var link) || link.Connection.Active == active)
        {
            return false;
        }

        links[connectionId] = link with { Connection = link.Connection with { Active = active } };
        return true;
    }

    /// <summary>A message for every connection.</summary>
    public IReadOnlyList<Outgoing> Tell(DeviceMessage message)
    {
        var told = new Outgoing[links.Count];
        var next = 0;
        foreach (var link in links.Values)
        {
            told[next++] = link.Send(message);
        }

        return told;
    }

    /// <summary>The card as it is open now; null when it is not.</summary>
    public Card? Find(Guid id) => cards.TryGetValue(id, out var open) ? open.Card(serializer) : null;

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

        return [.. over.Select(link => link.Send(new() { SessionEnded = reason }))];
    }

    /// <summary>What is not among those that a device shows leaves before it comes, oldest first. It stays open, and is in the lists.</summary>
    private IReadOnlyList<Outgoing> TellAndLetGo(Card card)
    {
        var gone = cards.ExceptBy(Shown(cards, open => (open.Value.Mandatory, open.Value.At, open.Key)).Select(open => open.Key), open => open.Key).OrderBy(open => open.Value.At).ThenBy(open => open.Key).ToList();
        gone.ForEach(open => cards.Remove(open.Key));
        var left = gone.Where(open => open.Key != card.Id).SelectMany(open => Tell(new() { Remove = new() { Id = open.Key, Version = open.Value.Version } }));
        return [.. left, .. cards.ContainsKey(card.Id) ? Tell(new() { Upsert = card }) : []];
    }

    private static IEnumerable<T> Shown<T>(IReadOnlyCollection<T> open, Func<T, (bool Mandatory, DateTimeOffset At, Guid Id)> by) =>
        open.Count <= MostCards ? open : open.OrderByDescending(by).Take(MostCards - LetGo);

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

    private sealed record Link(Guid Gateway, DeviceConnection Connection)
    {
        public Outgoing Send(DeviceMessage message) => new(Gateway, message with { ConnectionId = Connection.ConnectionId, Token = Connection.Token });
    }
}
