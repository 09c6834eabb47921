using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using LimoCha.Actors.Hosting;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Storage;

namespace LimoCha.Actors.Devices;

/// <summary>The last hops of a dispatch: pushed to a device, and shown on it.</summary>
internal static class DeviceMetrics
{
    private static readonly Meter Meter = new(Meters.Name);
    private static readonly Histogram<double> Pushed = Meter.CreateHistogram("limocha.dispatch.pushed", "s", "Time from a card's commit to its first sending to a device", null, StorageMetrics.Times);
    private static readonly Histogram<double> Shown = Meter.CreateHistogram("limocha.dispatch.shown", "s", "Time from a card's commit to the device's acknowledgement", null, StorageMetrics.Times);
    private static readonly Counter<long> Repeated = Meter.CreateCounter<long>("limocha.dispatch.repeated", "{card}", "Cards sent again because no acknowledgement came");

    /// <summary>Spans from a card's sending to its acknowledgement, while somebody listens.</summary>
    private static readonly ConditionalWeakTable<DeviceMessage, Activity> Showing = [];

    public static void CountDevices(Func<int> devices, Func<int> waiting)
    {
        Repeated.Add(0);
        Meter.CreateObservableGauge("limocha.hub.devices", devices, "{device}", "Devices connected to this process");
        Meter.CreateObservableGauge("limocha.hub.unacknowledged", waiting, "{card}", "Cards that were sent and are not acknowledged");
    }

    public static void Push(DeviceMessage message, DateTimeOffset now)
    {
        if (message.Upsert is { } card)
        {
            Pushed.Record((now - card.At).TotalSeconds);
            var current = Activity.Current;
            if (Tracing.Start("show", ActivityKind.Consumer) is { } span)
            {
                Showing.AddOrUpdate(message, span);
                Activity.Current = current;
            }
        }
    }

    public static void Show(DeviceMessage message, DateTimeOffset now)
    {
        if (message.Upsert is { } card)
        {
            Shown.Record((now - card.At).TotalSeconds);
            if (Tracing.IsExported && Showing.TryGetValue(message, out var span))
            {
                Showing.Remove(message);
                span.Dispose();
            }
        }
    }

    public static void Repeat(int cards) => Repeated.Add(cards);
}
