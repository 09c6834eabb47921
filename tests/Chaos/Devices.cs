using System.Diagnostics;
using System.Text.Json;
using Microsoft.AspNetCore.SignalR.Client;

namespace LimoCha.Actors.Chaos;

/// <summary>A device on the .NET client: connects, says hello with what it has, shows, acknowledges, and comes back when it is cut off.</summary>
public sealed class DotNetDevice(string address, Person person, string name, DeviceLog log, TimeProvider clock, long started) : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);
    private readonly CancellationTokenSource closing = new();
    private readonly Dictionary<Guid, int> shows = [];
    private long connectedAt;
    private Task running = Task.CompletedTask;

    /// <summary>True while connected and synced.</summary>
    public bool Connected { get; private set; }

    public string Name => name;

    /// <summary>How long its last Sync took from the moment it was connected.</summary>
    public TimeSpan SyncTook { get; private set; }

    /// <summary>Why it was not the last time.</summary>
    public string? Problem { get; private set; }

    public void Start() => running = RunAsync();

    public async ValueTask DisposeAsync()
    {
        await closing.CancelAsync();
        await running;
        closing.Dispose();
    }

    private async Task RunAsync()
    {
        while (!closing.IsCancellationRequested)
        {
            var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await using var hub = new HubConnectionBuilder().WithUrl($"{address}/hubs/device", options => options.AccessTokenProvider = () => Task.FromResult<string?>(person.Token)).Build();
            hub.Closed += _ =>
            {
                closed.TrySetResult();
                return Task.CompletedTask;
            };
            hub.On<Card[]>("Sync", cards => SyncAsync(hub, cards));
            hub.On<Card>("Upsert", card => UpsertAsync(hub, card));
            hub.On<Guid, int>("Remove", (id, version) => RemoveAsync(hub, id, version));
            try
            {
                await hub.StartAsync(closing.Token);
                connectedAt = clock.GetTimestamp();
                CardRef[] have;
                lock (shows)
                {
                    have = [.. shows.Select(pair => new CardRef(pair.Key, pair.Value))];
                }

                await hub.InvokeAsync("Hello", new { deviceId = name, platform = "dotnet", have }, closing.Token);
                await closed.Task.WaitAsync(closing.Token);
            }
            catch (Exception error) when (error is not OutOfMemoryException)
            {
                // Whatever it was: a device tries again.
                Problem = error.Message;
            }

            Connected = false;
            await Task.Delay(Pause, closing.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private Task SyncAsync(HubConnection hub, Card[] cards)
    {
        lock (shows)
        {
            foreach (var gone in shows.Keys.Except(cards.Select(card => card.Id)).ToList())
            {
                Remove(gone, shows[gone]);
            }

            foreach (var card in cards)
            {
                Show(card);
            }

            Add(Seen.Synced, Guid.Empty, cards.Length);
        }

        SyncTook = Connected ? SyncTook : clock.GetElapsedTime(connectedAt);
        Connected = true;
        return cards.Length == 0 ? Task.CompletedTask : hub.SendAsync("Ack", cards.Select(card => new CardRef(card.Id, card.Version)).ToArray());
    }

    private Task UpsertAsync(HubConnection hub, Card card)
    {
        lock (shows)
        {
            Show(card);
        }

        return hub.SendAsync("Ack", new[] { new CardRef(card.Id, card.Version) });
    }

    private Task RemoveAsync(HubConnection hub, Guid id, int version)
    {
        lock (shows)
        {
            if (shows.TryGetValue(id, out var known) && known <= version)
            {
                Remove(id, version);
            }
        }

        return hub.SendAsync("Ack", new[] { new CardRef(id, version) });
    }

    private void Show(Card card)
    {
        if (!shows.TryGetValue(card.Id, out var known) || known < card.Version)
        {
            shows[card.Id] = card.Version;
            Add(Seen.Shown, card.Id, card.Version);
        }
    }

    private void Remove(Guid id, int version)
    {
        shows.Remove(id);
        Add(Seen.Removed, id, version);
    }

    private void Add(Seen seen, Guid card, int version) => log.Add(new(seen, card, version, clock.GetElapsedTime(started)));

    private sealed record Card(Guid Id, int Version);

    private sealed record CardRef(Guid Id, int Version);
}

/// <summary>Many devices on the public npm client in one Node process; they say what they show, a JSON line each.</summary>
public sealed class NodeDevices : IAsyncDisposable
{
    private readonly Process process;
    private readonly HashSet<string> connected = [];
    private readonly Dictionary<string, string> last = [];

    public NodeDevices(string script, string address, IReadOnlyList<(Person Person, string Name)> devices, History history, TimeProvider clock, long started)
    {
        process = Process.Start(new ProcessStartInfo("node", [script]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        var owners = devices.ToDictionary(device => device.Name, device => device.Person.Id);
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is not { Length: > 0 } text)
            {
                return;
            }

            var said = JsonSerializer.Deserialize<JsonElement>(text);
            var (name, what) = (said.GetProperty("device").GetString()!, said.GetProperty("what").GetString());
            lock (connected)
            {
                last[name] = what is "shown" or "removed" or "closed" ? last.GetValueOrDefault(name, what) : what!;
                _ = what switch { "synced" => connected.Add(name), "closed" => connected.Remove(name), _ => false };
            }

            Seen? seen = what switch { "shown" => Seen.Shown, "removed" => Seen.Removed, "synced" => Seen.Synced, _ => null };
            if (seen is { } kind)
            {
                history.Device(name, owners[name]).Add(new(kind, kind == Seen.Synced ? Guid.Empty : said.GetProperty("id").GetGuid(), said.GetProperty("version").GetInt32(), clock.GetElapsedTime(started)));
            }
        };
        process.BeginOutputReadLine();
        process.StandardInput.WriteLine(JsonSerializer.Serialize(new { address, devices = devices.Select(device => new { name = device.Name, token = device.Person.Token }) }));
    }

    /// <summary>What a device said last about its connection.</summary>
    public string Last(string device)
    {
        lock (connected)
        {
            return last.GetValueOrDefault(device, "nothing");
        }
    }

    /// <summary>Those that are connected and synced.</summary>
    public IReadOnlySet<string> Connected
    {
        get
        {
            lock (connected)
            {
                return connected.ToHashSet();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }
}
