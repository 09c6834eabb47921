namespace LimoCha.Actors.Devices;

/// <summary>One live connection as its gateway holds it: what it shows, what it has not acknowledged, when it was used.</summary>
internal sealed class DeviceLink(Guid userId, DeviceConnection connection, IReadOnlyList<CardRef>? have, IDeviceSink sink, Fence fence, DateTimeOffset now)
{
    /// <summary>A device that nobody used for so long is idle.</summary>
    public static readonly TimeSpan IdleAfter = TimeSpan.FromMinutes(5);

    private readonly Dictionary<Guid, int> shows = Newest(have);
    private DateTimeOffset usedAt = now;
    private bool background;

    public Guid UserId => userId;

    public DeviceConnection Connection => connection;

    /// <summary>What the device said it had when it came.</summary>
    public IReadOnlyList<CardRef>? Have => have;

    public IDeviceSink Sink => sink;

    /// <summary>Who may send to it; of the connection, so it outlives a second Hello.</summary>
    public Fence Fence => fence;

    public SemaphoreSlim Turn { get; } = new(1, 1);

    /// <summary>Also the lock of what the device shows.</summary>
    public Unacknowledged Unacknowledged { get; } = new();

    /// <summary>
    /// True when the cluster has forgotten this gateway, or somebody without the right to sent something: until the actor
    /// has been told of the connection again.
    /// </summary>
    public bool ToAnnounce { get; set; }

    /// <summary>True once its actor has sent to it; before that the actor is learning of it right now.</summary>
    public bool Announced { get; set; }

    /// <summary>What the actor was told last of whether the device is in use.</summary>
    public bool ToldActive { get; set; } = true;

    /// <summary>The device was used, or says that its app came to the front or went to the back.</summary>
    public void Used(DateTimeOffset at, bool? foreground = null)
    {
        usedAt = at;
        // Whoever uses it has it in front of them, unless it says otherwise.
        background = foreground == false;
    }

    /// <summary>Whether the device is in use.</summary>
    public bool IsActive(DateTimeOffset at) => !background && at - usedAt < IdleAfter;

    /// <summary>Whether a message comes from the actor that was told of the connection last. Under the lock.</summary>
    public bool Passes(DeviceMessage message) => fence.Passes(message.Token);

    /// <summary>A message is on its way: what the device shows when it has arrived. Under the lock.</summary>
    public void Note(DeviceMessage message)
    {
        if (message.Sync is { } all)
        {
            shows.Clear();
            foreach (var card in all)
            {
                shows[card.Id] = card.Version;
            }
        }
        else if (message.Upsert is { } card)
        {
            shows[card.Id] = Math.Max(shows.GetValueOrDefault(card.Id), card.Version);
        }
        else if (message.Remove is { } gone)
        {
            shows.Remove(gone.Id);
        }
    }

    /// <summary>The connection for an actor that is told of it, with what the device shows; whoever was told before may not send any more.</summary>
    public DeviceConnection Announcement()
    {
        lock (Unacknowledged)
        {
            return connection.WithHave(shows.Count == 0 ? null : [.. shows.Select(pair => new CardRef { Id = pair.Key, Version = pair.Value })]) with { Token = fence.Issue(), Active = ToldActive };
        }
    }

    /// <summary>Each card at the newest version of it that is named.</summary>
    private static Dictionary<Guid, int> Newest(IReadOnlyList<CardRef>? have)
    {
        var newest = new Dictionary<Guid, int>();
        foreach (var card in have ?? [])
        {
            if (card is not null)
            {
                newest[card.Id] = Math.Max(newest.GetValueOrDefault(card.Id), card.Version);
            }
        }

        return newest;
    }

    /// <summary>What it was sent and never acknowledged.</summary>
    public IReadOnlyList<CardRef> Unseen()
    {
        lock (Unacknowledged)
        {
            return Unacknowledged.Cards;
        }
    }
}
