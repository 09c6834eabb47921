using System.Diagnostics;
using LimoCha.Actors.Hosting;
using Microsoft.AspNetCore.Routing;

namespace LimoCha.Actors.Kernel;

internal static class RequestTraces
{
    /// <summary>A request's trace goes on in the actors it calls. A connection is no request: what goes over it later is no part of the trace of its opening.</summary>
    public static void UseTraces(this WebApplication app) => app.Use(async (context, next) =>
    {
        var span = Activity.Current;
        if (IsConnection(context.Request.Path))
        {
            Activity.Current = null;
        }
        else
        {
            TracePropagation.Begin();
        }

        try
        {
            await next(context);
        }
        finally
        {
            if (span is { Recorded: true })
            {
                span.DisplayName = Name(span, (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText);
            }
        }
    });

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
