using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Encodings.Web;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Privacy;
using LimoCha.Actors.Staff;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;

namespace LimoCha.Actors.Identity;

/// <summary>A refresh.</summary>
/// <param name="RefreshToken">The one of the last answer.</param>
[Personal(DataClass.Credential)]
public sealed record RefreshRequest([property: Required, StringLength(200)] string RefreshToken);

/// <summary>Proves again that it is the caller.</summary>
/// <param name="Password">Where no second factor is on.</param>
/// <param name="TwoFactorCode">Where one is on: the authenticator's current code, or a recovery code.</param>
[Personal(DataClass.Credential)]
public sealed record StepUpRequest([property: StringLength(200)] string? Password = null, [property: StringLength(40)] string? TwoFactorCode = null);

/// <summary>Signs out.</summary>
/// <param name="Everywhere">True ends every session of the caller.</param>
public sealed record SignOutRequest(bool Everywhere = false);

/// <summary>Changes the caller's password; every other session ends.</summary>
[Personal(DataClass.Credential)]
public sealed record ChangePassword(
    [property: Required, StringLength(200)] string CurrentPassword,
    [property: Required, StringLength(200, MinimumLength = 10)] string NewPassword);

/// <summary>Whether a second factor is on.</summary>
public sealed record TwoFactorStatus(bool Enabled, int RecoveryCodesLeft);

/// <summary>What an authenticator app needs (RFC 6238); shown once.</summary>
[Personal(DataClass.Credential)]
public sealed record TwoFactorSetup(string Key, string Uri);

/// <summary>A code that proves the authenticator works, or that the caller is who they say.</summary>
[Personal(DataClass.Credential)]
public sealed record TwoFactorCode([property: Required, StringLength(40)] string Code);

/// <summary>Recovery codes; shown once.</summary>
[Personal(DataClass.Credential)]
public sealed record RecoveryCodes(IReadOnlyList<string> Codes);

/// <summary>Signing in and out, and the caller's own account.</summary>
public static class IdentityApi
{
    private const int RecoveryCodeCount = 10;

    /// <summary>Maps /auth and /me.</summary>
    public static RouteGroupBuilder MapIdentityApi(this RouteGroupBuilder api)
    {
        var auth = api.MapGroup("/auth").WithTags("Sign-in");
        auth.MapPost("/login", LoginAsync).AllowAnonymous().RequireRateLimiting(Limits.SignIn).WithSummary("Signs in.");
        auth.MapPost("/refresh", RefreshAsync).AllowAnonymous().RequireRateLimiting(Limits.SignIn).WithSummary("Exchanges a refresh token for new tokens; using an old one ends the session.");
        auth.MapPost("/step-up", StepUpAsync).RequireAuthorization(Policies.Staff).RequireRateLimiting(Limits.SignIn).WithMetadata(new OpenToChallenged()).WithSummary("Proves again that it is the caller, with the second factor where it is on and the password where it is not; sensitive calls ask for it, for ten minutes.");
        auth.MapPost("/logout", LogoutAsync).RequireAuthorization(Policies.Staff).WithMetadata(new OpenToChallenged()).WithSummary("Ends this session, or all of them.");

        var me = api.MapGroup("/me").WithTags("Me").RequireAuthorization(Policies.Staff);
        me.MapGet("", GetAsync).WithMetadata(new OpenToChallenged()).WithSummary("The caller.");
        me.MapPost("/password", ChangePasswordAsync).WithSummary("Changes the password; every other session ends.");
        me.MapGet("/two-factor", TwoFactorAsync).WithSummary("Whether a second factor is on.");
        me.MapPost("/two-factor/setup", SetUpTwoFactorAsync).WithSummary("A new key for an authenticator app; on only after a first code.");
        me.MapPost("/two-factor/enable", EnableTwoFactorAsync).WithSummary("Turns the second factor on with a code from the app.");
        me.MapPost("/two-factor/disable", DisableTwoFactorAsync).WithSummary("Turns the second factor off with a code.");
        me.MapGet("/preferences", GetPreferencesAsync).WithSummary("Push preferences.");
        me.MapPut("/preferences", SetPreferencesAsync).WithSummary("Sets push preferences; mandatory notices arrive all the same (A2).");
        auth.MapRegistration();
        me.MapRealName();
        auth.MapPasskeySignIn();
        me.MapPasskeys();
        return api;
    }

    private static async Task<Results<Ok<TokenAnswer>, ProblemHttpResult>> LoginAsync(SignInRequest request, SignIn signIn, Tokens tokens, HttpContext context)
    {
        var outcome = await signIn.TryAsync(request);
        if (outcome.Ok)
        {
            return TypedResults.Ok(tokens.Issue(outcome.Value.User.Id, outcome.Value.SessionId, outcome.Value.Generation));
        }

        if (outcome.Refusal.Problem == "locked-out")
        {
            return LockedOut(context);
        }

        return Problems.Of(
            outcome.Refusal.Problem switch { "invalid-credentials" or "two-factor-required" => 401, _ => Problems.Status(outcome.Refusal.Kind) },
            outcome.Refusal.Problem, outcome.Refusal.Detail, outcome.Refusal.Field);
    }

    /// <summary>Says how long to wait, wherever somebody proves who they are.</summary>
    internal static ProblemHttpResult LockedOut(HttpContext context)
    {
        context.Response.Headers.RetryAfter = "300";
        return Problems.Of(429, "locked-out", "Too many wrong attempts; wait a few minutes.");
    }

    private static async Task<Results<Ok<TokenAnswer>, ProblemHttpResult>> RefreshAsync(RefreshRequest request, Tokens tokens, IGrainFactory grains)
    {
        if (tokens.Read(request.RefreshToken) is not { } token)
        {
            return Problems.Of(401, "invalid-token", "This is not a refresh token of ours.", "refreshToken");
        }

        var outcome = await grains.Grain<IUserGrain>(token.UserId).RotateSessionAsync(token.SessionId, token.Generation);
        return outcome.Ok
            ? TypedResults.Ok(tokens.Issue(token.UserId, token.SessionId, outcome.Value.Generation))
            : Problems.Of(401, outcome.Refusal.Problem, outcome.Refusal.Detail);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> StepUpAsync(StepUpRequest request, Call call, HttpContext context, Elevation elevation, CancellationToken cancellationToken) =>
        await elevation.ProveAsync(context.User.SessionId(), request, call.Context, cancellationToken) is not { } refusal ? TypedResults.NoContent()
        : refusal.Problem == "locked-out" ? LockedOut(context)
        : Problems.From(refusal);

    private static async Task<Results<NoContent, ProblemHttpResult>> LogoutAsync(SignOutRequest? request, Call call, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var session = request?.Everywhere == true ? (Guid?)null : context.User.SessionId();
        var outcome = await grains.Grain<IUserGrain>(call.By.UserId).EndSessionsAsync(session, "signed-out", call.Context with { IfVersion = null }, cancellationToken);
        return outcome.Ok ? TypedResults.NoContent() : Problems.From(outcome.Refusal);
    }

    private static async Task<Results<Ok<UserView>, ProblemHttpResult>> GetAsync(Call call, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        (await grains.Grain<IUserGrain>(call.By.UserId).GetAsync(call.By, cancellationToken)).Ok(context);

    private static async Task<Results<NoContent, ProblemHttpResult>> ChangePasswordAsync(
        ChangePassword request, Call call, UserManager<StaffIdentity> users, IGrainFactory grains, HttpContext context, TimeProvider clock, CancellationToken cancellationToken)
    {
        var user = (await users.FindByIdAsync(call.By.UserId.ToString()))!;
        if (await users.IsLockedOutAsync(user))
        {
            return LockedOut(context);
        }

        var result = await users.ChangePasswordAsync(user, request.CurrentPassword, request.NewPassword);
        if (!result.Succeeded)
        {
            var wrong = result.Errors.Any(error => error.Code == nameof(IdentityErrorDescriber.PasswordMismatch));
            if (wrong)
            {
                await users.AccessFailedAsync(user);
            }

            return Problems.Of(422, "password-refused", string.Join(' ', result.Errors.Select(error => error.Description)), wrong ? "currentPassword" : "newPassword");
        }

        var grain = grains.Grain<IUserGrain>(call.By.UserId);
        var mine = context.User.SessionId();
        foreach (var session in (await grain.SessionsAsync(cancellationToken)).Where(session => session.Id != mine))
        {
            await grain.EndSessionsAsync(session.Id, "password-changed", new(call.By, Ids.New(clock)), cancellationToken);
        }

        return TypedResults.NoContent();
    }

    private static async Task<Ok<TwoFactorStatus>> TwoFactorAsync(Call call, UserManager<StaffIdentity> users)
    {
        var user = (await users.FindByIdAsync(call.By.UserId.ToString()))!;
        return TypedResults.Ok(new TwoFactorStatus(user.Credentials.TwoFactorEnabled, user.Credentials.RecoveryCodes.Count));
    }

    private static async Task<Results<Ok<TwoFactorSetup>, ProblemHttpResult>> SetUpTwoFactorAsync(Call call, UserManager<StaffIdentity> users)
    {
        var user = (await users.FindByIdAsync(call.By.UserId.ToString()))!;
        if (user.Credentials.TwoFactorEnabled)
        {
            return Problems.Of(409, "two-factor-on", "The second factor is on; turn it off before setting up another.");
        }

        await users.ResetAuthenticatorKeyAsync(user);
        var key = (await users.GetAuthenticatorKeyAsync(user))!;
        var label = UrlEncoder.Default.Encode($"LimoCha:{user.User.UserName}");
        return TypedResults.Ok(new TwoFactorSetup(key, $"otpauth://totp/{label}?secret={key}&issuer=LimoCha&digits=6"));
    }

    private static async Task<Results<Ok<RecoveryCodes>, ProblemHttpResult>> EnableTwoFactorAsync(TwoFactorCode request, Call call, UserManager<StaffIdentity> users)
    {
        var user = (await users.FindByIdAsync(call.By.UserId.ToString()))!;
        if (user.Credentials.AuthenticatorKey is null || !await users.VerifyTwoFactorTokenAsync(user, TokenOptions.DefaultAuthenticatorProvider, request.Code.Trim()))
        {
            return Problems.Of(422, "wrong-code", "The code is not the authenticator's current one; check the phone's clock.", "code");
        }

        await users.SetTwoFactorEnabledAsync(user, true);
        return TypedResults.Ok(new RecoveryCodes([.. (await users.GenerateNewTwoFactorRecoveryCodesAsync(user, RecoveryCodeCount))!]));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> DisableTwoFactorAsync(TwoFactorCode request, Call call, UserManager<StaffIdentity> users)
    {
        var user = (await users.FindByIdAsync(call.By.UserId.ToString()))!;
        if (user.Credentials.TwoFactorEnabled && !await users.VerifyTwoFactorTokenAsync(user, TokenOptions.DefaultAuthenticatorProvider, request.Code.Trim())
            && !(await users.RedeemTwoFactorRecoveryCodeAsync(user, request.Code.Trim())).Succeeded)
        {
            return Problems.Of(422, "wrong-code", string.Create(CultureInfo.InvariantCulture, $"The code is neither the authenticator's current one nor an unused recovery code."), "code");
        }

        await users.SetTwoFactorEnabledAsync(user, false);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<PushPreferences>> GetPreferencesAsync(Call call, IGrainFactory grains, CancellationToken cancellationToken) =>
        TypedResults.Ok(await grains.Grain<IUserGrain>(call.By.UserId).GetPreferencesAsync(cancellationToken));

    private static async Task<Results<Ok<PushPreferences>, ProblemHttpResult>> SetPreferencesAsync(PushPreferences preferences, Call call, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        (await grains.Grain<IUserGrain>(call.By.UserId).SetPreferencesAsync(preferences, call.Context, cancellationToken)).Ok(context);
}
