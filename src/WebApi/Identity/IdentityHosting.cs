using System.Security.Claims;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Storage;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace LimoCha.Actors.Identity;

internal static class IdentityHosting
{
    /// <summary>The default scheme: API and hub by token, pages by cookie.</summary>
    public const string ByPath = "by-path";
    private const int WrongAttempts = 5;
    private static readonly TimeSpan Lockout = TimeSpan.FromMinutes(5);

    /// <summary>Identity's managers over the actors, bearer tokens for API and hub, a cookie for pages.</summary>
    public static IServiceCollection AddLimoChaIdentity(this IServiceCollection services, WebSettings settings)
    {
        services.AddSingleton(Secrets.Load(settings));
        services.AddSingleton<Tokens>();
        services.AddSingleton<SessionCheck>();
        services.AddSingleton<RememberedTokens>();
        services.AddScoped<SignIn>();
        services.AddScoped<Elevation>();
        services.AddScoped<Accounts>();
        services.AddDataProtection().SetApplicationName("limocha");
        services.AddOptions<KeyManagementOptions>().Configure<Database, Secrets>((keys, database, secrets) =>
            (keys.XmlRepository, keys.XmlEncryptor) = (new KeyRing(database), new KeyRingEncryptor(secrets)));

        services.AddIdentityCore<StaffIdentity>(options =>
        {
            options.Lockout.MaxFailedAccessAttempts = WrongAttempts;
            options.Lockout.DefaultLockoutTimeSpan = Lockout;
            options.Password.RequiredLength = 10;
            options.Password.RequireNonAlphanumeric = options.Password.RequireUppercase = false;
            options.Password.RequireDigit = options.Password.RequireLowercase = false;
            options.User.AllowedUserNameCharacters = "";
        }).AddUserStore<StaffStore>().AddTokenProvider<AuthenticatorTokenProvider<StaffIdentity>>(TokenOptions.DefaultAuthenticatorProvider);

        services.Configure<PasswordHasherOptions>(options => options.IterationCount = settings.PasswordIterations);
        services.AddScoped<IPasskeyHandler<StaffIdentity>, PasskeyHandler<StaffIdentity>>();
        services.Configure<IdentityPasskeyOptions>(options =>
        {
            options.ServerDomain = settings.PasskeyDomain;
            options.UserVerificationRequirement = "required";
            options.ResidentKeyRequirement = "required";
        });

        // Under /api and /hubs the caller is who the bearer token says, never who a page's cookie says: a page elsewhere
        // cannot make a signed-in browser call the API. Rate limits and idempotency keys go by this caller.
        services.AddAuthentication(ByPath)
            .AddPolicyScheme(ByPath, null, options => options.ForwardDefaultSelector = context =>
                context.Request.IsFromProgram() ? JwtBearerDefaults.AuthenticationScheme : CookieAuthenticationDefaults.AuthenticationScheme)
            .AddJwtBearer()
            .AddCookie(options =>
            {
                options.LoginPath = "/sign-in";
                options.Cookie.Name = "limocha";
                options.Cookie.HttpOnly = true;
                options.Cookie.SameSite = SameSiteMode.Lax;
                options.ExpireTimeSpan = TimeSpan.FromDays(7);
                // Who is signed in and may not see a page is told so: to sign in once more would change nothing.
                options.Events.OnRedirectToAccessDenied = context => Problems.Of(403, "forbidden", "Your role does not see this page.").ExecuteAsync(context.HttpContext);
                options.Events.OnValidatePrincipal = async context =>
                {
                    // A page whose session is challenged signs in anew.
                    if (await CheckAsync(context.HttpContext, context.Principal) is { } principal && !principal.ToActor().Challenged)
                    {
                        context.ReplacePrincipal(principal);
                    }
                    else
                    {
                        context.RejectPrincipal();
                    }
                };
            });
        services.AddOptions<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme).Configure<Tokens>((options, tokens) =>
        {
            options.MapInboundClaims = false;
            // Nothing asks for it again.
            options.SaveToken = false;
            options.TokenValidationParameters = tokens.Validation;
            options.Events = new()
            {
                OnMessageReceived = context =>
                {
                    context.Token = DirectAuthentication.QueryToken(context.Request);
                    return Task.CompletedTask;
                },
                OnTokenValidated = async context =>
                {
                    if (await CheckAsync(context.HttpContext, context.Principal) is { } principal)
                    {
                        context.Principal = principal;
                    }
                    else
                    {
                        context.Fail("The session is over.");
                    }
                },
            };
        });
        DirectAuthentication.AddTo(services);
        services.AddAuthorization(Policies.AddTo);
        return services;
    }

    /// <summary>The principal as its actor is now; null when the session is over.</summary>
    private static ValueTask<ClaimsPrincipal?> CheckAsync(HttpContext context, ClaimsPrincipal? principal) =>
        principal is not null && ActorPrincipal.SessionOf(principal) is { } session
            ? context.RequestServices.GetRequiredService<SessionCheck>().FindAsync(session.UserId, session.SessionId) : default;
}
