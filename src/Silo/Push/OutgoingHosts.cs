using LimoCha.Actors.Privacy;
using Microsoft.Extensions.Configuration;

namespace LimoCha.Actors.Push;

/// <summary>A service outside that the product may call.</summary>
/// <param name="Name">Which.</param>
/// <param name="Hosts">Where, by the settings.</param>
/// <param name="On">True once its keys are set; until then nothing is sent there.</param>
/// <param name="Setting">The setting that turns it on.</param>
[NotPersonal]
public sealed record OutgoingHost(string Name, IReadOnlyList<string> Hosts, bool On, string Setting);

/// <summary>Every host outside the deployment that the product can call (E7).</summary>
internal static class OutgoingHosts
{
    /// <summary>By the settings of this process.</summary>
    public static IReadOnlyList<OutgoingHost> Of(IConfiguration configuration)
    {
        var push = configuration.GetSection("Push").Get<PushOptions>() ?? new();
        var collector = configuration["OTEL_EXPORTER_OTLP_ENDPOINT"];
        return
        [
            new("jpush", [push.JPush.Address.Host], push.JPush.AppKey is { Length: > 0 }, "Push:JPush:AppKey"),
            new("fcm", [push.Fcm.Address.Host, push.Fcm.TokenAddress.Host], push.Fcm.ProjectId is { Length: > 0 }, "Push:Fcm:ProjectId"),
            new("apns", [push.Apns.Address.Host], push.Apns.TeamId is { Length: > 0 }, "Push:Apns:TeamId"),
            new("huawei", [push.Huawei.Address.Host, push.Huawei.TokenAddress.Host], push.Huawei.AppId is { Length: > 0 }, "Push:Huawei:AppId"),
            new("sms", [new Uri(configuration["Sms:Address"] ?? "https://sms.tencentcloudapi.com").Host], configuration["Sms:SecretId"] is { Length: > 0 }, "Sms:SecretId"),
            new("mail", configuration["Mail:Host"] is { Length: > 0 } mail ? [mail] : [], configuration["Mail:Host"] is { Length: > 0 }, "Mail:Host"),
            new("telemetry", Uri.TryCreate(collector, UriKind.Absolute, out var address) ? [address.Host] : [], collector is { Length: > 0 }, "OTEL_EXPORTER_OTLP_ENDPOINT"),
        ];
    }
}
