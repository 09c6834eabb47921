using System.Diagnostics.CodeAnalysis;
using LimoCha.Actors.Devices;

namespace LimoCha.Actors.Unit.Devices;

/// <summary>A gateway with one connection at most, and the network from there to the device.</summary>
internal sealed class ModelGateway
{
    private Fence fence = new();
    private Unacknowledged unacknowledged = new();
    private Queue<DeviceMessage> network = new();
    private int connections;

    public string? Connection { get; private set; }

    /// <summary>True when somebody without the right has sent: until the actor is told of the connection again.</summary>
    public bool ToAnnounce { get; set; }

    public int Unacknowledged => unacknowledged.Count;

    public void Connect()
    {
        Connection = $"c{++connections}";
        (unacknowledged, network, fence, ToAnnounce) = (new(), new(), new(), false);
    }

    /// <summary>The connection with what the device shows; what it will be shown in a moment counts as shown.</summary>
    public DeviceConnection Announcement(IEnumerable<CardRef> shown, DateTimeOffset now) =>
        new(Connection!, Guid.Empty, new() { DeviceId = "phone", Platform = "test", Have = [.. shown.Concat(network.SelectMany(Mentioned))] }, now) { Token = fence.Issue() };

    public void Take(DeviceMessage message, DateTimeOffset now, IReadOnlyList<CardRef>? have = null)
    {
        if (message.ConnectionId != Connection)
        {
            return;
        }

        if (!fence.Passes(message.Token))
        {
            ToAnnounce = true;
            return;
        }

        unacknowledged.Sent(message, have, now);
        network.Enqueue(message);
    }

    public void Acknowledge(CardRef shown, DateTimeOffset now) => unacknowledged.Acknowledge([shown], now);

    public void Resend(DateTimeOffset now)
    {
        foreach (var message in Connection is null ? [] : unacknowledged.Due(now, 0.5))
        {
            network.Enqueue(message);
        }
    }

    public bool TryCarry([NotNullWhen(true)] out DeviceMessage? message) => network.TryDequeue(out message);

    /// <summary>The connection is gone; answers what arrived all the same.</summary>
    public IReadOnlyList<DeviceMessage> Cut()
    {
        DeviceMessage[] arrived = [.. network.Take(network.Count / 2)];
        (Connection, unacknowledged) = (null, new());
        network.Clear();
        return arrived;
    }

    private static IEnumerable<CardRef> Mentioned(DeviceMessage message) =>
        message.Upsert is { } card ? [new() { Id = card.Id, Version = card.Version }] : message.Sync?.Select(open => new CardRef { Id = open.Id, Version = open.Version }) ?? [];
}
