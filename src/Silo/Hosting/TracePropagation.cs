using System.Diagnostics;

namespace LimoCha.Actors.Hosting;

/// <summary>
/// A trace that is recorded goes on in the actors that are called for it: its context travels with the call. What nobody records
/// travels without one and costs nothing; Orleans' own propagation makes something of every call (docs/decisions/0025).
/// </summary>
public sealed class TracePropagation : IIncomingGrainCallFilter
{
    // As in W3C Trace Context, and where Orleans' own propagation has it.
    private const string TraceParent = "traceparent";

    /// <summary>From here on calls to actors belong to the span that is current, when it is recorded.</summary>
    public static void Begin()
    {
        if (Activity.Current is { Recorded: true } span)
        {
            RequestContext.Set(TraceParent, span.Id!);
        }
    }

    /// <inheritdoc />
    public Task Invoke(IIncomingGrainCallContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return RequestContext.Get(TraceParent) is string parent && ActivityContext.TryParse(parent, traceState: null, isRemote: true, out var caller)
            ? TracedAsync(context, caller)
            : context.Invoke();
    }

    private static async Task TracedAsync(IIncomingGrainCallContext context, ActivityContext caller)
    {
        using var span = Tracing.Source.StartActivity($"{context.InterfaceName}/{context.MethodName}", ActivityKind.Server, caller);
        Begin();
        // https://opentelemetry.io/docs/specs/semconv/rpc/rpc-spans/
        span?.SetTag("rpc.system", "orleans").SetTag("rpc.service", context.InterfaceName).SetTag("rpc.method", context.MethodName);
        try
        {
            await context.Invoke();
        }
        catch (Exception error)
        {
            span?.SetStatus(ActivityStatusCode.Error).SetTag("error.type", error.GetType().FullName);
            throw;
        }
    }
}
