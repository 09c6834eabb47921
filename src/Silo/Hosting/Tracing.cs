using System.Diagnostics;

namespace LimoCha.Actors.Hosting;

/// <summary>Spans of our own, and whether they go anywhere: the standard variable <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> names the collector.</summary>
public static class Tracing
{
    /// <summary>The source's name.</summary>
    public const string SourceName = "LimoCha.Actors";

    /// <summary>Commit, projection and showing of what the actors do; costs nothing while nobody listens.</summary>
    internal static readonly ActivitySource Source = new(SourceName);

    /// <summary>True when a collector is named.</summary>
    public static bool IsExported { get; } = Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_ENDPOINT") is { Length: > 0 };
}
