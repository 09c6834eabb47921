using System.Security.Claims;
using LimoCha.Actors.Kernel;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;

namespace LimoCha.Actors.Identity;

/// <summary>
/// Who calls the API or the hub with a token that is valid. The schemes' handlers would say the same, but two of them are made for every request,
/// with options and a logger each, and those of a connection live as long as it does. Whatever is not plain, they answer.
/// </summary>
internal sealed class DirectAuthentication(RememberedTokens tokens, SessionCheck sessions) : IAuthenticationService
{
    private const string ByHandlers = "by-handlers";
    private const string Scheme = "Bearer ";

    /// <summary>Before the service that <c>AddAuthentication</c> added.</summary>
    public static void AddTo(IServiceCollection services)
    {
        var byHandlers = services.Single(service => service.ServiceType == typeof(IAuthenticationService));
        services.Remove(byHandlers);
        services.Add(new(typeof(IAuthenticationService), ByHandlers, byHandlers.ImplementationType!, byHandlers.Lifetime));
        services.AddSingleton<IAuthenticationService, DirectAuthentication>();
    }

    /// <summary>Browsers cannot set headers on a WebSocket: the hub takes its token from the query, too, as SignalR sends it.</summary>
    public static string? QueryToken(HttpRequest request) => request.IsHub() && request.Query["access_token"] is [{ Length: > 0 } token] ? token : null;

    public Task<AuthenticateResult> AuthenticateAsync(HttpContext context, string? scheme)
    {
        if (scheme == IdentityHosting.ByPath && context.Request.IsFromProgram())
        {
            var (query, header) = (QueryToken(context.Request), context.Request.Headers.Authorization is [{ } only] && only.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? only : null);
            if (query is not null || header is not null)
            {
                return tokens.Find(query ?? header.AsSpan(Scheme.Length)) is { } session
                    ? OfSessionAsync(context, scheme, session)
                    : ValidatedAsync(context, scheme, query ?? header![Scheme.Length..].Trim());
            }
        }

        return Handlers(context).AuthenticateAsync(context, scheme);
    }

    public Task ChallengeAsync(HttpContext context, string? scheme, AuthenticationProperties? properties) => Handlers(context).ChallengeAsync(context, scheme, properties);

    public Task ForbidAsync(HttpContext context, string? scheme, AuthenticationProperties? properties) => Handlers(context).ForbidAsync(context, scheme, properties);

    public Task SignInAsync(HttpContext context, string? scheme, ClaimsPrincipal principal, AuthenticationProperties? properties) =>
        Handlers(context).SignInAsync(context, scheme, principal, properties);

    public Task SignOutAsync(HttpContext context, string? scheme, AuthenticationProperties? properties) => Handlers(context).SignOutAsync(context, scheme, properties);

    private static IAuthenticationService Handlers(HttpContext context) => context.RequestServices.GetRequiredKeyedService<IAuthenticationService>(ByHandlers);

    /// <summary>A token that comes for the first time; why one is refused, the handlers say.</summary>
    private async Task<AuthenticateResult> ValidatedAsync(HttpContext context, string scheme, string token) =>
        await tokens.ValidateAsync(token) is { } session ? await OfSessionAsync(context, scheme, session) : await Handlers(context).AuthenticateAsync(context, scheme);

    private async Task<AuthenticateResult> OfSessionAsync(HttpContext context, string scheme, (Guid UserId, Guid SessionId) session) =>
        await sessions.FindAsync(session.UserId, session.SessionId) is { } principal
            ? AuthenticateResult.Success(new(principal, JwtBearerDefaults.AuthenticationScheme))
            : await Handlers(context).AuthenticateAsync(context, scheme);
}
