using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using LimoCha.Actors.Testing;

namespace LimoCha.Actors.Chaos;

/// <summary>A process of the product that comes back when it dies, as under any supervisor, unless it is held down on purpose.</summary>
public sealed class Supervised : IAsyncDisposable
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);
    private readonly string project;
    private readonly (string Key, string Value)[] settings;
    private readonly ConcurrentQueue<ProductProcess> lives = new();
    private ProductProcess process;
    private volatile bool down;
    private volatile bool closing;

    public Supervised(string name, string project, MachineClock clock, params (string Key, string Value)[] settings)
    {
        (Name, this.project, this.settings) = (name, project, [.. settings, .. clock.Environment]);
        process = Start();
    }

    public string Name { get; }

    /// <summary>Times it died without being told to.</summary>
    public int Surprises { get; private set; }

    /// <summary>The last lines it printed.</summary>
    public string Output => process.Output;

    /// <summary>What it printed in all its lives, each under a line that says how it began.</summary>
    public string AllOutput => string.Join('\n', lives.Select((life, i) => $"--- life {i + 1}\n{life.Output}"));

    /// <summary>kill -9, and stays down until <see cref="Up"/>.</summary>
    public void Kill()
    {
        down = true;
        process.Kill();
    }

    /// <summary>How long it took to end after SIGTERM, each time; those that did not in time were killed.</summary>
    public List<TimeSpan> Stops { get; } = [];

    /// <summary>SIGTERM, waits for its clean end as a supervisor does, and stays down until <see cref="Up"/>.</summary>
    public async Task StopAsync()
    {
        down = true;
        var asked = Stopwatch.StartNew();
        using var patience = new CancellationTokenSource(Grace);
        await process.StopAsync(patience.Token).ContinueWith(_ => { }, TaskScheduler.Default);
        Stops.Add(asked.Elapsed);
        process.Kill();
    }

    /// <summary>Starts again.</summary>
    public void Up()
    {
        if (down)
        {
            process.WaitForExit();
            down = false;
            process = Start();
        }
    }

    /// <summary>SIGSTOP.</summary>
    public void Pause() => process.Signal("STOP");

    /// <summary>SIGCONT.</summary>
    public void Continue() => process.Signal("CONT");

    public async ValueTask DisposeAsync()
    {
        closing = true;
        await process.DisposeAsync();
    }

    private ProductProcess Start()
    {
        var started = ProductProcess.Start(project, settings);
        lives.Enqueue(started);
        started.Exited += ended =>
        {
            // A silo that was declared dead while it slept ends itself: its supervisor starts a new one.
            if (!down && !closing && ReferenceEquals(ended, process))
            {
                Surprises++;
                process = Start();
            }
        };
        return started;
    }
}

/// <summary>Two silos, two web processes, a PostgreSQL of their own, and the network before them.</summary>
public sealed class Deployment : IAsyncDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("limocha-chaos-").FullName;

    private Deployment()
    {
    }

    public Postgres Postgres { get; private set; } = default!;
    public IReadOnlyList<Supervised> Silos { get; private set; } = [];
    public IReadOnlyList<Supervised> Doors { get; private set; } = [];
    public Relay Relay { get; private set; } = default!;

    /// <summary>The wall clocks of two machines, each with a silo and a web process.</summary>
    public IReadOnlyList<MachineClock> Clocks { get; private set; } = [];

    public static async Task<Deployment> StartAsync()
    {
        var made = new Deployment { Postgres = await Testing.Postgres.StartNewAsync() };
        (string, string)[] common =
        [
            ("Storage:Provider", "PostgreSql"), ("Storage:ConnectionString", await made.Postgres.CreateDatabaseAsync()), ("Cluster:Mode", "AdoNet"), ("Cluster:ClusterId", "chaos"),
            ("Privacy:MasterKeys:1", Convert.ToBase64String(new byte[32])),
            ("Logging:LogLevel:Default", "Warning"), ("Logging:Console:FormatterOptions:TimestampFormat", "HH:mm:ss.fff "),
        ];
        made.Clocks = [.. Enumerable.Range(0, 2).Select(i => new MachineClock(Path.Combine(made.folder, $"clock-{i}")))];
        made.Silos = [.. Enumerable.Range(1, 2).Select(i => new Supervised($"silo-{i}", "Silo", made.Clocks[i - 1],
            [.. common, ("Cluster:SiloPort", $"{Ports.Free()}"), ("Cluster:GatewayPort", $"{Ports.Free()}"), ("Cluster:AdvertisedAddress", "127.0.0.1")]))];
        var ports = Enumerable.Range(0, 2).Select(_ => Ports.Free()).ToArray();
        made.Doors = [.. ports.Select((port, i) => new Supervised($"web-{i + 1}", "WebApi", made.Clocks[i],
        [
            .. common, ("Web:Mode", "Client"), ("Web:Secret", Convert.ToBase64String(new byte[32])), ("Web:AccessTokenLifetime", "10:00:00"),
            ("LIMOCHA_DATA", Path.Combine(made.folder, $"web-{i}")), ("LIMOCHA_URLS", $"http://127.0.0.1:{port}"),
            ("RateLimits:SignInsPerMinute", "1000000"), ("RateLimits:PerUserPerSecond", "100000"), ("RateLimits:PerUserBurst", "100000"), ("RateLimits:ConnectsPerUserPerSecond", "1000"),
        ]))];
        made.Relay = new(ports);
        using var http = new HttpClient();
        foreach (var port in ports)
        {
            await Eventually.TrueAsync(async () => (await http.GetAsync($"http://127.0.0.1:{port}/health/ready")).IsSuccessStatusCode, "a web process is ready", seconds: 60);
        }

        return made;
    }

    /// <summary>Makes the first admin through the one-time link, and staff through the API; answers everybody with a token.</summary>
    public async Task<IReadOnlyList<Person>> PeopleAsync(int count)
    {
        const string password = "a password for chaos";
        using var http = new HttpClient { BaseAddress = new(Relay.Address) };
        string[]? link = null;
        await Eventually.TrueAsync(
            () => Task.FromResult((link = Doors.SelectMany(door => door.Output.Split('\n', ' ')).Select(word => word.Split("/setup?token=")).FirstOrDefault(parts => parts.Length == 2)) is not null),
            "the first start prints its link", seconds: 30);
        (await http.PostAsJsonAsync($"{link![0]}/api/v1/setup", new { token = link[1].Trim(), userName = "chaos", displayName = "Chaos", password })).EnsureSuccessStatusCode();
        async Task<string> TokenAsync(string userName)
        {
            var answer = await http.PostAsJsonAsync("api/v1/auth/login", new { userName, password });
            answer.EnsureSuccessStatusCode();
            return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("accessToken").GetString()!;
        }

        var admin = await TokenAsync("chaos");
        http.DefaultRequestHeaders.Authorization = new("Bearer", admin);
        var people = new Person[count + 1];
        people[0] = new(Guid.Empty, admin);
        await Parallel.ForAsync(1, count + 1, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (i, token) =>
        {
            var made = await http.PostAsJsonAsync("api/v1/users", new { userName = $"chaos{i}", displayName = $"Chaos {i}", role = "staff", password }, token);
            made.EnsureSuccessStatusCode();
            people[i] = new((await made.Content.ReadFromJsonAsync<JsonElement>(token)).GetProperty("id").GetGuid(), await TokenAsync($"chaos{i}"));
        });
        return people;
    }

    public async ValueTask DisposeAsync()
    {
        await Relay.DisposeAsync();
        foreach (var process in Doors.Concat(Silos))
        {
            await process.DisposeAsync();
        }

        await Postgres.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }
}

/// <summary>Somebody with a token; the first is the admin who dispatches.</summary>
public sealed record Person(Guid Id, string Token);
