using System.Diagnostics;
using LimoCha.Actors.Hosting;
using Microsoft.AspNetCore.Routing;

namespace LimoCha.Actors.Kernel;

/// <summary>
/// A trace begins with a request that is chosen. ASP.NET Core would make a span of every request as soon as anybody listens, chosen or not,
/// and describe it by its address (docs/decisions/0025).
/// </summary>
internal static class RequestTraces
{
    /// <summary>A request's trace goes on in the actors it calls.</summary>
    public static void UseTraces(this WebApplication app)
    {
        var sampler = RequestSampler.OfEnvironment();
        app.Use(next => context => !IsConnection(context.Request) && sampler.Chooses(Caller(context.Request)) ? TracedAsync(context, next) : next(context));
    }

    /// <summary>
    /// By https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-server, with the route's template for the path: an address may carry a
    /// one-time link or what somebody searched for (E3). Nor are there words of an exception, or
    /// the host that the caller names.
    /// </summary>
    private static async Task TracedAsync(HttpContext context, RequestDelegate next)
    {
        var request = context.Request;
        using var span = Tracing.Source.StartActivity("request", ActivityKind.Server, Caller(request));
        TracePropagation.Begin();
        try
        {
            await next(context);
        }
        finally
        {
            if (span is not null)
            {
                var (method, route) = (IsKnown(request.Method) ? request.Method : null, (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText);
                span.DisplayName = $"{method ?? "HTTP"} {route}".TrimEnd();
                span.SetTag("http.request.method", method ?? "_OTHER").SetTag("http.route", route).SetTag("url.path", route).SetTag("url.scheme", request.Scheme)
                    .SetTag("network.protocol.version", request.Protocol.Replace("HTTP/", "", StringComparison.Ordinal)).SetTag("http.response.status_code", context.Response.StatusCode);
                if (context.Response.StatusCode >= StatusCodes.Status500InternalServerError)
                {
                    span.SetStatus(ActivityStatusCode.Error).SetTag("error.type", $"{context.Response.StatusCode}");
                }
            }
        }
    }

    /// <summary>The trace that the caller says the request belongs to (W3C Trace Context).</summary>
    private static ActivityContext Caller(HttpRequest request) =>
        ActivityContext.TryParse(request.Headers.TraceParent, traceState: null, isRemote: true, out var caller) ? caller : default;

    private static bool IsKnown(string method) =>
        HttpMethods.IsGet(method) || HttpMethods.IsPost(method) || HttpMethods.IsPut(method) || HttpMethods.IsPatch(method) || HttpMethods.IsDelete(method)
        || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method);

    /// <summary>
    /// The devices' hub and the pages' circuits, by whatever transport: a connection is no request, and what goes over it is no part of its opening.
    /// </summary>
    private static bool IsConnection(HttpRequest request) => request.IsHub() || request.Path.StartsWithSegments("/_blazor", StringComparison.Ordinal);
}
