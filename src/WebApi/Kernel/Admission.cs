using System.Diagnostics.Metrics;
using System.Text.Json;
using System.Threading.RateLimiting;
using LimoCha.Actors.Storage;
using Microsoft.Extensions.Options;

namespace LimoCha.Actors.Kernel;

/// <summary>
/// Back-pressure: beyond so many requests under way in this process, more are refused at once, before any work is done for them. What
/// was let in keeps its pace, and what was refused is told to come back in a second.
/// </summary>
internal sealed class Admission : IMiddleware, IDisposable
{
    private static readonly Meter Meter = new(StorageMetrics.MeterName);
    private static readonly Counter<long> Refused = Meter.CreateCounter<long>("limocha.api.refused", "{request}", "Requests refused because too many were under way");
    /// <summary>Made once: what is refused by the thousand costs as little as can be.</summary>
    private static readonly byte[] Refusal = JsonSerializer.SerializeToUtf8Bytes(Problems.Details(429, "overloaded", "The service has more to do than it can; try again in a moment."), JsonSerializerOptions.Web);

    private readonly ConcurrencyLimiter limiter;

    public Admission(IOptions<RateLimitSettings> settings)
    {
        var most = settings.Value.UnderWay;
        limiter = new(new() { PermitLimit = most, QueueLimit = 0 });
        // A counter that never counted is not on the page that dashboards read.
        Refused.Add(0);
        Meter.CreateObservableGauge("limocha.api.under_way", () => most - limiter.GetStatistics()!.CurrentAvailablePermits, "{request}", "Requests under way");
    }

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (!context.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal))
        {
            await next(context);
            return;
        }

        using var lease = limiter.AttemptAcquire();
        if (lease.IsAcquired)
        {
            await next(context);
            return;
        }

        Refused.Add(1);
        var response = context.Response;
        response.StatusCode = StatusCodes.Status429TooManyRequests;
        response.Headers.RetryAfter = "1";
        response.ContentType = "application/problem+json";
        response.ContentLength = Refusal.Length;
        await response.BodyWriter.WriteAsync(Refusal, context.RequestAborted);
    }

    public void Dispose() => limiter.Dispose();
}
