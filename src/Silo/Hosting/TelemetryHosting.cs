using System.ComponentModel.DataAnnotations;
using LimoCha.Actors.Kernel;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace LimoCha.Actors.Hosting;

/// <summary>Where a process shows what it measures; section <c>Metrics</c>.</summary>
public sealed class MetricsOptions
{
    /// <summary>The section.</summary>
    public const string Section = "Metrics";

    /// <summary>
    /// Its metrics are at this port and nowhere else, path <c>/metrics</c>. When left out, a web process has them at its own address and a silo of its own nowhere.
    /// </summary>
    [Range(1, 65535)] public int? Port { get; set; }
}

/// <summary>What processes measure and trace (OpenTelemetry).</summary>
public static class TelemetryHosting
{
    /// <summary>
    /// What a process measures, when there is an address to read it at, and its spans, when there is somewhere to send them: they cost time on every call.
    /// </summary>
    /// <param name="builder">The process's.</param>
    /// <param name="servesHttp">It can show its metrics at its own address.</param>
    /// <param name="meters">What it measures besides.</param>
    public static void AddLimoChaTelemetry(this IHostApplicationBuilder builder, bool servesHttp, params string[] meters)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var (services, section) = (builder.Services, builder.Configuration.GetSection(MetricsOptions.Section));
        services.AddOptions<MetricsOptions>().Bind(section).ValidateDataAnnotations().ValidateOnStart();
        var port = section.Get<MetricsOptions>()?.Port;
        if (port is not null || servesHttp)
        {
            services.AddOpenTelemetry().WithMetrics(metrics => metrics
                .AddMeter([Meters.Name, "Microsoft.Orleans", "System.Runtime", .. meters])
                // Counts a table of many thousand entries each time it is read.
                .AddView("orleans-directory-cache-size", MetricStreamConfiguration.Drop)
                .AddPrometheusExporter());
        }

        if (port is not null)
        {
            services.AddHostedService(provider => new MetricsServer(provider.GetRequiredService<MeterProvider>(), port.Value));
        }

        if (Tracing.IsExported)
        {
            // Spans are made in traces only that are recorded: the door chooses them, before anything is made for a request.
            services.AddOpenTelemetry().WithTracing(spans => spans.AddSource(Tracing.SourceName).SetSampler(new AlwaysOnSampler()).AddOtlpExporter());
        }
    }
}
