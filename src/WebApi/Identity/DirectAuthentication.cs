using System.Security.Claims;
using LimoCha.Actors.Kernel;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;

namespace LimoCha.Actors.Identity;

/// <summary>
/// Who calls the API with a token that is remembered. The schemes' handlers would say the same, but two of them are made for every request,
/// with options and a logger each. Whatever is not plain, they answer.
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

    public Task<AuthenticateResult> AuthenticateAsync(HttpContext context, string? scheme) =>
        scheme == IdentityHosting.ByPath && context.Request.IsApi()
        && context.Request.Headers.Authorization is [{ } header] && header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
        && tokens.Find(header.AsSpan(Scheme.Length)) is { } session
            ? OfSessionAsync(context, scheme, session.UserId, session.SessionId)
            : Handlers(context).AuthenticateAsync(context, scheme);

    public Task ChallengeAsync(HttpContext context, string? scheme, AuthenticationProperties? properties) => Handlers(context).ChallengeAsync(context, scheme, properties);

    public Task ForbidAsync(HttpContext context, string? scheme, AuthenticationProperties? properties) => Handlers(context).ForbidAsync(context, scheme, properties);

    public Task SignInAsync(HttpContext context, string? scheme, ClaimsPrincipal principal, AuthenticationProperties? properties) =>
        Handlers(context).SignInAsync(context, scheme, principal, properties);

    public Task SignOutAsync(HttpContext context, string? scheme, AuthenticationProperties? properties) => Handlers(context).SignOutAsync(context, scheme, properties);

    private static IAuthenticationService Handlers(HttpContext context) => context.RequestServices.GetRequiredKeyedService<IAuthenticationService>(ByHandlers);

    private async Task<AuthenticateResult> OfSessionAsync(HttpContext context, string scheme, Guid userId, Guid sessionId) =>
        await sessions.FindAsync(userId, sessionId) is { } principal
            ? AuthenticateResult.Success(new(principal, JwtBearerDefaults.AuthenticationScheme))
            : await Handlers(context).AuthenticateAsync(context, scheme);
}
