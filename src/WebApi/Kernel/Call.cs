using System.Globalization;
using System.Reflection;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Metadata;

namespace LimoCha.Actors.Kernel;

/// <summary>Who calls, which operation it is, and at which version (<c>If-Match</c>). Bound from the request.</summary>
/// <param name="By">From the verified token.</param>
/// <param name="OperationId">From the Idempotency-Key, or new.</param>
/// <param name="Keyed">True with an Idempotency-Key: another request may be making the same entity right now.</param>
/// <param name="Repeated">True when a request with this key began before: an id made then may be taken.</param>
/// <param name="IfVersion">From <c>If-Match</c>.</param>
public sealed record Call(Actor By, Guid OperationId, bool Keyed, bool Repeated, int? IfVersion) : IEndpointParameterMetadataProvider
{
    /// <summary>What a command carries to the actor.</summary>
    public CallContext Context => new(By, OperationId, IfVersion);

    /// <summary>The id of the entity that a creation makes; the actor is told not to look for it when it cannot exist.</summary>
    public Guid NewId()
    {
        if (!Repeated)
        {
            FreshId.Mark(OperationId);
        }

        return OperationId;
    }

    /// <summary>Binds from the request.</summary>
    public static ValueTask<Call> BindAsync(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var operation = context.Features.Get<Operation>();
        var clock = context.RequestServices.GetRequiredService<TimeProvider>();
        return ValueTask.FromResult(new Call(context.User.ToActor(), operation?.Id ?? Ids.New(clock), operation is not null, operation?.Repeated ?? false, IfMatch(context.Request)));
    }

    /// <inheritdoc />
    static void IEndpointParameterMetadataProvider.PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder)
    {
        // Everything comes from headers and token; nothing to describe.
    }

    private static int? IfMatch(HttpRequest request)
    {
        var header = request.Headers.IfMatch.ToString();
        if (header is "" or "*")
        {
            return null;
        }

        var text = header.StartsWith("W/", StringComparison.Ordinal) ? header[2..] : header;
        return int.TryParse(text.Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            ? version
            : throw new BadHttpRequestException("If-Match is not an ETag of this API, like \"3\".");
    }
}

/// <summary>The operation that an Idempotency-Key stands for.</summary>
/// <param name="Id">The same for every repeat.</param>
/// <param name="Repeated">True when this is a repeat.</param>
public sealed record Operation(Guid Id, bool Repeated);

/// <summary>Outcomes as HTTP answers, with their version as ETag.</summary>
public static class Answers
{
    /// <summary>200, or the refusal.</summary>
    public static Results<Ok<T>, ProblemHttpResult> Ok<T>(this Outcome<T> outcome, HttpContext context)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(outcome);
        if (!outcome.Ok)
        {
            return Problems.From(outcome.Refusal);
        }

        SetETag(context, outcome.Version);
        return TypedResults.Ok(outcome.Value);
    }

    /// <summary>201 with its place, or the refusal.</summary>
    public static Results<Created<T>, ProblemHttpResult> Created<T>(this Outcome<T> outcome, HttpContext context, Func<T, string> location)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(outcome);
        ArgumentNullException.ThrowIfNull(location);
        if (!outcome.Ok)
        {
            return Problems.From(outcome.Refusal);
        }

        SetETag(context, outcome.Version);
        return TypedResults.Created(location(outcome.Value), outcome.Value);
    }

    private static void SetETag(HttpContext context, int version) =>
        context.Response.Headers.ETag = string.Create(CultureInfo.InvariantCulture, $"\"{version}\"");
}
