using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.Options;

namespace LimoCha.Actors.Push;

/// <summary>
/// 华为推送服务 (Push Kit), HTTPS v1: <c>POST /v1/{appId}/messages:send</c> under an access token of the application's
/// credentials. The answer's <c>code</c> decides: 80000000 taken, 80300007 all tokens gone; 80200001 and 80200003: the access
/// token is refused or has ended; 81000001: a system error.
/// </summary>
internal sealed class HuaweiClient(IHttpClientFactory clients, IOptions<PushOptions> options, TimeProvider clock) : IPushVendorClient, IDisposable
{
    private const string Taken = "80000000";
    private const string TokensGone = "80300007";
    private const string SystemError = "81000001";
    private readonly HuaweiOptions settings = options.Value.Huawei;
    private readonly AccessToken access = new(clock);

    public PushVendor Vendor => PushVendor.Huawei;

    public bool Configured => settings is { AppId.Length: > 0, AppSecret.Length: > 0 };

    public async Task<PushAnswer> SendAsync(PushEnvelope push, CancellationToken cancellationToken)
    {
        var http = clients.CreateClient(VendorHttp.Client);
        string token;
        try
        {
            token = await access.GetAsync(() => VendorHttp.TokenAsync(http, settings.TokenAddress, new() { ["grant_type"] = "client_credentials", ["client_id"] = settings.AppId!, ["client_secret"] = settings.AppSecret! }, clock, cancellationToken), cancellationToken);
        }
        catch (HttpRequestException error)
        {
            return new(PushOutcome.Later, error.Message);
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(settings.Address, $"/v1/{settings.AppId}/messages:send"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Content = JsonContent.Create(new
        {
            validate_only = false,
            message = new
            {
                data = JsonSerializer.Serialize(push.Data),
                token = new[] { push.Token },
                android = new
                {
                    collapse_key = -1, urgency = push.Urgent ? "HIGH" : "NORMAL",
                    ttl = string.Create(CultureInfo.InvariantCulture, $"{(int)push.TimeToLive.TotalSeconds}s"),
                    // The same tag takes the place of the notification that is shown.
                    notification = new { title = push.Title, body = push.Body, tag = push.CollapseKey, click_action = new { type = 3 } },
                },
            },
        });
        return await VendorHttp.SendAsync(http, request, clock, Judge, cancellationToken);
    }

    public void Dispose() => access.Dispose();

    private PushAnswer Judge(HttpResponseMessage answer, JsonElement json)
    {
        var code = json.ValueKind == JsonValueKind.Object && json.TryGetProperty("code", out var text) ? text.GetString() : null;
        if (code is "80200001" or "80200003")
        {
            access.Forget();
            return new(PushOutcome.Later, code);
        }

        return code == Taken ? PushAnswer.Sent
            : code == TokensGone ? new(PushOutcome.TokenGone, code)
            : code == SystemError ? new(PushOutcome.Later, code)
            : new(PushOutcome.Refused, code ?? $"HTTP {(int)answer.StatusCode}");
    }
}
