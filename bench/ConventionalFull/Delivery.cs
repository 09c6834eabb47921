using System.Collections.Concurrent;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.SignalR;

namespace LimoCha.Bench;

public sealed record Hello(string DeviceId, string Platform, CardRef[] Have);

/// <summary>Who has a device connected.</summary>
internal sealed class ConnectedUsers
{
    private readonly ConcurrentDictionary<Guid, int> devices = [];

    public void Come(Guid user) => devices.AddOrUpdate(user, 1, (_, count) => count + 1);

    public void Gone(Guid user) => devices.AddOrUpdate(user, 0, (_, count) => count - 1);

    public bool Has(Guid user) => devices.TryGetValue(user, out var count) && count > 0;
}

[Authorize]
internal sealed class DeviceHub(Store store, AckedRows acked, ConnectedUsers connected) : Hub
{
    private Guid User => Guid.Parse(Context.UserIdentifier!);

    public override Task OnConnectedAsync()
    {
        connected.Come(User);
        return Task.CompletedTask;
    }

    public override Task OnDisconnectedAsync(Exception? exception)
    {
        connected.Gone(User);
        return Task.CompletedTask;
    }

    /// <summary>What waits for the person goes to a device that comes.</summary>
    public async Task Hello(Hello hello) => await Clients.Caller.SendAsync("Sync", await store.WaitingAsync(User));

    public Task Ack(CardRef[] cards)
    {
        acked.Add(cards);
        return Task.CompletedTask;
    }
}

/// <summary>Hands out again what a connected device has not acknowledged for ten seconds.</summary>
internal sealed class Resends(Store store, ConnectedUsers connected, IHubContext<DeviceHub> hub) : BackgroundService
{
    private static readonly TimeSpan Late = TimeSpan.FromSeconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(5));
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            foreach (var (user, card) in await store.LateAsync(DateTimeOffset.UtcNow - Late))
            {
                if (connected.Has(user))
                {
                    await hub.Clients.User(user.ToString()).SendAsync("Upsert", card, stoppingToken);
                }
            }
        }
    }
}
