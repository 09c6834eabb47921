using System.Diagnostics;

namespace LimoCha.Actors.Hosting;

/// <summary>Spans of our own, and whether they go anywhere: the standard variable <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> names the collector.</summary>
public static class Tracing
{
    /// <summary>The source's name.</summary>
    public const string SourceName = "LimoCha.Actors";

    /// <summary>Calls of actors, and the commit, projection and showing of what they do.</summary>
    internal static readonly ActivitySource Source = new(SourceName);

    /// <summary>True when a collector is named.</summary>
    public static bool IsExported { get; } = Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_ENDPOINT") is { Length: > 0 };

    /// <summary>A span in the trace that is being recorded. What belongs to none gets none: a trace begins with a request.</summary>
    internal static Activity? Start(string name, ActivityKind kind = ActivityKind.Internal) =>
        Activity.Current is { Recorded: true } ? Source.StartActivity(name, kind) : null;
}
