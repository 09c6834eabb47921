using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace LimoCha.Actors.Push;

/// <summary>Pushes to phones without a live connection.</summary>
internal static class PushHosting
{
    private static readonly TimeSpan Answer = TimeSpan.FromSeconds(10);

    public static IServiceCollection AddLimoChaPush(this IServiceCollection services)
    {
        services.AddOptions<PushOptions>().BindConfiguration("Push").ValidateDataAnnotations().ValidateOnStart();
        services.AddLocalization();
        services.AddHttpClient(VendorHttp.Client, client => client.Timeout = Answer);
        services.AddSingleton<IPushVendorClient, JPushClient>();
        services.AddSingleton<IPushVendorClient, FcmClient>();
        services.AddSingleton<IPushVendorClient, ApnsClient>();
        services.AddSingleton<IPushVendorClient, HuaweiClient>();
        services.AddSingleton<PushQueue>();
        services.AddSingleton<IPushQueue>(provider => provider.GetRequiredService<PushQueue>());
        services.AddHostedService<PushDispatcher>();
        return services;
    }
}

/// <summary>How pushes fare.</summary>
internal static class PushMetrics
{
    private static readonly Counter<long> Pushes = Storage.StorageMetrics.Meter.CreateCounter<long>("limocha.push.sent", description: "Pushes by vendor and outcome.");

    public static void Count(PushVendor vendor, PushOutcome outcome) =>
        Pushes.Add(1, new KeyValuePair<string, object?>("vendor", vendor.ToString()), new KeyValuePair<string, object?>("outcome", outcome.ToString()));
}
