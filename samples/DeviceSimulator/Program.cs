using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;

// A few devices that sign in and connect through the public API and hub, as phones would, and print what they show.
// usage: DeviceSimulator <base address> <accounts file> <user name>...
if (args.Length < 3)
{
    await Console.Error.WriteLineAsync("usage: DeviceSimulator <base address> <accounts file> <user name>...");
    return 2;
}

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    stop.Cancel();
};
AppDomain.CurrentDomain.ProcessExit += (_, _) => stop.Cancel();

var (address, file) = (new Uri(args[0]), args[1]);
var accounts = JsonSerializer.Deserialize<List<Account>>(await File.ReadAllTextAsync(file), JsonSerializerOptions.Web)!.ToDictionary(account => account.UserName);
await Task.WhenAll(args[2..].Select(userName => new Device(address, accounts[userName]).RunAsync(stop.Token)));
return 0;

internal sealed record Account(string UserName, string Password, string Role);

internal sealed record Token(string AccessToken, string RefreshToken);

internal sealed record CardRef(Guid Id, int Version);

internal sealed record Card(Guid Id, string Kind, int Version, string Title, JsonElement? Data)
{
    /// <summary>A task's stage; a notice has none.</summary>
    public string State => Data is { ValueKind: JsonValueKind.Object } data && data.TryGetProperty("stage", out var stage) ? $"{stage}" : Kind;
}

/// <summary>One device: shows each card version once, acknowledges it, and comes back by itself.</summary>
internal sealed class Device(Uri address, Account account)
{
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);
    private readonly Dictionary<Guid, int> shown = [];
    private readonly SemaphoreSlim oneAtATime = new(1, 1);

    public async Task RunAsync(CancellationToken stop)
    {
        using var http = new HttpClient { BaseAddress = address };
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await ConnectAsync(http, stop);
            }
            catch (Exception error) when (error is HttpRequestException or HubException or InvalidOperationException or IOException)
            {
                Print($"not connected ({error.GetType().Name}); trying again");
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }

            await Task.Delay(Retry, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ConnectAsync(HttpClient http, CancellationToken stop)
    {
        var answer = await http.PostAsJsonAsync("api/v1/auth/login", new { account.UserName, account.Password, deviceId = $"demo-{account.UserName}" }, stop);
        answer.EnsureSuccessStatusCode();
        var token = (await answer.Content.ReadFromJsonAsync<Token>(stop))!;

        await using var hub = new HubConnectionBuilder()
            .WithUrl(new Uri(address, "hubs/device"), options => options.AccessTokenProvider = () => Task.FromResult<string?>(token.AccessToken))
            .Build();
        var closed = new TaskCompletionSource();
        hub.Closed += _ =>
        {
            closed.TrySetResult();
            return Task.CompletedTask;
        };
        hub.On<List<Card>>("Sync", cards => ShowAsync(hub, cards, whole: true));
        hub.On<Card>("Upsert", card => ShowAsync(hub, [card], whole: false));
        hub.On<Guid, int>("Remove", (id, version) => RemoveAsync(hub, id, version));
        await hub.StartAsync(stop);
        await hub.InvokeAsync("Hello", new
        {
            deviceId = $"demo-{account.UserName}", platform = "simulator", appVersion = "1", have = shown.Select(pair => new CardRef(pair.Key, pair.Value)),
        }, stop);
        await using var registration = stop.Register(() => closed.TrySetResult());
        await closed.Task;
    }

    private async Task ShowAsync(HubConnection hub, List<Card> cards, bool whole)
    {
        await oneAtATime.WaitAsync();
        try
        {
            if (whole)
            {
                foreach (var gone in shown.Keys.Except(cards.Select(card => card.Id)).ToList())
                {
                    shown.Remove(gone);
                }

                Print($"in sync: {cards.Count} cards");
            }

            foreach (var card in cards.Where(card => shown.GetValueOrDefault(card.Id) < card.Version))
            {
                shown[card.Id] = card.Version;
                Print($"shows {card.Title} [{card.State}] v{card.Version}");
            }
        }
        finally
        {
            oneAtATime.Release();
        }

        if (cards.Count > 0)
        {
            await hub.SendAsync("Ack", cards.Select(card => new CardRef(card.Id, card.Version)));
        }
    }

    private async Task RemoveAsync(HubConnection hub, Guid id, int version)
    {
        await oneAtATime.WaitAsync();
        if (shown.TryGetValue(id, out var known) && known <= version)
        {
            shown.Remove(id);
            Print($"takes away {id}");
        }

        oneAtATime.Release();
        await hub.SendAsync("Ack", new[] { new CardRef(id, version) });
    }

    private void Print(string text) => Console.WriteLine($"[{account.UserName}] {text}");
}
