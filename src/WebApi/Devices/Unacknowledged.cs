namespace LimoCha.Actors.Devices;

/// <summary>
/// What one connection was sent and has not acknowledged. Plain state without clock or network. It is bounded by
/// <see cref="Most"/>: a device that takes cards and never acknowledges is given up before it fills the memory.
/// </summary>
public sealed class Unacknowledged
{
    /// <summary>A send waits this long before the first repeat; each repeat doubles it, with up to a quarter of jitter.</summary>
    public static readonly TimeSpan FirstResend = TimeSpan.FromSeconds(2);

    /// <summary>The longest wait between repeats, before jitter.</summary>
    public static readonly TimeSpan LastResend = TimeSpan.FromMinutes(1);

    /// <summary>Messages that may wait.</summary>
    public const int Most = 2_000;

    private readonly Dictionary<Guid, Wait> waiting = [];

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
    public void Acknowledge(IReadOnlyList<CardRef> shown, Action<DeviceMessage>? was = null)
    {
        ArgumentNullException.ThrowIfNull(shown);
        foreach (var card in shown)
        {
            if (card is not null && waiting.TryGetValue(card.Id, out var wait) && wait.Version <= card.Version)
            {
                waiting.Remove(card.Id);
                was?.Invoke(wait.Message);
            }
        }
    }

    /// <summary>What has waited too long and goes out again now.</summary>
    /// <param name="now">The time.</param>
    /// <param name="jitter">0 to 1: how much of the jitter the next waits get.</param>
    public IReadOnlyList<DeviceMessage> Due(DateTimeOffset now, double jitter)
    {
        if (waiting.Count == 0)
        {
            return [];
        }

        var due = waiting.Where(pair => pair.Value.Next <= now).ToList();
        foreach (var (id, wait) in due)
        {
            var step = wait.Step * 2 < LastResend ? wait.Step * 2 : LastResend;
            waiting[id] = wait with { Step = step, Next = now + step * (1 + jitter / 4) };
        }

        return [.. due.Select(pair => pair.Value.Message)];
    }

    private void Add(Guid id, int version, DeviceMessage message, DateTimeOffset now) =>
        waiting[id] = new(version, message, now + FirstResend, FirstResend);

    private readonly record struct Wait(int Version, DeviceMessage Message, DateTimeOffset Next, TimeSpan Step);
}
