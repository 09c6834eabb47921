using System.Diagnostics;
using System.Globalization;
using OpenTelemetry.Trace;

namespace LimoCha.Actors.Kernel;

/// <summary>
/// Which requests are traced, asked before anything is made for one. The names and their meaning are OpenTelemetry's
/// (https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/#general-sdk-configuration).
/// </summary>
/// <param name="name">OTEL_TRACES_SAMPLER; parentbased_always_on when it is none of the standard's.</param>
/// <param name="argument">OTEL_TRACES_SAMPLER_ARG: the part that is traced, 0 to 1; all when it is no such number.</param>
internal sealed class RequestSampler(string? name, string? argument)
{
    private readonly Sampler sampler = name switch
    {
        "always_on" => new AlwaysOnSampler(),
        "always_off" => new AlwaysOffSampler(),
        "traceidratio" => Part(argument),
        "parentbased_always_off" => new ParentBasedSampler(new AlwaysOffSampler()),
        "parentbased_traceidratio" => new ParentBasedSampler(Part(argument)),
        _ => new ParentBasedSampler(new AlwaysOnSampler()),
    };

    /// <summary>By the variables of this process.</summary>
    public static RequestSampler OfEnvironment() => new(Environment.GetEnvironmentVariable("OTEL_TRACES_SAMPLER"), Environment.GetEnvironmentVariable("OTEL_TRACES_SAMPLER_ARG"));

    /// <summary>Whether a request is traced that came with this context; none is the default.</summary>
    public bool Chooses(ActivityContext caller)
    {
        var trace = caller.TraceId == default ? ActivityTraceId.CreateRandom() : caller.TraceId;
        return sampler.ShouldSample(new(caller, trace, "request", ActivityKind.Server)).Decision == SamplingDecision.RecordAndSample;
    }

    private static TraceIdRatioBasedSampler Part(string? argument) =>
        new(double.TryParse(argument, NumberStyles.Float, CultureInfo.InvariantCulture, out var part) && part is >= 0 and <= 1 ? part : 1);
}
