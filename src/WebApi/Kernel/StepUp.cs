namespace LimoCha.Actors.Kernel;

/// <summary>Says that a call is sensitive: whoever makes it has proved within ten minutes, in this session, that it is them (E4).</summary>
internal sealed record SensitiveCall;

/// <summary>Asks for it.</summary>
internal static class StepUp
{
    /// <summary>Refuses callers who have not proved it lately with <c>step-up-required</c>.</summary>
    public static TBuilder RequireStepUp<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new SensitiveCall()).AddEndpointFilter(async (context, next) =>
            context.HttpContext.User.ToActor().Elevated
                ? await next(context)
                : Problems.Of(403, "step-up-required", "This is sensitive: prove again that it is you at /auth/step-up, then repeat the call."));
}
