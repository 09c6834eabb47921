using System.Threading.RateLimiting;
using LimoCha.Actors.Kernel;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Options;

namespace LimoCha.Actors.Devices;

/// <summary>How much one connection may send: beyond it messages are refused, and a connection that goes on is closed.</summary>
internal sealed class HubLimits(IOptions<RateLimitSettings> settings) : IHubFilter
{
    private const int Patience = 1_000;
    private readonly TokenBucketRateLimiterOptions bucket = Limits.PerSecond(settings.Value.HubMessagesPerSecond);

    public ValueTask<object?> InvokeMethodAsync(HubInvocationContext invocationContext, Func<HubInvocationContext, ValueTask<object?>> next)
    {
        if (invocationContext.Context.Features.Get<Bucket>() is { } left && !left.TryTake())
        {
            if (left.Refused > Patience)
            {
                invocationContext.Context.Abort();
            }

            throw new HubException("urn:limocha:problem:too-many-requests Too many messages; slow down.");
        }

        return next(invocationContext);
    }

    public Task OnConnectedAsync(HubLifetimeContext context, Func<HubLifetimeContext, Task> next)
    {
        // A feature, not an item: the first item of a connection brings a dictionary of its own for all of its life.
        context.Context.Features.Set(new Bucket(bucket));
        return next(context);
    }

    /// <summary>A token bucket that fills by the clock when it is asked, so that ten thousand idle connections cost no timer.</summary>
    private sealed class Bucket(TokenBucketRateLimiterOptions options)
    {
        private readonly TokenBucketRateLimiter limiter = new(options);

        public int Refused { get; private set; }

        public bool TryTake()
        {
            limiter.TryReplenish();
            using var lease = limiter.AttemptAcquire();
            Refused += lease.IsAcquired ? 0 : 1;
            return lease.IsAcquired;
        }
    }
}
