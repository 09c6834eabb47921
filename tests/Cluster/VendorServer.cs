using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace LimoCha.Actors.Cluster;

/// <summary>
/// The four vendors' push services on this machine, as their documentation describes them: addresses, authentication
/// (checked: basic, RS256 assertion, ES256 provider token, client credentials), required fields, answers and error codes.
/// </summary>
internal sealed class VendorServer : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ConcurrentDictionary<string, byte> tokens = new();

    private VendorServer(WebApplication app) => this.app = app;

    public sealed record Received(string Vendor, string Token, string Title, string? Body, string Collapse, string Raw);

    public RSA GoogleKey { get; } = RSA.Create(2048);
    public ECDsa AppleKey { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    public ConcurrentQueue<Received> Pushes { get; } = new();
    /// <summary>Phones that are gone.</summary>
    public ConcurrentDictionary<string, byte> Gone { get; } = new();
    /// <summary>The next requests are answered with this status.</summary>
    public ConcurrentQueue<int> Fail { get; } = new();
    public int Tokens => tokens.Count;
    public int Requests;
    /// <summary>Pushes are answered when this is done.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    /// <summary>HTTP/1.1 for three of them; APNs speaks HTTP/2 only.</summary>
    public string Http1 { get; private set; } = "";
    public string Http2 { get; private set; } = "";

    public static async Task<VendorServer> StartAsync()
    {
        var (h1, h2) = (Testing.Ports.Free(), Testing.Ports.Free());
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(System.Net.IPAddress.Loopback, h1, listen => listen.Protocols = HttpProtocols.Http1);
            kestrel.Listen(System.Net.IPAddress.Loopback, h2, listen => listen.Protocols = HttpProtocols.Http2);
        });
        var server = new VendorServer(builder.Build()) { Http1 = $"http://127.0.0.1:{h1}", Http2 = $"http://127.0.0.1:{h2}" };
        server.Map();
        await server.app.StartAsync();
        return server;
    }

    /// <summary>The settings that lead here.</summary>
    public (string, string)[] Settings =>
    [
        ("Push:Period", "00:00:00.100"),
        ("Push:JPush:AppKey", "app"), ("Push:JPush:MasterSecret", "master"), ("Push:JPush:Address", Http1),
        ("Push:Fcm:ProjectId", "demo"), ("Push:Fcm:ClientEmail", "sender@demo.example"), ("Push:Fcm:PrivateKey", GoogleKey.ExportPkcs8PrivateKeyPem()), ("Push:Fcm:Address", Http1), ("Push:Fcm:TokenAddress", $"{Http1}/token"),
        ("Push:Apns:TeamId", "TEAM"), ("Push:Apns:KeyId", "KEY"), ("Push:Apns:PrivateKey", AppleKey.ExportPkcs8PrivateKeyPem()), ("Push:Apns:Topic", "cn.example.crm"), ("Push:Apns:Address", Http2),
        ("Push:Huawei:AppId", "1001"), ("Push:Huawei:AppSecret", "secret"), ("Push:Huawei:Address", Http1), ("Push:Huawei:TokenAddress", $"{Http1}/oauth2/v3/token"),
    ];

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        GoogleKey.Dispose();
        AppleKey.Dispose();
    }

    private void Map()
    {
        app.Use(async (context, next) =>
        {
            Interlocked.Increment(ref Requests);
            await Gate;
            if (!context.Request.Path.Value!.Contains("token", StringComparison.Ordinal) && Fail.TryDequeue(out var status))
            {
                context.Response.StatusCode = status;
                context.Response.Headers.RetryAfter = "1";
                return;
            }

            await next(context);
        });
        app.MapPost("/v3/push", JPushAsync);
        app.MapPost("/token", GoogleTokenAsync);
        app.MapPost("/v1/projects/demo/messages:send", FcmAsync);
        app.MapPost("/3/device/{token}", ApnsAsync);
        app.MapPost("/oauth2/v3/token", HuaweiTokenAsync);
        app.MapPost("/v1/1001/messages:send", HuaweiAsync);
    }

    private async Task JPushAsync(HttpContext context)
    {
        if (context.Request.Headers.Authorization != $"Basic {Convert.ToBase64String("app:master"u8)}")
        {
            await AnswerAsync(context, 401, new { error = new { code = 1004, message = "Authentication failed" } });
            return;
        }

        var (json, raw) = await ReadAsync(context);
        var token = json.GetProperty("audience").GetProperty("registration_id")[0].GetString()!;
        if (Gone.ContainsKey(token))
        {
            await AnswerAsync(context, 400, new { msg_id = 1, error = new { code = 1011, message = "cannot find user by this audience" } });
            return;
        }

        json.GetProperty("platform").EnumerateArray().Should().NotBeEmpty();
        json.GetProperty("options").GetProperty("time_to_live").GetInt32().Should().BeInRange(1, 10 * 24 * 3600);
        var android = json.GetProperty("notification").GetProperty("android");
        Take("jpush", token, android.GetProperty("title").GetString()!, android.GetProperty("alert").GetString(), json.GetProperty("options").GetProperty("apns_collapse_id").GetString()!, raw);
        await AnswerAsync(context, 200, new { sendno = "0", msg_id = "18100287008546779" });
    }

    private async Task GoogleTokenAsync(HttpContext context)
    {
        var form = await context.Request.ReadFormAsync();
        form["grant_type"].ToString().Should().Be("urn:ietf:params:oauth:grant-type:jwt-bearer");
        var parts = form["assertion"].ToString().Split('.');
        var right = GoogleKey.VerifyData(Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), Base64Url.DecodeFromChars(parts[2]), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var claims = JsonSerializer.Deserialize<JsonElement>(Base64Url.DecodeFromChars(parts[1]));
        if (!right || claims.GetProperty("iss").GetString() != "sender@demo.example" || !claims.GetProperty("scope").GetString()!.EndsWith("firebase.messaging", StringComparison.Ordinal))
        {
            await AnswerAsync(context, 400, new { error = "invalid_grant" });
            return;
        }

        await AnswerAsync(context, 200, new { access_token = Issue(), expires_in = 3599, token_type = "Bearer" });
    }

    private async Task FcmAsync(HttpContext context)
    {
        if (!Authorized(context))
        {
            await AnswerAsync(context, 401, new { error = new { code = 401, status = "UNAUTHENTICATED" } });
            return;
        }

        var (json, raw) = await ReadAsync(context);
        var message = json.GetProperty("message");
        var token = message.GetProperty("token").GetString()!;
        if (Gone.ContainsKey(token))
        {
            await AnswerAsync(context, 404, new { error = new { code = 404, status = "NOT_FOUND", details = new object[] { new Dictionary<string, string> { ["@type"] = "type.googleapis.com/google.firebase.fcm.v1.FcmError", ["errorCode"] = "UNREGISTERED" } } } });
            return;
        }

        message.GetProperty("data").EnumerateObject().Should().OnlyContain(field => field.Value.ValueKind == JsonValueKind.String, "FCM takes texts only");
        var android = message.GetProperty("android");
        android.GetProperty("ttl").GetString().Should().MatchRegex(@"^\d+s$");
        Take("fcm", token, message.GetProperty("notification").GetProperty("title").GetString()!, message.GetProperty("notification").GetProperty("body").GetString(), android.GetProperty("collapse_key").GetString()!, raw);
        await AnswerAsync(context, 200, new { name = "projects/demo/messages/1" });
    }

    private async Task ApnsAsync(HttpContext context)
    {
        context.Request.Protocol.Should().Be("HTTP/2");
        var headers = context.Request.Headers;
        var token = context.Request.RouteValues["token"]!.ToString()!;
        var parts = headers.Authorization.ToString().Replace("bearer ", "", StringComparison.Ordinal).Split('.');
        var header = JsonSerializer.Deserialize<JsonElement>(Base64Url.DecodeFromChars(parts[0]));
        if (header.GetProperty("kid").GetString() != "KEY" || !AppleKey.VerifyData(Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), Base64Url.DecodeFromChars(parts[2]), HashAlgorithmName.SHA256))
        {
            await AnswerAsync(context, 403, new { reason = "InvalidProviderToken" });
            return;
        }

        if (Gone.ContainsKey(token))
        {
            await AnswerAsync(context, 410, new { reason = "Unregistered", timestamp = 1_700_000_000_000 });
            return;
        }

        if (headers["apns-topic"] != "cn.example.crm" || headers["apns-push-type"] != "alert" || headers["apns-collapse-id"].ToString().Length is 0 or > 64 || !Guid.TryParse(headers["apns-id"], out _))
        {
            await AnswerAsync(context, 400, new { reason = "BadTopic" });
            return;
        }

        var (json, raw) = await ReadAsync(context);
        raw.Length.Should().BeLessThanOrEqualTo(4096);
        var alert = json.GetProperty("aps").GetProperty("alert");
        Take("apns", token, alert.GetProperty("title").GetString()!, alert.GetProperty("body").GetString(), headers["apns-collapse-id"]!, raw);
        context.Response.Headers["apns-id"] = headers["apns-id"];
    }

    private async Task HuaweiTokenAsync(HttpContext context)
    {
        var form = await context.Request.ReadFormAsync();
        if (form["grant_type"] != "client_credentials" || form["client_id"] != "1001" || form["client_secret"] != "secret")
        {
            await AnswerAsync(context, 400, new { error = 1101 });
            return;
        }

        await AnswerAsync(context, 200, new { access_token = Issue(), expires_in = 3600, token_type = "Bearer" });
    }

    private async Task HuaweiAsync(HttpContext context)
    {
        if (!Authorized(context))
        {
            await AnswerAsync(context, 401, new { code = "80200003", msg = "Oauth token expired" });
            return;
        }

        var (json, raw) = await ReadAsync(context);
        var message = json.GetProperty("message");
        var token = message.GetProperty("token")[0].GetString()!;
        if (Gone.ContainsKey(token))
        {
            await AnswerAsync(context, 400, new { code = "80300007", msg = "All the tokens are invalid" });
            return;
        }

        var notification = message.GetProperty("android").GetProperty("notification");
        notification.GetProperty("click_action").GetProperty("type").GetInt32().Should().Be(3);
        Take("huawei", token, notification.GetProperty("title").GetString()!, notification.GetProperty("body").GetString(), notification.GetProperty("tag").GetString()!, raw);
        await AnswerAsync(context, 200, new { code = "80000000", msg = "Success", requestId = "1" });
    }

    private string Issue()
    {
        var token = Guid.NewGuid().ToString("N");
        tokens[token] = 0;
        return token;
    }

    /// <summary>The vendor's tokens end.</summary>
    public void ExpireTokens() => tokens.Clear();

    private bool Authorized(HttpContext context) => tokens.ContainsKey(context.Request.Headers.Authorization.ToString().Replace("Bearer ", "", StringComparison.Ordinal));

    private void Take(string vendor, string token, string title, string? body, string collapse, string raw) => Pushes.Enqueue(new(vendor, token, title, body, collapse, raw));

    private static async Task<(JsonElement, string)> ReadAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var raw = await reader.ReadToEndAsync();
        return (JsonSerializer.Deserialize<JsonElement>(raw), raw);
    }

    private static Task AnswerAsync(HttpContext context, int status, object body)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(body);
    }
}
