using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using HdrHistogram;
using Microsoft.AspNetCore.SignalR.Client;

// The load generator. Connects devices over SignalR, posts tasks to them, and measures from the moment a request was
// due to the moment the device shows the card, so that a server that stalls is charged for what waited meanwhile.
//   closed <base> <users.json> <devices> <callers> <seconds>          as fast as the answers come
//   open   <base> <users.json> <devices> <rate> <seconds>             at a fixed rate, whatever the answers do
// Prints one JSON line. Besides:
//   prepare <base> <set-up token> <count> <users.json>                makes staff through the product's API
//   report  <results.jsonl>                                           medians and ratios as a table
var mode = args[0];
if (mode == "prepare")
{
    await LimoCha.Bench.Prepare.RunAsync(new(args[1]), args[2], Number(args[3]), args[4]);
    return 0;
}

if (mode == "report")
{
    LimoCha.Bench.Report.Print(await File.ReadAllLinesAsync(args[1]));
    return 0;
}

var address = new Uri(args[1]);
var users = JsonSerializer.Deserialize<List<User>>(await File.ReadAllTextAsync(args[2]), JsonSerializerOptions.Web)!;
var (devices, load, seconds) = (Number(args[3]), Number(args[4]), Number(args[5]));

var caller = users[0];
var people = users.Skip(1).Take(devices).ToList();
var pending = new ConcurrentDictionary<string, long>();
var shown = new LongConcurrentHistogram(1, TimeSpan.FromMinutes(2).Ticks / 10, 3);
var answered = new LongConcurrentHistogram(1, TimeSpan.FromMinutes(2).Ticks / 10, 3);
var (measuring, received, resent, errors, completed) = (false, 0L, 0L, 0L, 0L);
var seen = new ConcurrentDictionary<Guid, int>();

var hubs = new List<HubConnection>();
await Parallel.ForEachAsync(people, new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (person, token) =>
{
    var hub = new HubConnectionBuilder().WithUrl(new Uri(address, "hubs/device"), options =>
    {
        options.AccessTokenProvider = () => Task.FromResult<string?>(person.Token);
        options.SkipNegotiation = true;
        options.Transports = Microsoft.AspNetCore.Http.Connections.HttpTransportType.WebSockets;
    }).Build();
    hub.On<CardRef[]>("Sync", cards =>
    {
        foreach (var card in cards)
        {
            seen[card.Id] = card.Version;
        }

        return cards.Length == 0 ? Task.CompletedTask : hub.SendAsync("Ack", cards);
    });
    hub.On<Card>("Upsert", card =>
    {
        if (!seen.TryAdd(card.Id, card.Version))
        {
            Interlocked.Increment(ref resent);
        }
        else if (pending.TryRemove(card.Title, out var due))
        {
            Interlocked.Increment(ref received);
            shown.RecordValue(Math.Max(1, Microseconds(due)));
        }

        return hub.SendAsync("Ack", new[] { new CardRef(card.Id, card.Version) });
    });
    await hub.StartAsync(token);
    await hub.InvokeAsync("Hello", new { deviceId = $"bench-{person.Id:N}", platform = "bench" }, token);
    lock (hubs)
    {
        hubs.Add(hub);
    }
});

using var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 512, PooledConnectionIdleTimeout = TimeSpan.FromMinutes(5) }) { BaseAddress = address };
http.DefaultRequestHeaders.Authorization = new("Bearer", caller.Token);

await RunAsync(Math.Max(2, seconds / 2));
(received, resent, errors, completed) = (0, 0, 0, 0);
shown.Reset();
answered.Reset();
pending.Clear();
measuring = true;
var watch = Stopwatch.StartNew();
await RunAsync(seconds);
var elapsed = watch.Elapsed.TotalSeconds;
// What was posted in time may arrive a little later; what has not come after 10 s is lost.
var patience = Stopwatch.StartNew();
while (!pending.IsEmpty && patience.Elapsed < TimeSpan.FromSeconds(10))
{
    await Task.Delay(20);
}

Console.WriteLine(JsonSerializer.Serialize(new
{
    mode, devices, load, seconds, rate = Math.Round(completed / elapsed, 1), completed, received, lost = pending.Count, resent, errors,
    shownP50 = Ms(shown, 50), shownP99 = Ms(shown, 99), answeredP50 = Ms(answered, 50), answeredP99 = Ms(answered, 99),
}));
return 0;

async Task RunAsync(int duration)
{
    var end = Stopwatch.GetTimestamp() + duration * Stopwatch.Frequency;
    if (mode == "closed")
    {
        await Task.WhenAll(Enumerable.Range(0, load).Select(async worker =>
        {
            var random = new Random(worker);
            while (Stopwatch.GetTimestamp() < end)
            {
                await PostAsync(people[random.Next(people.Count)], Stopwatch.GetTimestamp());
            }
        }));
        return;
    }

    var started = Stopwatch.GetTimestamp();
    var tasks = new List<Task>();
    var choose = new Random(1);
    for (long i = 0; ; i++)
    {
        var due = started + i * Stopwatch.Frequency / load;
        if (due >= end)
        {
            break;
        }

        while (Stopwatch.GetTimestamp() < due)
        {
            await Task.Delay(1);
        }

        tasks.Add(PostAsync(people[choose.Next(people.Count)], due));
    }

    await Task.WhenAll(tasks);
}

async Task PostAsync(User to, long due)
{
    var title = Guid.CreateVersion7().ToString("N");
    pending[title] = due;
    try
    {
        using var content = new StringContent($$"""{"title":"{{title}}","assigneeId":"{{to.Id}}","description":"Bring the contract and the samples, and ask for the signed copy."}""", Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        using var answer = await http.PostAsync(new Uri("api/v1/tasks", UriKind.Relative), content);
        if (answer.IsSuccessStatusCode)
        {
            Interlocked.Increment(ref completed);
            answered.RecordValue(Math.Max(1, Microseconds(due)));
            return;
        }
    }
    catch (HttpRequestException) when (measuring)
    {
        // Counted below.
    }

    pending.TryRemove(title, out _);
    Interlocked.Increment(ref errors);
}

static long Microseconds(long since) => (Stopwatch.GetTimestamp() - since) * 1_000_000 / Stopwatch.Frequency;

static double Ms(HistogramBase histogram, double percentile) => histogram.TotalCount == 0 ? 0 : Math.Round(histogram.GetValueAtPercentile(percentile) / 1000.0, 1);

static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

internal sealed record User(Guid Id, string Token);

internal sealed record Card(Guid Id, int Version, string Title);

internal sealed record CardRef(Guid Id, int Version);
