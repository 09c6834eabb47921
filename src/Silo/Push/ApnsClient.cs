using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.Options;

namespace LimoCha.Actors.Push;

/// <summary>
/// Apple Push Notification service: HTTP/2 <c>POST /3/device/{token}</c> under a provider token (ES256) that lives for 20 to
/// 60 minutes. 410 Unregistered and 400 BadDeviceToken say that the token is gone.
/// </summary>
internal sealed class ApnsClient(IHttpClientFactory clients, IOptions<PushOptions> options, TimeProvider clock) : IPushVendorClient, IDisposable
{
    private static readonly TimeSpan TokenLife = TimeSpan.FromMinutes(40);
    private readonly ApnsOptions settings = options.Value.Apns;
    private readonly AccessToken provider = new(clock);

    public PushVendor Vendor => PushVendor.Apns;

    public bool Configured => settings is { TeamId.Length: > 0, KeyId.Length: > 0, PrivateKey.Length: > 0, Topic.Length: > 0 };

    public async Task<PushAnswer> SendAsync(PushEnvelope push, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(settings.Address, $"/3/device/{Uri.EscapeDataString(push.Token)}"))
        {
            Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("bearer", await provider.GetAsync(() => Task.FromResult((ProviderToken(), clock.GetUtcNow() + TokenLife)), cancellationToken));
        request.Headers.Add("apns-id", push.Id.ToString());
        request.Headers.Add("apns-topic", settings.Topic);
        request.Headers.Add("apns-push-type", "alert");
        request.Headers.Add("apns-priority", push.Urgent ? "10" : "5");
        request.Headers.Add("apns-collapse-id", push.CollapseKey);
        request.Headers.Add("apns-expiration", (clock.GetUtcNow() + push.TimeToLive).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        request.Content = JsonContent.Create(new Dictionary<string, object>(push.Data.Select(pair => KeyValuePair.Create(pair.Key, (object)pair.Value)))
        {
            ["aps"] = new Dictionary<string, object> { ["alert"] = new { title = push.Title, body = push.Body }, ["sound"] = "default", ["thread-id"] = push.CollapseKey },
        });
        return await VendorHttp.SendAsync(clients.CreateClient(VendorHttp.Client), request, clock, Judge, cancellationToken);
    }

    public void Dispose() => provider.Dispose();

    private PushAnswer Judge(HttpResponseMessage answer, JsonElement json)
    {
        if (answer.IsSuccessStatusCode)
        {
            return PushAnswer.Sent;
        }

        var reason = json.ValueKind == JsonValueKind.Object && json.TryGetProperty("reason", out var text) ? text.GetString() : null;
        if (reason is "ExpiredProviderToken" or "InvalidProviderToken")
        {
            provider.Forget();
            return new(PushOutcome.Later, reason);
        }

        return answer.StatusCode == HttpStatusCode.Gone || reason is "BadDeviceToken" or "Unregistered" or "DeviceTokenNotForTopic"
            ? new(PushOutcome.TokenGone, reason)
            : new(PushOutcome.Refused, reason ?? $"HTTP {(int)answer.StatusCode}");
    }

    private string ProviderToken()
    {
        using var key = ECDsa.Create();
        key.ImportFromPem(settings.PrivateKey);
        return Jwt.Sign(new { alg = "ES256", kid = settings.KeyId }, new { iss = settings.TeamId, iat = clock.GetUtcNow().ToUnixTimeSeconds() }, data => key.SignData(data, HashAlgorithmName.SHA256));
    }
}
