using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using LimoCha.Actors.Testing;

namespace LimoCha.Actors.EndToEnd;

/// <summary>A web process at an address of its own, with what is needed to start it again on the same data.</summary>
public sealed class Product : IAsyncDisposable
{
    private readonly (string Key, string Value)[] settings;
    private readonly string folder = Directory.CreateTempSubdirectory("limocha-e2e-").FullName;
    private readonly HttpClient http;

    private Product((string, string)[] settings)
    {
        var port = Ports.Free();
        Address = $"http://127.0.0.1:{port}";
        http = new() { BaseAddress = new(Address) };
        this.settings =
        [
            ("LIMOCHA_DATA", folder), ("LIMOCHA_URLS", Address), ("Cluster:SiloPort", $"{Ports.Free()}"), ("Cluster:GatewayPort", $"{Ports.Free()}"),
            ("RateLimits:SignInsPerMinute", "10000"), .. settings,
        ];
    }

    public string Address { get; }
    public string Folder => folder;
    public ProductProcess Process { get; private set; } = default!;

    /// <summary>The embedded default with the demo company.</summary>
    public static Task<Product> StartDemoAsync(params (string, string)[] settings) => StartAsync([("Web:Demo", "true"), .. settings]);

    public static async Task<Product> StartAsync(params (string, string)[] settings)
    {
        var product = new Product(settings);
        try
        {
            await product.StartAgainAsync();
        }
        catch
        {
            await product.Process.DisposeAsync();
            throw;
        }

        return product;
    }

    /// <summary>Starts on the same data and address, and waits until it serves.</summary>
    public async Task StartAgainAsync()
    {
        Process = ProductProcess.Start("WebApi", settings);
        var demo = settings.Contains(("Web:Demo", "true"));
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        var deadline = Stopwatch.StartNew();
        while (true)
        {
            deadline.Elapsed.TotalSeconds.Should().BeLessThan(60, "the product should start; it said: {0}", Process.Output);
            Process.HasExited.Should().BeFalse("the product should stay up; it said: {0}", Process.Output);
            if (await ReadyAsync() && (!demo || File.Exists(Path.Combine(folder, "demo-accounts.json"))))
            {
                return;
            }

            await look.WaitForNextTickAsync();
        }
    }

    public string Password(string userName) =>
        JsonSerializer.Deserialize<JsonElement>(File.ReadAllText(Path.Combine(folder, "demo-accounts.json"))).EnumerateArray()
            .Single(account => account.GetProperty("userName").GetString() == userName).GetProperty("password").GetString()!;

    /// <summary>A client signed in as one of the demo's accounts, who has proved again that it is them.</summary>
    public async Task<Api> SteppedUpAsync(string userName)
    {
        var api = await SignInAsync(userName);
        (await api.PostAsync("auth/step-up", new { password = Password(userName) })).Status.Should().Be(HttpStatusCode.NoContent);
        return api;
    }

    /// <summary>A client signed in as one of the demo's accounts.</summary>
    public async Task<Api> SignInAsync(string userName)
    {
        var api = new Api(Address);
        await api.SignInAsync(userName, Password(userName));
        return api;
    }

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        http.Dispose();
        // The company's own address, which the settings give and announcements print, is nobody's.
        var leaks = PersonalData.InFiles(folder, "*.db*").Concat(Process.Leaks).Where(leak => !settings.Any(setting => leak.EndsWith(setting.Value, StringComparison.Ordinal))).Distinct().Take(5).ToList();
        Directory.Delete(folder, recursive: true);
        leaks.Should().BeEmpty("contact data is sealed at rest and in no log (E1, E3)");
    }

    private async Task<bool> ReadyAsync()
    {
        try
        {
            return (await http.GetAsync("/health/ready")).IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}

/// <summary>The HTTP API as a client developer would call it: JSON in, JSON out.</summary>
public sealed class Api(string address) : IDisposable
{
    private readonly HttpClient http = new() { BaseAddress = new(address) };

    public string Address => address;

    public JsonElement Tokens { get; private set; }

    public async Task SignInAsync(string userName, string password)
    {
        var answer = await PostAsync("auth/login", new { userName, password });
        answer.Status.Should().Be(HttpStatusCode.OK, "{0}", answer.Text);
        Use(answer.Json);
    }

    public void Use(JsonElement tokens)
    {
        Tokens = tokens;
        http.DefaultRequestHeaders.Authorization = new("Bearer", tokens.GetProperty("accessToken").GetString());
    }

    public Task<Answer> GetAsync(string path) => SendAsync(HttpMethod.Get, path, null);

    public Task<Answer> PostAsync(string path, object? body, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Post, path, body, headers);

    public async Task<Answer> SendAsync(HttpMethod method, string path, object? body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path.StartsWith('/') ? path : $"/api/v1/{path}");
        request.Content = body switch
        {
            null => null,
            HttpContent content => content,
            string text => new StringContent(text, MediaTypeHeaderValue.Parse("application/json")),
            _ => JsonContent.Create(body),
        };
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await http.SendAsync(request);
        var answer = await response.Content.ReadAsStringAsync();
        return new(response.StatusCode, answer, response.Headers.ETag?.ToString(), response.Headers.Contains("Idempotency-Replayed"), response.Content.Headers.ContentType?.MediaType, response.Headers.RetryAfter is not null);
    }

    /// <summary>The items of all pages of a list; the path has a query already.</summary>
    public async Task<List<JsonElement>> GetAllAsync(string path)
    {
        List<JsonElement> items = [];
        string? cursor = null;
        do
        {
            var page = await GetAsync($"{path}{(cursor is null ? "" : $"&cursor={Uri.EscapeDataString(cursor)}")}");
            page.Status.Should().Be(HttpStatusCode.OK, "{0}", page.Text);
            items.AddRange(page.Json.GetProperty("items").EnumerateArray());
            cursor = page.Json.TryGetProperty("nextCursor", out var next) ? next.GetString() : null;
        }
        while (cursor is not null);
        return items;
    }

    /// <summary>The id of a demo account.</summary>
    public async Task<string> UserIdAsync(string userName) =>
        (await GetAsync($"users?q={userName}")).Json.GetProperty("items").EnumerateArray().Single(user => user.GetProperty("userName").GetString() == userName).GetProperty("id").GetString()!;

    public void Dispose() => http.Dispose();
}

public sealed record Answer(HttpStatusCode Status, string Text, string? ETag, bool Replayed, string? ContentType, bool HasRetryAfter)
{
    public JsonElement Json => JsonSerializer.Deserialize<JsonElement>(Text);

    public string? Problem => ContentType == "application/problem+json" ? Json.GetProperty("type").GetString() : null;
}

/// <summary>The npm client as a process; what it says is read as it comes.</summary>
public sealed class NodeDevice : IAsyncDisposable
{
    private readonly Process process;
    private readonly List<JsonElement> lines = [];
    private readonly Lock gate = new();
    private TaskCompletionSource said = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private NodeDevice(Process process)
    {
        this.process = process;
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is null)
            {
                return;
            }

            lock (gate)
            {
                lines.Add(JsonSerializer.Deserialize<JsonElement>(line.Data));
                said.TrySetResult();
                said = new(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        };
        process.BeginOutputReadLine();
    }

    public static async Task<NodeDevice> ConnectAsync(Product product, string userName, string deviceId, string protocol = "json", string? address = null)
    {
        var script = Path.Combine(Repository.Root, "tests", "EndToEnd", "device", "device.mjs");
        var start = new ProcessStartInfo("node", [script, address ?? product.Address, userName, product.Password(userName), deviceId, protocol]) { RedirectStandardOutput = true, RedirectStandardInput = true };
        var device = new NodeDevice(Process.Start(start)!);
        await device.UntilAsync(lines => lines.Any(line => line.TryGetProperty("connected", out _)));
        return device;
    }

    public IReadOnlyList<JsonElement> Lines
    {
        get
        {
            lock (gate)
            {
                return [.. lines];
            }
        }
    }

    /// <summary>Every (id, version) it ever showed, in order.</summary>
    public IReadOnlyList<(string Id, int Version)> Shown =>
        [.. Lines.Where(line => line.TryGetProperty("shows", out _)).Select(line => line.GetProperty("shows")).Select(card => (card.GetProperty("id").GetString()!, card.GetProperty("version").GetInt32()))];

    public int Connections => Lines.Count(line => line.TryGetProperty("connected", out _));

    public async Task<JsonElement> ActAsync(object act)
    {
        var before = Lines.Count(line => line.TryGetProperty("acted", out _));
        await process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(new { act }));
        await UntilAsync(lines => lines.Count(line => line.TryGetProperty("acted", out _)) > before);
        return Lines.Last(line => line.TryGetProperty("acted", out _)).GetProperty("acted");
    }

    public async Task UntilAsync(Func<IReadOnlyList<JsonElement>, bool> condition, int seconds = 45)
    {
        var deadline = Task.Delay(TimeSpan.FromSeconds(seconds));
        while (true)
        {
            Task next;
            lock (gate)
            {
                next = said.Task;
            }

            if (condition(Lines))
            {
                return;
            }

            (await Task.WhenAny(next, deadline)).Should().NotBe(deadline, "the device should have heard of it; it said {0}", string.Join('\n', Lines.TakeLast(20)));
        }
    }

    public Task UntilShownAsync(string id, int version = 1) => UntilAsync(_ => Shown.Any(card => card.Id == id && card.Version >= version));

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill();
            await process.WaitForExitAsync();
        }

        process.Dispose();
    }
}
