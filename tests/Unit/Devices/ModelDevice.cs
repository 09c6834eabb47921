using System.Diagnostics.CodeAnalysis;
using LimoCha.Actors.Devices;

namespace LimoCha.Actors.Unit.Devices;

/// <summary>A device: what it shows, and what it has yet to acknowledge.</summary>
internal sealed class ModelDevice
{
    private readonly Dictionary<Guid, int> shows = [];
    private readonly Dictionary<Guid, int> newest = [];
    private readonly Queue<CardRef> acks = new();

    public IReadOnlyList<CardRef> Shows => [.. shows.Select(pair => new CardRef { Id = pair.Key, Version = pair.Value })];

    public bool TryAcknowledge([NotNullWhen(true)] out CardRef? shown) => acks.TryDequeue(out shown);

    /// <summary>What it has not acknowledged it never will.</summary>
    public void Disconnect() => acks.Clear();

    public void Arrive(DeviceMessage message)
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
}
