using System.Diagnostics.Metrics;
using LimoCha.Actors.Kernel;

namespace LimoCha.Actors.Devices;

/// <summary>The hop from a user's actor to the gateways of their devices.</summary>
internal static class GatewayMetrics
{
    private static readonly Meter Meter = new(Meters.Name);

    /// <summary>Messages behind a push of the same user, and pushes behind a call to the same gateway.</summary>
    public static readonly UpDownCounter<int> Waiting = Meter.CreateUpDownCounter<int>("limocha.gateway.queue", "{message}", "Messages that wait for their gateway to take what came before");

    /// <summary>How many people's devices a call is for.</summary>
    public static readonly Histogram<int> Batch = Meter.CreateHistogram<int>("limocha.gateway.batch", "{user}", "Users whose devices are sent to in one call to a gateway elsewhere");
}
