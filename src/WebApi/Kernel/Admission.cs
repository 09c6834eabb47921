using System.Diagnostics.Metrics;
using System.Text.Json;
using LimoCha.Actors.Storage;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace LimoCha.Actors.Kernel;

/// <summary>
/// Back-pressure: beyond so many requests under way in this process, more are refused at once, before any work is done for them. What
/// was let in keeps its pace, and what was refused is told to come back in a second.
/// </summary>
internal sealed class Admission
{
    private static readonly Meter Meter = new(Meters.Name);
    private static readonly Counter<long> Refused = Meter.CreateCounter<long>("limocha.api.refused", "{request}", "Requests refused because too many were under way");
    /// <summary>Made once: what is refused by the thousand costs as little as can be.</summary>
    private static readonly byte[] Refusal = JsonSerializer.SerializeToUtf8Bytes(Problems.Details(429, "overloaded", "The service has more to do than it can; try again in a moment."), JsonSerializerOptions.Web);

    private readonly RequestDelegate next;
    private readonly int most;
    private int underWay;

    public Admission(RequestDelegate next, IOptions<RateLimitSettings> settings)
    {
        (this.next, most) = (next, settings.Value.UnderWay);
        // A counter that never counted is not on the page that dashboards read.
        Refused.Add(0);
        Meter.CreateObservableGauge("limocha.api.under_way", () => Volatile.Read(ref underWay), "{request}", "Requests under way");
    }

    public Task InvokeAsync(HttpContext context) => context.Request.IsApi() ? AdmitAsync(context) : next(context);

    private async Task AdmitAsync(HttpContext context)
    {
        try
        {
            await (Interlocked.Increment(ref underWay) <= most ? next(context) : RefuseAsync(context));
        }
        finally
        {
            Interlocked.Decrement(ref underWay);
        }
    }

    private static async Task RefuseAsync(HttpContext context)
    {
        Refused.Add(1);
        // Counted here, and not once more by path, status and time.
        if (context.Features.Get<IHttpMetricsTagsFeature>() is { } metrics)
        {
            metrics.MetricsDisabled = true;
        }

        var response = context.Response;
        response.StatusCode = StatusCodes.Status429TooManyRequests;
        response.Headers.RetryAfter = "1";
        response.ContentType = "application/problem+json";
        response.ContentLength = Refusal.Length;
        await response.BodyWriter.WriteAsync(Refusal, context.RequestAborted);
    }
}
