using System.ComponentModel.DataAnnotations;
using LimoCha.Actors.Kernel;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace LimoCha.Actors.Hosting;

/// <summary>Where a silo of its own shows what it measures; section <c>Metrics</c>.</summary>
public sealed class MetricsOptions
{
    /// <summary>Its metrics are at this port, path <c>/metrics</c>; nowhere when left out.</summary>
    [Range(1, 65535)] public int? Port { get; set; }
}

/// <summary>What processes measure and trace (OpenTelemetry).</summary>
public static class TelemetryHosting
{
    /// <summary>
    /// What every process measures, and its spans when there is somewhere to send them: they cost time on every call.
    /// </summary>
    /// <param name="services">The process's services.</param>
    /// <param name="metrics">What it measures besides, and how its metrics are read; null when nobody reads them.</param>
    public static void AddLimoChaTelemetry(this IServiceCollection services, Action<MeterProviderBuilder>? metrics)
    {
        if (metrics is not null)
        {
            services.AddOpenTelemetry().WithMetrics(meters => metrics(meters
                .AddMeter(Meters.Name, "Microsoft.Orleans", "System.Runtime")
                // Counts a table of many thousand entries each time it is read.
                .AddView("orleans-directory-cache-size", MetricStreamConfiguration.Drop)));
        }

        if (Tracing.IsExported)
        {
            // Spans are made in traces only that are recorded: the door chooses them, before anything is made for a request.
            services.AddOpenTelemetry().WithTracing(spans => spans.AddSource(Tracing.SourceName).SetSampler(new AlwaysOnSampler()).AddOtlpExporter());
        }
    }

    /// <summary>A silo of its own has no web server: its metrics have a port for themselves, when one is set.</summary>
    public static void AddLimoChaSiloTelemetry(this IHostApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var section = builder.Configuration.GetSection("Metrics");
        builder.Services.AddOptions<MetricsOptions>().Bind(section).ValidateDataAnnotations().ValidateOnStart();
        var port = section.Get<MetricsOptions>()?.Port;
        builder.Services.AddLimoChaTelemetry(port is null ? null : metrics => metrics.AddPrometheusExporter());
        if (port is not null)
        {
            builder.Services.AddHostedService(provider => new MetricsServer(provider.GetRequiredService<MeterProvider>(), port.Value));
        }
    }
}
