using System.Globalization;
using LimoCha.Actors.Identity;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Reports;
using LimoCha.Actors.Staff;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Localization;
using Microsoft.AspNetCore.Mvc;
using MudBlazor;
using MudBlazor.Services;

namespace LimoCha.Actors.Pages;

/// <summary>The console and the phone pages, and the forms that need the request itself: signing in and out, language.</summary>
internal static class PagesHosting
{
    public static IServiceCollection AddLimoChaPages(this IServiceCollection services)
    {
        services.AddLocalization();
        services.AddRazorComponents().AddInteractiveServerComponents();
        services.AddMudServices();
        services.AddTransient<MudLocalizer, ComponentTexts>();
        services.AddCascadingAuthenticationState();
        services.AddScoped<AuthenticationStateProvider, SessionWatch>();
        services.AddSingleton<BoardQueries>();
        return services;
    }

    public static void MapLimoChaPages(this WebApplication app)
    {
        // Whoever asks, and whether or not it can be known who does: a page that says so has its looks.
        app.MapStaticAssets().AllowAnonymous().ShortCircuit();
        // It checks the form's token itself, and says so when that is too old: the framework would not let it read the form then.
        app.MapPost("/sign-in", SignInAsync).AllowAnonymous().RequireRateLimiting(Limits.SignIn).DisableAntiforgery().ExcludeFromDescription();
        app.MapPost("/sign-out", SignOutAsync).RequireAuthorization(Policies.Page).ExcludeFromDescription();
        app.MapGet("/language", SetLanguage).AllowAnonymous().ExcludeFromDescription();
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode().Add(OpenFramework);
    }

    /// <summary>
    /// The framework's own endpoints are open to anyone, because set-up and sign-in pages need them; each page states
    /// its own policy, and a circuit shows no page that its caller may not see.
    /// </summary>
    private static void OpenFramework(EndpointBuilder endpoint)
    {
        if (endpoint is RouteEndpointBuilder { RoutePattern.RawText: { } path } && path.TrimStart('/').StartsWith('_'))
        {
            endpoint.Metadata.Add(new Microsoft.AspNetCore.Authorization.AllowAnonymousAttribute());
        }
    }

    /// <summary>Only places of this site: nothing that starts another host, also when a browser leaves a tab or a line's end out.</summary>
    internal static string Local(string? url) => url is ['/', not ('/' or '\\'), ..] or "/" && !url.Any(char.IsControl) ? url : "/";

    private static async Task<IResult> SignInAsync(
        HttpContext context, [FromForm] string userName, [FromForm] string password, [FromForm] string? code, [FromForm] string? returnUrl,
        SignIn signIn, IAntiforgery antiforgery)
    {
        if (!await antiforgery.IsRequestValidAsync(context))
        {
            return Results.LocalRedirect("/sign-in?problem=expired");
        }

        var outcome = userName.Length > 254 || password.Length > 200
            ? new Refusal(RefusalKind.Forbidden, "invalid-credentials", "")
            : await signIn.TryAsync(new(userName, password, code));
        if (!outcome.Ok)
        {
            return Results.LocalRedirect($"/sign-in?problem={outcome.Refusal.Problem}&returnUrl={Uri.EscapeDataString(Local(returnUrl))}");
        }

        var user = outcome.Value.User;
        var principal = new Actor(user.Id, user.Role, user.DepartmentId).ToPrincipal(outcome.Value.SessionId);
        await context.SignInAsync(CookieAuthenticationDefaults.AuthenticationScheme, principal, new() { IsPersistent = true });
        var home = user.Role == Role.Staff ? "/m" : "/";
        return Results.LocalRedirect(Local(returnUrl) == "/" ? home : Local(returnUrl));
    }

    private static async Task<IResult> SignOutAsync(HttpContext context, IGrainFactory grains, TimeProvider clock, IAntiforgery antiforgery)
    {
        if (await antiforgery.IsRequestValidAsync(context))
        {
            var actor = context.User.ToActor();
            await grains.Grain<IUserGrain>(actor.UserId).EndSessionsAsync(context.User.SessionId(), "signed-out", new(actor, Ids.New(clock)));
            await context.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
        }

        return Results.LocalRedirect("/sign-in");
    }

    private static IResult SetLanguage(HttpContext context, string? to, string? returnUrl)
    {
        var culture = new CultureInfo(to == "en" ? "en" : "zh-CN");
        context.Response.Cookies.Append(
            CookieRequestCultureProvider.DefaultCookieName, CookieRequestCultureProvider.MakeCookieValue(new(culture)),
            new() { HttpOnly = true, SameSite = SameSiteMode.Lax, MaxAge = TimeSpan.FromDays(365), IsEssential = true });
        return Results.LocalRedirect(Local(returnUrl));
    }
}
