using System.Globalization;
using LimoCha.Actors.Kernel;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Localization;

namespace LimoCha.Actors.Pages;

/// <summary>What a browser gets when a page cannot be had: a page that says why, in the reader's language, where programs get problem details.</summary>
internal sealed class ProblemPages : IProblemDetailsWriter
{
    public bool CanWrite(ProblemDetailsContext context) =>
        !context.HttpContext.Request.IsFromProgram() && context.HttpContext.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);

    public async ValueTask WriteAsync(ProblemDetailsContext context)
    {
        Problems.Customize(context);
        var (http, problem) = (context.HttpContext, context.ProblemDetails);
        // The request has left what set it, when a failure ended it.
        if (http.Features.Get<IRequestCultureFeature>()?.RequestCulture is { } language)
        {
            (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = (language.Culture, language.UICulture);
        }

        var status = problem.Status ?? http.Response.StatusCode;
        int? again = status == StatusCodes.Status503ServiceUnavailable && HttpMethods.IsGet(http.Request.Method) ? FailureHandler.RetrySeconds : null;
        await new RazorComponentResult<ProblemPage>(new { Name = Problems.Name(problem), Status = status, Again = again }) { StatusCode = status }.ExecuteAsync(http);
    }
}
