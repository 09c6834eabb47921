namespace LimoCha.Actors.Hosting;

/// <summary>Whether spans go anywhere: the standard variable <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> names the collector.</summary>
public static class Tracing
{
    /// <summary>True when a collector is named.</summary>
    public static bool IsExported { get; } = Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_ENDPOINT") is { Length: > 0 };
}
