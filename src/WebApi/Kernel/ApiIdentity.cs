using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;

namespace LimoCha.Actors.Kernel;

/// <summary>
/// Under /api the caller is who the bearer token says, never who a page's cookie says: a page elsewhere cannot make a
/// signed-in browser call the API. Rate limits and idempotency keys go by this caller.
/// </summary>
internal sealed class ApiIdentity(RequestDelegate next)
{
    public async Task InvokeAsync(HttpContext context)
    {
        if (context.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal))
        {
            context.User = (await context.AuthenticateAsync(JwtBearerDefaults.AuthenticationScheme)).Principal ?? new();
        }

        await next(context);
    }
}
