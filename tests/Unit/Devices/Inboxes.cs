using LimoCha.Actors.Devices;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace LimoCha.Actors.Unit.Devices;

/// <summary>Inboxes as a person's actor has one.</summary>
internal static class Inboxes
{
    private static readonly Serializer<Card> Cards = new ServiceCollection().AddSerializer().BuildServiceProvider().GetRequiredService<Serializer<Card>>();

    public static Inbox New() => new(Cards);
}
