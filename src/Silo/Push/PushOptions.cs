using System.ComponentModel.DataAnnotations;

namespace LimoCha.Actors.Push;

/// <summary>
/// Vendors' push services; section <c>Push</c>. All are off until their keys are given: nothing leaves the deployment that is
/// not configured (E7).
/// </summary>
public sealed class PushOptions
{
    /// <summary>极光推送 (docs.jiguang.cn, Push API v3).</summary>
    public JPushOptions JPush { get; set; } = new();
    /// <summary>Firebase Cloud Messaging (HTTP v1).</summary>
    public FcmOptions Fcm { get; set; } = new();
    /// <summary>Apple Push Notification service.</summary>
    public ApnsOptions Apns { get; set; } = new();
    /// <summary>华为推送服务 (Push Kit, HTTPS v1).</summary>
    public HuaweiOptions Huawei { get; set; } = new();

    /// <summary>Between looks for what is to be pushed. Default 1 s; 0.05 s to 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:01:00")] public TimeSpan Period { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Tries before a push is given up; the pauses between them double from 2 s to 10 min. Default 8.</summary>
    [Range(1, 50)] public int MostAttempts { get; set; } = 8;
}

/// <summary>JPush's keys.</summary>
public sealed class JPushOptions
{
    /// <summary>The application's key.</summary>
    public string? AppKey { get; set; }
    /// <summary>Its master secret.</summary>
    public string? MasterSecret { get; set; }
    /// <summary>False sends to APNs' sandbox. Default true.</summary>
    public bool ApnsProduction { get; set; } = true;
    /// <summary>The service.</summary>
    [Required] public Uri Address { get; set; } = new("https://api.jpush.cn");
}

/// <summary>FCM's keys: of a service account that may send.</summary>
public sealed class FcmOptions
{
    /// <summary>The project.</summary>
    public string? ProjectId { get; set; }
    /// <summary>The service account's address.</summary>
    public string? ClientEmail { get; set; }
    /// <summary>Its private key (PEM, RSA).</summary>
    public string? PrivateKey { get; set; }
    /// <summary>The service.</summary>
    [Required] public Uri Address { get; set; } = new("https://fcm.googleapis.com");
    /// <summary>Where access tokens come from (RFC 7523).</summary>
    [Required] public Uri TokenAddress { get; set; } = new("https://oauth2.googleapis.com/token");
}

/// <summary>APNs' keys.</summary>
public sealed class ApnsOptions
{
    /// <summary>The developer team.</summary>
    public string? TeamId { get; set; }
    /// <summary>The signing key's id.</summary>
    public string? KeyId { get; set; }
    /// <summary>The signing key (PEM, P-256; the .p8 file).</summary>
    public string? PrivateKey { get; set; }
    /// <summary>The app's bundle id.</summary>
    public string? Topic { get; set; }
    /// <summary>The service; https://api.sandbox.push.apple.com for development builds.</summary>
    [Required] public Uri Address { get; set; } = new("https://api.push.apple.com");
}

/// <summary>Huawei's keys.</summary>
public sealed class HuaweiOptions
{
    /// <summary>The application.</summary>
    public string? AppId { get; set; }
    /// <summary>Its secret.</summary>
    public string? AppSecret { get; set; }
    /// <summary>The service.</summary>
    [Required] public Uri Address { get; set; } = new("https://push-api.cloud.huawei.com");
    /// <summary>Where access tokens come from.</summary>
    [Required] public Uri TokenAddress { get; set; } = new("https://oauth-login.cloud.huawei.com/oauth2/v3/token");
}
