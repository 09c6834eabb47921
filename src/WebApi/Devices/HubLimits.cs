using System.Threading.RateLimiting;
using LimoCha.Actors.Kernel;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Options;

namespace LimoCha.Actors.Devices;

/// <summary>How much one connection may send: beyond it messages are refused, and a connection that goes on is closed.</summary>
internal sealed class HubLimits(IOptions<RateLimitSettings> settings) : IHubFilter
{
    private const int Patience = 1_000;
    private static readonly object Key = new();

    public async ValueTask<object?> InvokeMethodAsync(HubInvocationContext invocationContext, Func<HubInvocationContext, ValueTask<object?>> next)
    {
        if (invocationContext.Context.Items[Key] is Bucket bucket && !bucket.TryTake())
        {
            if (bucket.Refused > Patience)
            {
                invocationContext.Context.Abort();
            }

            throw new HubException("urn:limocha:problem:too-many-requests Too many messages; slow down.");
        }

        return await next(invocationContext);
    }

    public Task OnConnectedAsync(HubLifetimeContext context, Func<HubLifetimeContext, Task> next)
    {
        context.Context.Items[Key] = new Bucket(settings.Value.HubMessagesPerSecond);
        return next(context);
    }

    /// <summary>A token bucket that fills by the clock when it is asked, so that ten thousand idle connections cost no timer.</summary>
    private sealed class Bucket(int perSecond)
    {
        private readonly TokenBucketRateLimiter limiter = new(Filled(perSecond));

        public int Refused { get; private set; }

        public bool TryTake()
        {
            limiter.TryReplenish();
            using var lease = limiter.AttemptAcquire();
            Refused += lease.IsAcquired ? 0 : 1;
            return lease.IsAcquired;
        }

        private static TokenBucketRateLimiterOptions Filled(int many)
        {
            var options = Limits.PerSecond(many);
            options.AutoReplenishment = false;
            return options;
        }
    }
}
