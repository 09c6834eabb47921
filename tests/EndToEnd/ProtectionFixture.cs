using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using LimoCha.Actors.Testing;

namespace LimoCha.Actors.EndToEnd;

/// <summary>A running demo with a mail server, a text message service and open registration beside it.</summary>
public sealed class ProtectionFixture : IAsyncLifetime
{
    /// <summary>Uses of customers' data in ten minutes that are not unusual here.</summary>
    public const int UsualUses = 12;

    public Product Product { get; private set; } = default!;
    public MailServer Mail { get; } = MailServer.Start();
    public SmsServer Sms { get; } = SmsServer.Start();

    public async Task InitializeAsync() => Product = await Product.StartDemoAsync(
        ("RateLimits:PerUserPerSecond", "1000"), ("RateLimits:PerUserBurst", "2000"), ("Recovery:DuePeriod", "00:00:00.200"), ("Web:Registration", "true"),
        ("Company:Name", "测试公司"), ("Company:PrivacyContact", "privacy@example.com"), ("Risk:UsesPerTenMinutes", UsualUses.ToString(CultureInfo.InvariantCulture)),
        ("Mail:Host", "127.0.0.1"), ("Mail:Port", Mail.Port.ToString(CultureInfo.InvariantCulture)), ("Mail:Security", "None"), ("Mail:From", "crm@example.com"),
        ("Sms:Address", Sms.Address), ("Sms:SecretId", "AKIDtest"), ("Sms:SecretKey", SmsServer.SecretKey), ("Sms:SdkAppId", "1400000000"), ("Sms:SignName", "测试"), ("Sms:TemplateId", "100"));

    public async Task DisposeAsync()
    {
        await Product.DisposeAsync();
        await Mail.DisposeAsync();
        Sms.Dispose();
    }

    /// <summary>A customer of the caller.</summary>
    public static async Task<string> CustomerAsync(Api api, string name, string? email = null, string? phone = null, string? address = null, string? source = null)
    {
        var made = await api.PostAsync("customers", new { name, email, phone, address, source });
        made.Status.Should().Be(HttpStatusCode.Created, "{0}", made.Text);
        return made.Json.GetProperty("id").GetString()!;
    }
}

[CollectionDefinition("protection")]
public sealed class ProtectionGroup : ICollectionFixture<ProtectionFixture>;

/// <summary>Tencent Cloud's SendSms on this machine, as its documentation describes it: headers, TC3 signature (checked), fields, answer.</summary>
public sealed class SmsServer : IDisposable
{
    public const string SecretKey = "a secret key for tests";
    private readonly HttpListener listener = new();

    private SmsServer()
    {
        Address = $"http://127.0.0.1:{Ports.Free()}";
        listener.Prefixes.Add($"{Address}/");
        listener.Start();
        _ = ServeAsync();
    }

    public string Address { get; }

    /// <summary>Phone number and code of each message.</summary>
    public ConcurrentQueue<(string Phone, string Code)> Messages { get; } = new();

    public static SmsServer Start() => new();

    public void Dispose() => listener.Close();

    private async Task ServeAsync()
    {
        while (listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await listener.GetContextAsync();
            }
            catch (Exception error) when (error is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            using var reader = new StreamReader(context.Request.InputStream, Encoding.UTF8);
            var body = await reader.ReadToEndAsync();
            await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(Answer(context.Request, body)));
            context.Response.Close();
        }
    }

    private string Answer(HttpListenerRequest request, string body)
    {
        string Error(string code) => JsonSerializer.Serialize(new { Response = new { Error = new { Code = code, Message = code }, RequestId = "r" } });
        if (request.Headers["X-TC-Action"] != "SendSms" || request.Headers["X-TC-Version"] != "2021-01-11" || request.Headers["X-TC-Region"] is null)
        {
            return Error("InvalidAction");
        }

        if (request.Headers["Authorization"] != Signature(request, body))
        {
            return Error("AuthFailure.SignatureFailure");
        }

        var json = JsonSerializer.Deserialize<JsonElement>(body);
        var phone = json.GetProperty("PhoneNumberSet")[0].GetString()!;
        Messages.Enqueue((phone, json.GetProperty("TemplateParamSet")[0].GetString()!));
        return JsonSerializer.Serialize(new { Response = new { SendStatusSet = new[] { new { SerialNo = "1", PhoneNumber = phone, Fee = 1, Code = "Ok", Message = "send success" } }, RequestId = "r" } });
    }

    private static string Signature(HttpListenerRequest request, string body)
    {
        static string Hash(string text) => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(text)));
        static byte[] Mac(byte[] key, string text) => System.Security.Cryptography.HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text));
        var timestamp = request.Headers["X-TC-Timestamp"]!;
        var date = DateTimeOffset.FromUnixTimeSeconds(long.Parse(timestamp, CultureInfo.InvariantCulture)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var canonical = string.Join('\n', "POST", "/", "", $"content-type:{request.ContentType}", $"host:{request.Headers["Host"]}", "", "content-type;host", Hash(body));
        var toSign = string.Join('\n', "TC3-HMAC-SHA256", timestamp, $"{date}/sms/tc3_request", Hash(canonical));
        var signature = Convert.ToHexStringLower(Mac(Mac(Mac(Mac(Encoding.UTF8.GetBytes("TC3" + SecretKey), date), "sms"), "tc3_request"), toSign));
        return $"TC3-HMAC-SHA256 Credential=AKIDtest/{date}/sms/tc3_request, SignedHeaders=content-type;host, Signature={signature}";
    }
}
