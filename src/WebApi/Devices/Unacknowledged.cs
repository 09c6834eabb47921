namespace LimoCha.Actors.Devices;

/// <summary>
/// What one connection was sent and has not acknowledged. Plain state without clock or network. It is bounded by
/// <see cref="Most"/>: a device that takes cards and never acknowledges is given up before it fills the memory.
/// </summary>
/// <remarks>
/// A connection delivers in order or breaks, so a message that waits is late far more often than lost, and sending it again
/// then is work for a device or a server that is behind already. So, as TCP does (RFC 8985): what was sent well before
/// something that is acknowledged has been passed over, and goes out again; and when nothing is acknowledged for longer
/// than acknowledgements of this connection take (<see cref="RoundTrip"/>), its oldest few go out again, as a probe.
/// </remarks>
public sealed class Unacknowledged
{
    /// <summary>A message is passed over when one that was sent so much later is acknowledged; twice as much after each repeat.</summary>
    public static readonly TimeSpan PassedOver = TimeSpan.FromSeconds(2);

    /// <summary>The longest wait between probes, before jitter.</summary>
    public static readonly TimeSpan LastProbe = RoundTrip.Longest;

    /// <summary>Messages in a probe.</summary>
    public const int Probe = 10;

    /// <summary>Messages that may wait.</summary>
    public const int Most = 2_000;

    private const int MostDoublings = 5;
    private readonly Dictionary<Guid, Wait> waiting = [];
    private readonly RoundTrip trip = new();
    private DateTimeOffset reached = DateTimeOffset.MinValue;
    private DateTimeOffset probeAt;
    private TimeSpan pause;

    /// <summary>How many wait.</summary>
    public int Count => waiting.Count;

    /// <summary>The cards that wait; what was to be taken away is not among them.</summary>
    public IReadOnlyList<CardRef> Cards => [.. waiting.Where(pair => pair.Value.Message.Upsert is not null).Select(pair => new CardRef { Id = pair.Key, Version = pair.Value.Version })];

    /// <summary>A message goes out; what <paramref name="have"/> says the device shows already is not waited for.</summary>
    public void Sent(DeviceMessage message, IReadOnlyList<CardRef>? have, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (message.Upsert is { } card)
        {
            Add(card.Id, card.Version, message, now);
        }
        else if (message.Remove is { } gone)
        {
            Add(gone.Id, gone.Version, message, now);
        }
        else if (message.Sync is { } all)
        {
            waiting.Clear();
            var known = have is { Count: > 0 } ? have.GroupBy(shown => shown.Id).ToDictionary(group => group.Key, group => group.Max(shown => shown.Version)) : [];
            foreach (var open in all.Where(open => known.GetValueOrDefault(open.Id) < open.Version))
            {
                Add(open.Id, open.Version, new() { ConnectionId = message.ConnectionId, Upsert = open }, now);
            }
        }
    }

    /// <summary>The device has shown these; unknown ones and old versions are ignored. <paramref name="was"/> hears what had waited.</summary>
    public void Acknowledge(IReadOnlyList<CardRef> shown, DateTimeOffset now, Action<DeviceMessage>? was = null)
    {
        ArgumentNullException.ThrowIfNull(shown);
        foreach (var card in shown)
        {
            if (card is not null && waiting.TryGetValue(card.Id, out var wait) && wait.Version <= card.Version)
            {
                waiting.Remove(card.Id);
                reached = wait.First > reached ? wait.First : reached;
                // Which of several copies is acknowledged is not known: from the first it is perhaps too long, never too short.
                trip.Took(now - wait.First);
                StartTimer(now);
                was?.Invoke(wait.Message);
            }
        }
    }

    /// <summary>What goes out again now.</summary>
    /// <param name="now">The time.</param>
    /// <param name="jitter">0 to 1: how much of the jitter, up to a quarter, the next pause gets.</param>
    public IReadOnlyList<DeviceMessage> Due(DateTimeOffset now, double jitter)
    {
        if (waiting.Count == 0)
        {
            return [];
        }

        var due = waiting.Where(pair => pair.Value.Last + PassedOver * (1 << pair.Value.Repeats) < reached).ToList();
        if (probeAt <= now)
        {
            due = [.. due.UnionBy(waiting.OrderBy(pair => pair.Value.First).Take(Probe), pair => pair.Key)];
            pause = pause * 2 < LastProbe ? pause * 2 : LastProbe;
            probeAt = now + pause * (1 + jitter / 4);
        }

        foreach (var (id, wait) in due)
        {
            waiting[id] = wait with { Last = now, Repeats = Math.Min(wait.Repeats + 1, MostDoublings) };
        }

        return [.. due.Select(pair => pair.Value.Message)];
    }

    private void Add(Guid id, int version, DeviceMessage message, DateTimeOffset now)
    {
        if (waiting.Count == 0)
        {
            StartTimer(now);
        }

        waiting[id] = new(version, message, now, now, 0);
    }

    private void StartTimer(DateTimeOffset now)
    {
        pause = trip.Timeout;
        probeAt = now + pause;
    }

    private readonly record struct Wait(int Version, DeviceMessage Message, DateTimeOffset First, DateTimeOffset Last, int Repeats);
}
