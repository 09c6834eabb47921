using System.Buffers.Text;
using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Privacy;
using LimoCha.Actors.Staff;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;

namespace LimoCha.Actors.Identity;

/// <summary>The start of a ceremony.</summary>
/// <param name="Options">What <c>navigator.credentials</c> takes, as W3C Web Authentication Level 3 writes it in JSON.</param>
/// <param name="State">Comes back with the credential, within five minutes.</param>
[Personal(DataClass.Credential)]
public sealed record PasskeyOptions(JsonElement Options, string State);

/// <summary>A new passkey.</summary>
/// <param name="State">Of the options it answers.</param>
/// <param name="Credential">What <c>credentials.create()</c> gave, as <c>toJSON()</c> writes it.</param>
/// <param name="Name">What its owner calls it. 1 to 60 characters.</param>
[Personal(DataClass.Credential)]
public sealed record AddPasskey(
    [property: Required, StringLength(4096)] string State,
    [property: Required] JsonElement Credential,
    [property: Required, StringLength(60, MinimumLength = 1)] string Name);

/// <summary>A sign-in with a passkey.</summary>
/// <param name="State">Of the options it answers.</param>
/// <param name="Credential">What <c>credentials.get()</c> gave, as <c>toJSON()</c> writes it.</param>
/// <param name="DeviceId">The device's own id; signing in again on it replaces its session.</param>
[Personal(DataClass.Credential)]
public sealed record PasskeySignIn(
    [property: Required, StringLength(4096)] string State,
    [property: Required] JsonElement Credential,
    [property: StringLength(64), RegularExpression("^[A-Za-z0-9._-]+$")] string? DeviceId = null);

/// <summary>A passkey in its owner's list.</summary>
/// <param name="Id">The credential's id, base64url.</param>
/// <param name="Name">What its owner calls it.</param>
/// <param name="CreatedAt">When it was added (UTC).</param>
/// <param name="BackedUp">True when the authenticator synchronises it.</param>
[Personal(DataClass.Credential)]
public sealed record PasskeyView(string Id, string Name, DateTimeOffset CreatedAt, bool BackedUp);

/// <summary>
/// Passkeys: /me/passkeys, and signing in with one. The authenticator verifies its user, so a passkey is two factors and
/// no code is asked for. What the browser has to answer travels sealed in <c>state</c>; it serves once.
/// </summary>
public static class PasskeysApi
{
    private const int Most = 10;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>Maps the anonymous half.</summary>
    public static void MapPasskeySignIn(this RouteGroupBuilder auth)
    {
        auth.MapPost("/passkey/options", BeginSignInAsync).AllowAnonymous().RequireRateLimiting(Limits.SignIn).WithSummary("What to give the browser to sign in with a passkey.");
        auth.MapPost("/passkey", SignInAsync).AllowAnonymous().RequireRateLimiting(Limits.SignIn).WithSummary("Signs in with a passkey.");
    }

    /// <summary>Maps the owner's half.</summary>
    public static void MapPasskeys(this RouteGroupBuilder me)
    {
        me.MapPost("/passkeys/options", BeginAsync).WithSummary("What to give the browser to make a passkey.");
        me.MapPost("/passkeys", AddAsync).WithSummary("Adds the passkey that the browser made.");
        me.MapGet("/passkeys", List).WithSummary("The caller's passkeys.");
        me.MapDelete("/passkeys/{id}", RemoveAsync).WithSummary("Removes a passkey; it signs in no more.");
    }

    private static async Task<Results<Ok<PasskeyOptions>, ProblemHttpResult>> BeginAsync(
        Call call, UserManager<StaffIdentity> users, IPasskeyHandler<StaffIdentity> passkeys, IDataProtectionProvider protection, HttpContext context)
    {
        var user = (await users.FindByIdAsync(call.By.UserId.ToString()))!;
        if (user.Credentials.Passkeys.Count >= Most)
        {
            return Problems.Of(422, "too-many-passkeys", $"An account has at most {Most} passkeys; remove one first.");
        }

        var begun = await passkeys.MakeCreationOptionsAsync(new() { Id = user.User.Id.ToString(), Name = user.User.UserName, DisplayName = user.User.DisplayName }, context);
        return TypedResults.Ok(Seal(protection, "add", begun.CreationOptionsJson, begun.AttestationState));
    }

    private static async Task<Results<Created<PasskeyView>, ProblemHttpResult>> AddAsync(
        AddPasskey request, Call call, UserManager<StaffIdentity> users, IPasskeyHandler<StaffIdentity> passkeys, IDataProtectionProvider protection,
        IGrainFactory grains, Secrets secrets, HttpContext context, CancellationToken cancellationToken)
    {
        if (Open(protection, "add", request.State) is not { } state)
        {
            return Expired();
        }

        var attested = await passkeys.PerformAttestationAsync(new() { HttpContext = context, CredentialJson = request.Credential.GetRawText(), AttestationState = state });
        if (!attested.Succeeded || attested.UserEntity.Id != call.By.UserId.ToString())
        {
            return Problems.Of(422, "passkey-refused", "The credential does not answer these options.", "credential");
        }

        var user = (await users.FindByIdAsync(call.By.UserId.ToString()))!;
        if (user.Credentials.Passkeys.Count >= Most)
        {
            return Problems.Of(422, "too-many-passkeys", $"An account has at most {Most} passkeys; remove one first.");
        }

        var owner = grains.GetGrain<IUserNameGrain>(secrets.PasskeyKey(attested.Passkey.CredentialId));
        if (!await owner.ClaimAsync(call.By.UserId, cancellationToken))
        {
            return Problems.Of(409, "passkey-taken", "This passkey belongs to another account.", "credential");
        }

        attested.Passkey.Name = request.Name.Trim();
        var added = await users.AddOrUpdatePasskeyAsync(user, attested.Passkey);
        if (!added.Succeeded)
        {
            await owner.ReleaseAsync(call.By.UserId, cancellationToken);
            return Problems.Of(409, "credentials-changed", "The account changed meanwhile; try again.");
        }

        var view = View(user.Credentials.Passkeys[^1]);
        return TypedResults.Created($"/api/v1/me/passkeys/{view.Id}", view);
    }

    private static async Task<Ok<IReadOnlyList<PasskeyView>>> List(Call call, UserManager<StaffIdentity> users) =>
        TypedResults.Ok<IReadOnlyList<PasskeyView>>([.. (await users.FindByIdAsync(call.By.UserId.ToString()))!.Credentials.Passkeys.Select(View)]);

    private static async Task<Results<NoContent, ProblemHttpResult>> RemoveAsync(
        string id, Call call, UserManager<StaffIdentity> users, IGrainFactory grains, Secrets secrets, CancellationToken cancellationToken)
    {
        var user = (await users.FindByIdAsync(call.By.UserId.ToString()))!;
        if (user.Credentials.Passkeys.All(known => known.Id != id))
        {
            return Problems.From(Refusal.NotFound("passkey"));
        }

        var credential = Base64Url.DecodeFromChars(id);
        if (!(await users.RemovePasskeyAsync(user, credential)).Succeeded)
        {
            return Problems.Of(409, "credentials-changed", "The account changed meanwhile; try again.");
        }

        await grains.GetGrain<IUserNameGrain>(secrets.PasskeyKey(credential)).ReleaseAsync(call.By.UserId, cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<PasskeyOptions>> BeginSignInAsync(IPasskeyHandler<StaffIdentity> passkeys, IDataProtectionProvider protection, HttpContext context)
    {
        var begun = await passkeys.MakeRequestOptionsAsync(null, context);
        return TypedResults.Ok(Seal(protection, "sign-in", begun.RequestOptionsJson, begun.AssertionState));
    }

    private static async Task<Results<Ok<TokenAnswer>, ProblemHttpResult>> SignInAsync(
        PasskeySignIn request, UserManager<StaffIdentity> users, IPasskeyHandler<StaffIdentity> passkeys, IDataProtectionProvider protection,
        IGrainFactory grains, Tokens tokens, HttpContext context)
    {
        if (Open(protection, "sign-in", request.State) is not { } state)
        {
            return Expired();
        }

        var asserted = await passkeys.PerformAssertionAsync(new() { HttpContext = context, CredentialJson = request.Credential.GetRawText(), AssertionState = state });
        if (!asserted.Succeeded)
        {
            return Problems.Of(401, "invalid-credentials", "The passkey is not one of ours, or does not answer these options.");
        }

        var user = asserted.User;
        if (await users.IsLockedOutAsync(user))
        {
            return IdentityApi.LockedOut(context);
        }

        if (!user.User.Enabled)
        {
            return Problems.Of(403, "account-disabled", "The account is disabled.");
        }

        // The counter moves on before a session is given, and one state gives one session: the actor knows the operation.
        if (!(await users.AddOrUpdatePasskeyAsync(user, asserted.Passkey)).Succeeded)
        {
            return Problems.Of(409, "credentials-changed", "The account changed meanwhile; try again.");
        }

        var operation = new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(state)).AsSpan(0, 16));
        var actor = new Actor(user.User.Id, user.User.Role, user.User.DepartmentId);
        var session = await grains.Grain<IUserGrain>(actor.UserId).OpenSessionAsync(request.DeviceId, new(actor, operation));
        return !session.Ok ? Problems.From(session.Refusal)
            : session.Value.Generation == 0 ? Expired()
            : TypedResults.Ok(tokens.Issue(actor.UserId, session.Value.SessionId, session.Value.Generation));
    }

    private static ProblemHttpResult Expired() => Problems.Of(422, "passkey-state", "The state is not ours, older than five minutes, or used; ask for new options.", "state");

    private static PasskeyView View(Passkey passkey) => new(passkey.Id, passkey.Name, passkey.CreatedAt, passkey.BackedUp);

    private static PasskeyOptions Seal(IDataProtectionProvider protection, string ceremony, string options, string? state) =>
        new(JsonSerializer.Deserialize<JsonElement>(options), Protector(protection, ceremony).Protect(state ?? "", Patience));

    private static string? Open(IDataProtectionProvider protection, string ceremony, string state)
    {
        try
        {
            return Protector(protection, ceremony).Unprotect(state);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private static ITimeLimitedDataProtector Protector(IDataProtectionProvider protection, string ceremony) =>
        protection.CreateProtector("limocha/passkeys", ceremony).ToTimeLimitedDataProtector();
}
