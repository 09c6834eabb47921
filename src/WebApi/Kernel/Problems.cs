using System.Globalization;
using System.Text.Json;
using LimoCha.Actors.Privacy;
using LimoCha.Actors.Storage;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace LimoCha.Actors.Kernel;

/// <summary>The one place where refusals and failures become problem details (RFC 9457).</summary>
public static class Problems
{
    private const string Prefix = "urn:limocha:problem:";

    /// <summary>A refusal as a problem.</summary>
    public static ProblemHttpResult From(Refusal refusal)
    {
        ArgumentNullException.ThrowIfNull(refusal);
        return Of(Status(refusal.Kind), refusal.Problem, refusal.Detail, refusal.Field);
    }

    /// <summary>A problem by its parts.</summary>
    public static ProblemHttpResult Of(int status, string name, string detail, string? field = null) =>
        TypedResults.Problem(Details(status, name, detail, field));

    /// <summary>The details by their parts.</summary>
    public static ProblemDetails Details(int status, string name, string detail, string? field = null)
    {
        var details = new ProblemDetails { Status = status, Type = Prefix + name, Title = Title(status), Detail = detail };
        if (field is not null)
        {
            details.Extensions["errors"] = new Dictionary<string, string[]> { [field] = [detail] };
        }

        return details;
    }

    /// <summary>Gives the framework's own problems our stable types and camelCase fields.</summary>
    public static void Customize(ProblemDetailsContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var problem = context.ProblemDetails;
        if (problem is HttpValidationProblemDetails validation)
        {
            var errors = validation.Errors.ToDictionary(pair => Camel(pair.Key), pair => pair.Value);
            validation.Errors.Clear();
            foreach (var (field, messages) in errors)
            {
                validation.Errors[field] = messages;
            }

            problem.Type = Prefix + "invalid";
            problem.Detail ??= "Some fields are missing or out of range; see errors.";
        }
        else if (problem.Type?.StartsWith(Prefix, StringComparison.Ordinal) != true)
        {
            problem.Type = Prefix + problem.Status switch
            {
                400 => "invalid", 401 => "unauthenticated", 403 => "forbidden", 404 => "not-found", 405 => "method-not-allowed",
                415 => "unsupported-media-type", 429 => "too-many-requests", 503 => "unavailable", _ => "error",
            };
        }
    }

    /// <summary>The name of a problem, as docs/problems.md lists it.</summary>
    internal static string Name(ProblemDetails problem) => problem.Type is { } type && type.StartsWith(Prefix, StringComparison.Ordinal) ? type[Prefix.Length..] : "error";

    /// <summary>The HTTP status of a family of refusals.</summary>
    public static int Status(RefusalKind kind) => kind switch
    {
        RefusalKind.Invalid => 400,
        RefusalKind.Forbidden => 403,
        RefusalKind.NotFound => 404,
        RefusalKind.Conflict => 409,
        RefusalKind.Stale => 412,
        _ => 422,
    };

    /// <summary>"Title" and "Center.Latitude" as clients write them.</summary>
    internal static string Camel(string path) => string.Join('.', path.Split('.').Select(part => JsonNamingPolicy.CamelCase.ConvertName(part)));

    private static string Title(int status) => status switch
    {
        400 => "Invalid input", 401 => "Not signed in", 403 => "Not allowed", 404 => "Not found", 409 => "Not in this state",
        412 => "Old version", 422 => "Refused", 429 => "Too many requests", 503 => "Try again", _ => "Error",
    };
}

/// <summary>Failures that are nobody's refusal: storage away, input that cannot be read, and bugs.</summary>
internal sealed partial class FailureHandler(IProblemDetailsService problems, ILogger<FailureHandler> logger) : IExceptionHandler
{
    public const int RetrySeconds = 2;

    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        var details = exception switch
        {
            StateTooLargeException large => Problems.Details(422, "too-large", large.Message),
            _ when IsAway(exception) =>
                Problems.Details(503, "unavailable", "The change may or may not have been made. Repeat it with the same Idempotency-Key."),
            BadHttpRequestException { InnerException: JsonException json } =>
                Problems.Details(400, "invalid", "The body is not the JSON this call takes.", Field(json.Path)),
            BadHttpRequestException bad => Problems.Details(bad.StatusCode, bad.StatusCode == 413 ? "too-large" : "invalid", bad.Message),
            _ => Problems.Details(500, "error", "Something went wrong here; it has been logged."),
        };
        if (details.Status == 500)
        {
            LogFailure(logger, exception.GetType().Name, httpContext.GetEndpoint()?.DisplayName, exception.StackTrace);
        }
        else if (details.Status == 503)
        {
            httpContext.Response.Headers.RetryAfter = RetrySeconds.ToString(CultureInfo.InvariantCulture);
        }

        httpContext.Response.StatusCode = details.Status!.Value;
        return await problems.TryWriteAsync(new() { HttpContext = httpContext, ProblemDetails = details });
    }

    /// <summary>True when what was asked cannot be reached or cannot now: the same may work in a moment.</summary>
    public static bool IsAway(Exception exception) =>
        exception is StorageUnavailableException or TimeoutException or OrleansException || StorageErrors.IsAway(exception);

    private static string? Field(string? path) => path is { Length: > 2 } ? path[2..] : null;

    [LoggerMessage(Level = LogLevel.Error, Message = "{Error} in {Endpoint}: {Trace}")]
    private static partial void LogFailure(ILogger logger, [NotPersonal] string error, [NotPersonal] string? endpoint, [NotPersonal] string? trace);
}
