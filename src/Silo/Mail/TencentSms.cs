using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using LimoCha.Actors.Privacy;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LimoCha.Actors.Mail;

/// <summary>Tencent Cloud's SMS; section <c>Sms</c>. Nothing is sent until there is a secret id.</summary>
public sealed class SmsOptions
{
    /// <summary>The API key's id.</summary>
    [StringLength(100)] public string? SecretId { get; set; }
    /// <summary>The API key.</summary>
    [StringLength(100)] public string? SecretKey { get; set; }
    /// <summary>The SMS application.</summary>
    [StringLength(40)] public string? SdkAppId { get; set; }
    /// <summary>The approved signature.</summary>
    [StringLength(40)] public string? SignName { get; set; }
    /// <summary>The approved template with two parameters: the code and its minutes.</summary>
    [StringLength(40)] public string? TemplateId { get; set; }
    /// <summary>The region. Default ap-guangzhou.</summary>
    [Required, StringLength(40)] public string Region { get; set; } = "ap-guangzhou";
    /// <summary>The service.</summary>
    [Required] public Uri Address { get; set; } = new("https://sms.tencentcloudapi.com");
}

/// <summary>
/// SendSms of Tencent Cloud's API 3.0 (version 2021-01-11), signed by TC3-HMAC-SHA256. The answer's <c>SendStatusSet[0].Code</c>
/// decides: Ok, LimitExceeded.* and InternalError.* later, everything else not.
/// </summary>
internal sealed partial class TencentSms(IHttpClientFactory clients, IOptions<SmsOptions> options, TimeProvider clock, ILogger<TencentSms> logger) : ISmsSender
{
    public const string Client = "sms";
    private const string Service = "sms";
    private const string ContentType = "application/json; charset=utf-8";
    private const string SignedHeaders = "content-type;host";

    public bool On => options.Value is { SecretId.Length: > 0, SecretKey.Length: > 0, SdkAppId.Length: > 0, TemplateId.Length: > 0 };

    public async Task<MailOutcome> SendCodeAsync(string phone, string code, int minutes, CancellationToken cancellationToken = default)
    {
        if (!On)
        {
            return MailOutcome.Off;
        }

        var settings = options.Value;
        var body = JsonSerializer.Serialize(new
        {
            PhoneNumberSet = new[] { phone }, SmsSdkAppId = settings.SdkAppId, settings.SignName, settings.TemplateId,
            TemplateParamSet = new[] { code, minutes.ToString(CultureInfo.InvariantCulture) },
        });
        using var request = new HttpRequestMessage(HttpMethod.Post, settings.Address);
        request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(ContentType);
        var now = clock.GetUtcNow();
        request.Headers.TryAddWithoutValidation("Authorization", Authorization(settings, body, now));
        request.Headers.Add("X-TC-Action", "SendSms");
        request.Headers.Add("X-TC-Version", "2021-01-11");
        request.Headers.Add("X-TC-Region", settings.Region);
        request.Headers.Add("X-TC-Timestamp", now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        try
        {
            using var answer = await clients.CreateClient(Client).SendAsync(request, cancellationToken);
            var result = answer.IsSuccessStatusCode ? CodeOf(await answer.Content.ReadAsStringAsync(cancellationToken)) : $"InternalError.Http{(int)answer.StatusCode}";
            if (result != "Ok")
            {
                LogFailed(logger, result);
            }

            return result == "Ok" ? MailOutcome.Sent
                : result.StartsWith("InternalError", StringComparison.Ordinal) || result.StartsWith("RequestLimitExceeded", StringComparison.Ordinal) ? MailOutcome.Later
                : MailOutcome.Refused;
        }
        catch (Exception error) when (error is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            LogFailed(logger, error.GetType().Name);
            return MailOutcome.Later;
        }
    }

    /// <summary>The signature of a request.</summary>
    internal static string Authorization(SmsOptions settings, string body, DateTimeOffset now)
    {
        var (date, timestamp) = (now.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), now.ToUnixTimeSeconds());
        var scope = $"{date}/{Service}/tc3_request";
        var canonical = $"POST\n/\n\ncontent-type:{ContentType}\nhost:{settings.Address.Authority}\n\n{SignedHeaders}\n{Hash(body)}";
        var toSign = string.Create(CultureInfo.InvariantCulture, $"TC3-HMAC-SHA256\n{timestamp}\n{scope}\n{Hash(canonical)}");
        var key = Mac(Mac(Mac(Encoding.UTF8.GetBytes($"TC3{settings.SecretKey}"), date), Service), "tc3_request");
        return $"TC3-HMAC-SHA256 Credential={settings.SecretId}/{scope}, SignedHeaders={SignedHeaders}, Signature={Convert.ToHexStringLower(Mac(key, toSign))}";
    }

    private static string CodeOf(string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            var response = json.RootElement.GetProperty("Response");
            return response.TryGetProperty("Error", out var error) ? error.GetProperty("Code").GetString()! : response.GetProperty("SendStatusSet")[0].GetProperty("Code").GetString()!;
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or IndexOutOfRangeException)
        {
            return "InternalError.Answer";
        }
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static byte[] Mac(byte[] key, string text) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text));

    [LoggerMessage(Level = LogLevel.Warning, Message = "A text message was not sent: {Why}")]
    private static partial void LogFailed(ILogger logger, [NotPersonal] string why);
}
