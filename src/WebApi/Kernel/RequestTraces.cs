using System.Diagnostics;
using LimoCha.Actors.Hosting;
using Microsoft.AspNetCore.Routing;

namespace LimoCha.Actors.Kernel;

internal static class RequestTraces
{
    /// <summary>A request's trace goes on in the actors it calls.</summary>
    public static void UseTraces(this WebApplication app) => app.Use(next => context => Activity.Current switch
    {
        { Recorded: true } span => TracedAsync(context, next, span),
        _ => LeaveAsync(context, next),
    });

    private static async Task TracedAsync(HttpContext context, RequestDelegate next, Activity span)
    {
        try
        {
            // A connection is no request: what goes over it later is no part of the trace of its opening.
            await (IsConnection(context.Request.Path) ? LeaveAsync(context, next) : FollowAsync(context, next));
        }
        finally
        {
            span.DisplayName = Name(span, (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText);
        }
    }

    private static Task FollowAsync(HttpContext context, RequestDelegate next)
    {
        TracePropagation.Begin();
        return next(context);
    }

    /// <summary>Without a trace. An activity that nobody records would still be carried through every await of the request.</summary>
    private static Task LeaveAsync(HttpContext context, RequestDelegate next)
    {
        Activity.Current = null;
        return next(context);
    }

    /// <summary>By https://opentelemetry.io/docs/specs/semconv/http/http-spans/#name.</summary>
    private static string Name(Activity span, string? route)
    {
        var method = span.GetTagItem("http.request.method") is string known and not "_OTHER" ? known : "HTTP";
        return route is null ? method : $"{method} {route}";
    }

    /// <summary>The devices' hub and the pages' circuits, by whatever transport.</summary>
    private static bool IsConnection(PathString path) =>
        path.StartsWithSegments("/hubs", StringComparison.Ordinal) || path.StartsWithSegments("/_blazor", StringComparison.Ordinal);
}
