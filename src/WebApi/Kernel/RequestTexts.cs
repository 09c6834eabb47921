using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace LimoCha.Actors.Kernel;

/// <summary>How a request may be written, looked at before anything reads it: in UTF-8, and without U+0000 in its query.</summary>
internal static class RequestTexts
{
    private const string EscapedZero = "%00";

    public static WebApplication UseRequestTexts(this WebApplication app)
    {
        app.Use((context, next) => Fault(context.Request) is { } fault ? fault.ExecuteAsync(context) : next(context));
        return app;
    }

    private static ProblemHttpResult? Fault(HttpRequest request)
    {
        if (request.QueryString is { HasValue: true, Value: { } query } && query.Contains(EscapedZero, StringComparison.Ordinal))
        {
            return Problems.Of(400, "invalid", Contents.NoZeroCharacter, request.Query.FirstOrDefault(parameter => parameter.Value.Any(Contents.HasZeroCharacter)).Key);
        }

        return request.ContentType is { } type && type.Contains("charset", StringComparison.OrdinalIgnoreCase)
            && MediaTypeHeaderValue.TryParse(type, out var parsed) && parsed.Charset is { HasValue: true } charset && !charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase)
            ? Problems.Of(415, "unsupported-media-type", "Texts are read as UTF-8 only.")
            : null;
    }
}
