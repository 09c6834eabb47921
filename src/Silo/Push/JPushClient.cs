using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;

namespace LimoCha.Actors.Push;

/// <summary>
/// 极光推送, Push API v3: <c>POST /v3/push</c> under HTTP basic authentication with application key and master secret.
/// Error 1011 says that there is no such registration id (any more), 2002 that the rate is exceeded.
/// </summary>
internal sealed class JPushClient(IHttpClientFactory clients, IOptions<PushOptions> options, TimeProvider clock) : IPushVendorClient
{
    private const int NoSuchTarget = 1011;
    private const int RateExceeded = 2002;
    private static readonly string[] Platforms = ["android", "ios"];
    private readonly JPushOptions settings = options.Value.JPush;

    public PushVendor Vendor => PushVendor.JPush;

    public bool Configured => settings is { AppKey.Length: > 0, MasterSecret.Length: > 0 };

    public async Task<PushAnswer> SendAsync(PushEnvelope push, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(settings.Address, "/v3/push"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes($"{settings.AppKey}:{settings.MasterSecret}")));
        request.Content = JsonContent.Create(new
        {
            platform = Platforms,
            audience = new { registration_id = new[] { push.Token } },
            notification = new
            {
                android = new { alert = push.Body, title = push.Title, extras = push.Data, priority = push.Urgent ? 1 : 0 },
                ios = new { alert = new { title = push.Title, body = push.Body }, sound = "default", extras = push.Data },
            },
            options = new { time_to_live = (int)push.TimeToLive.TotalSeconds, apns_production = settings.ApnsProduction, apns_collapse_id = push.CollapseKey },
        });
        return await VendorHttp.SendAsync(clients.CreateClient(VendorHttp.Client), request, clock, Judge, cancellationToken);
    }

    private static PushAnswer Judge(HttpResponseMessage answer, JsonElement json)
    {
        if (answer.IsSuccessStatusCode)
        {
            return PushAnswer.Sent;
        }

        var code = json.ValueKind == JsonValueKind.Object && json.TryGetProperty("error", out var error) && error.TryGetProperty("code", out var number) ? number.GetInt32() : 0;
        return code == NoSuchTarget ? new(PushOutcome.TokenGone, "1011")
            : code == RateExceeded ? new(PushOutcome.Later, "2002")
            : answer.StatusCode == HttpStatusCode.Unauthorized ? new(PushOutcome.Later, "HTTP 401: AppKey or MasterSecret is wrong")
            : new(PushOutcome.Refused, $"HTTP {(int)answer.StatusCode}, error {code}");
    }
}
