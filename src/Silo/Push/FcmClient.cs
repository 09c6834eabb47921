using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.Options;

namespace LimoCha.Actors.Push;

/// <summary>
/// Firebase Cloud Messaging, HTTP v1: <c>POST /v1/projects/{project}/messages:send</c> under an access token that a signed
/// assertion of the service account is exchanged for (RFC 7523). UNREGISTERED says that the token is gone.
/// </summary>
internal sealed class FcmClient(IHttpClientFactory clients, IOptions<PushOptions> options, TimeProvider clock) : IPushVendorClient, IDisposable
{
    private const string Scope = "https://www.googleapis.com/auth/firebase.messaging";
    private readonly FcmOptions settings = options.Value.Fcm;
    private readonly AccessToken access = new(clock);

    public PushVendor Vendor => PushVendor.Fcm;

    public bool Configured => settings is { ProjectId.Length: > 0, ClientEmail.Length: > 0, PrivateKey.Length: > 0 };

    public async Task<PushAnswer> SendAsync(PushEnvelope push, CancellationToken cancellationToken)
    {
        var http = clients.CreateClient(VendorHttp.Client);
        string token;
        try
        {
            token = await access.GetAsync(() => VendorHttp.TokenAsync(http, settings.TokenAddress, new() { ["grant_type"] = "urn:ietf:params:oauth:grant-type:jwt-bearer", ["assertion"] = Assertion() }, clock, cancellationToken), cancellationToken);
        }
        catch (HttpRequestException error)
        {
            return new(PushOutcome.Later, error.Message);
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(settings.Address, $"/v1/projects/{settings.ProjectId}/messages:send"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Content = JsonContent.Create(new
        {
            message = new
            {
                token = push.Token,
                notification = new { title = push.Title, body = push.Body },
                data = push.Data,
                android = new
                {
                    collapse_key = push.CollapseKey, priority = push.Urgent ? "HIGH" : "NORMAL",
                    ttl = string.Create(CultureInfo.InvariantCulture, $"{(int)push.TimeToLive.TotalSeconds}s"), notification = new { tag = push.CollapseKey },
                },
            },
        });
        return await VendorHttp.SendAsync(http, request, clock, Judge, cancellationToken);
    }

    public void Dispose() => access.Dispose();

    private PushAnswer Judge(HttpResponseMessage answer, JsonElement json)
    {
        if (answer.IsSuccessStatusCode)
        {
            return PushAnswer.Sent;
        }

        if (answer.StatusCode == HttpStatusCode.Unauthorized)
        {
            access.Forget();
            return new(PushOutcome.Later, "HTTP 401");
        }

        var code = ErrorCode(json);
        return code == "UNREGISTERED" ? new(PushOutcome.TokenGone, code)
            : code is "SENDER_ID_MISMATCH" ? new(PushOutcome.TokenGone, code)
            : code is "QUOTA_EXCEEDED" or "UNAVAILABLE" or "INTERNAL" ? new(PushOutcome.Later, code)
            : new(PushOutcome.Refused, code ?? $"HTTP {(int)answer.StatusCode}");
    }

    private static string? ErrorCode(JsonElement json) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty("error", out var error) && error.TryGetProperty("details", out var details)
            ? details.EnumerateArray().Select(detail => detail.TryGetProperty("errorCode", out var code) ? code.GetString() : null).FirstOrDefault(code => code is not null)
            : null;

    private string Assertion()
    {
        var now = clock.GetUtcNow().ToUnixTimeSeconds();
        using var key = RSA.Create();
        key.ImportFromPem(settings.PrivateKey);
        return Jwt.Sign(new { alg = "RS256", typ = "JWT" }, new { iss = settings.ClientEmail, scope = Scope, aud = settings.TokenAddress, iat = now, exp = now + 3600 }, data => key.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
    }
}
