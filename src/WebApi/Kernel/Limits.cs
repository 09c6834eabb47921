using System.Globalization;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;

namespace LimoCha.Actors.Kernel;

/// <summary>How much one caller may ask; beyond it the answer is 429 with Retry-After.</summary>
internal static class Limits
{
    public const string SignIn = "sign-in";

    /// <summary>Pages that anybody may open.</summary>
    public const string Public = "public";

    public static IServiceCollection AddLimits(this IServiceCollection services)
    {
        services.AddOptions<RateLimitSettings>().BindConfiguration("RateLimits").ValidateDataAnnotations().ValidateOnStart();
        services.AddRateLimiter(_ => { });
        services.AddOptions<RateLimiterOptions>().Configure<IOptions<RateLimitSettings>>((limiter, settings) =>
        {
            var limits = settings.Value;
            // Made once: the library's GetTokenBucketLimiter makes three objects of it for every request. As there, whoever keeps the limiters replenishes them.
            var ofCaller = (string _) => new TokenBucketRateLimiter(PerSecond(limits.PerUserPerSecond, limits.PerUserBurst));
            var ofDevices = (string _) => new TokenBucketRateLimiter(PerSecond(limits.ConnectsPerUserPerSecond));
            limiter.RejectionStatusCode = 429;
            limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(context =>
                context.Request.IsApi()
                    ? RateLimitPartition.Get<string>(Caller(context), ofCaller)
                    : context.Request.IsHub()
                        ? RateLimitPartition.Get<string>($"hub {Caller(context)}", ofDevices)
                        : RateLimitPartition.GetNoLimiter(""));
            limiter.AddPolicy(SignIn, context => RateLimitPartition.GetFixedWindowLimiter(
                Address(context), _ => new() { PermitLimit = limits.SignInsPerMinute, Window = TimeSpan.FromMinutes(1), QueueLimit = 0 }));
            limiter.AddPolicy(Public, context => RateLimitPartition.GetTokenBucketLimiter($"public {Address(context)}", _ => PerSecond(limits.PublicPerSecond)));
            limiter.OnRejected = async (context, _) =>
            {
                var wait = context.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : TimeSpan.FromSeconds(1);
                context.HttpContext.Response.Headers.RetryAfter = Math.Max(1, Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
                await Problems.Of(429, "too-many-requests", "Too many requests; wait as Retry-After says.").ExecuteAsync(context.HttpContext);
            };
        });
        return services;
    }

    /// <summary>So many a second on average, ten times as many at once where nothing else is said; whoever keeps the limiter replenishes it.</summary>
    internal static TokenBucketRateLimiterOptions PerSecond(int many, int? atOnce = null) => new()
    {
        TokenLimit = atOnce ?? many * 10, TokensPerPeriod = many, ReplenishmentPeriod = TimeSpan.FromSeconds(1), QueueLimit = 0, AutoReplenishment = false,
    };

    private static string Caller(HttpContext context) => context.User.Identity?.IsAuthenticated == true ? context.User.UserKey() : Address(context);

    private static string Address(HttpContext context) => context.Connection.RemoteIpAddress?.ToString() ?? "unknown";
}
