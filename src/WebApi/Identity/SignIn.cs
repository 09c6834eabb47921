using System.Buffers.Binary;
using System.Security.Cryptography;
using LimoCha.Actors.Customers;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Privacy;
using LimoCha.Actors.Staff;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace LimoCha.Actors.Identity;

/// <summary>Signs in with user name, password and, where it is on, a second factor.</summary>
/// <param name="UserName">The user name, or the account's phone number or e-mail address; without regard to case.</param>
/// <param name="Password">The password.</param>
/// <param name="TwoFactorCode">Six digits of the authenticator, or a recovery code.</param>
/// <param name="DeviceId">The device's own id; signing in again on it replaces its session.</param>
[Personal(DataClass.Credential)]
public sealed record SignInRequest(
    [property: System.ComponentModel.DataAnnotations.Required, System.ComponentModel.DataAnnotations.StringLength(254)] string UserName,
    [property: System.ComponentModel.DataAnnotations.Required, System.ComponentModel.DataAnnotations.StringLength(200)] string Password,
    [property: System.ComponentModel.DataAnnotations.StringLength(40)] string? TwoFactorCode = null,
    [property: System.ComponentModel.DataAnnotations.StringLength(64), System.ComponentModel.DataAnnotations.RegularExpression("^[A-Za-z0-9._-]+$")] string? DeviceId = null);

/// <summary>The steps of signing in, the same for the API and the pages.</summary>
public sealed class SignIn(UserManager<StaffIdentity> users, IGrainFactory grains, IPasswordHasher<StaffIdentity> hasher, IOptions<PasswordHasherOptions> hashing, TimeProvider clock)
{
    private static readonly Refusal Wrong = new(RefusalKind.Forbidden, "invalid-credentials", "User name or password is wrong.");
    private const int SaltLength = 16;
    private const int KeyLength = 32;

    /// <summary>A session, or why not. The same answer, in the same time, for a wrong name and a wrong password.</summary>
    public async Task<Outcome<SessionGrant>> TryAsync(SignInRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (await FindAsync(request.UserName) is not { } user)
        {
            hasher.VerifyHashedPassword(null!, Decoy(hashing.Value.IterationCount), request.Password);
            return Wrong;
        }

        if (await users.IsLockedOutAsync(user))
        {
            return new Refusal(RefusalKind.Conflict, "locked-out", "Too many wrong attempts; wait a few minutes.");
        }

        if (!await users.CheckPasswordAsync(user, request.Password))
        {
            await users.AccessFailedAsync(user);
            return Wrong;
        }

        if (!user.User.Enabled)
        {
            return new Refusal(RefusalKind.Forbidden, "account-disabled", "The account is disabled.");
        }

        if (user.Credentials.TwoFactorEnabled)
        {
            if (string.IsNullOrWhiteSpace(request.TwoFactorCode))
            {
                return new Refusal(RefusalKind.Forbidden, "two-factor-required", "This account asks for a second factor.", "twoFactorCode");
            }

            if (!await SecondFactorAsync(user, request.TwoFactorCode))
            {
                await users.AccessFailedAsync(user);
                return new Refusal(RefusalKind.Forbidden, "invalid-credentials", "The second factor is wrong.", "twoFactorCode");
            }
        }

        if (user.Credentials.AccessFailedCount > 0)
        {
            await users.ResetAccessFailedCountAsync(user);
        }

        var actor = new Actor(user.User.Id, user.User.Role, user.User.DepartmentId);
        return await grains.Grain<IUserGrain>(actor.UserId).OpenSessionAsync(request.DeviceId, new(actor, Ids.New(clock)));
    }

    /// <summary>Why somebody who is signed in has not proved again that it is them; null when they have.</summary>
    public async Task<Refusal?> ProveAsync(Guid userId, StepUpRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var user = (await users.FindByIdAsync(userId.ToString()))!;
        if (await users.IsLockedOutAsync(user))
        {
            return new(RefusalKind.Conflict, "locked-out", "Too many wrong attempts; wait a few minutes.");
        }

        var (field, proved) = user.Credentials.TwoFactorEnabled
            ? ("twoFactorCode", request.TwoFactorCode is { Length: > 0 } code && await SecondFactorAsync(user, code))
            : ("password", request.Password is { Length: > 0 } password && await users.CheckPasswordAsync(user, password));
        if (proved)
        {
            return null;
        }

        await users.AccessFailedAsync(user);
        return new(RefusalKind.Unprocessable, "not-proved", "This is not what you sign in with.", field);
    }

    private async Task<StaffIdentity?> FindAsync(string name) =>
        await users.FindByNameAsync(name) is { } user ? user
        : name.Contains('@', StringComparison.Ordinal) ? await users.FindByNameAsync(Accounts.EmailName(name))
        : PhoneInputs.Normalize(name, "userName") is { Ok: true, Value.Number: { } phone } ? await users.FindByNameAsync(Accounts.PhoneName(phone))
        : null;

    private async Task<bool> SecondFactorAsync(StaffIdentity user, string code) =>
        await users.VerifyTwoFactorTokenAsync(user, TokenOptions.DefaultAuthenticatorProvider, code.Replace(" ", "", StringComparison.Ordinal))
        || (await users.RedeemTwoFactorRecoveryCodeAsync(user, code.Trim())).Succeeded;

    /// <summary>
    /// A hash that no password has, in the hasher's own format (its third: PBKDF2 with HMAC-SHA512, iterations, salt): checking it takes as long
    /// as checking a person's, and making it takes nothing.
    /// </summary>
    private static string Decoy(int iterations)
    {
        const int header = 13;
        Span<byte> bytes = stackalloc byte[header + SaltLength + KeyLength];
        bytes[0] = 1;
        BinaryPrimitives.WriteInt32BigEndian(bytes[1..], 2);
        BinaryPrimitives.WriteInt32BigEndian(bytes[5..], iterations);
        BinaryPrimitives.WriteInt32BigEndian(bytes[9..], SaltLength);
        RandomNumberGenerator.Fill(bytes[header..]);
        return Convert.ToBase64String(bytes);
    }
}
