using System.Buffers.Text;
using System.Collections.Immutable;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Staff;
using Microsoft.AspNetCore.Identity;

namespace LimoCha.Actors.Identity;

/// <summary>A staff member as ASP.NET Core Identity's managers see one: a working copy of what the actor holds.</summary>
public sealed class StaffIdentity(SignInRecord record)
{
    /// <summary>The person.</summary>
    public UserView User { get; internal set; } = record.User;
    /// <summary>The working copy.</summary>
    public Credentials Credentials { get; internal set; } = record.Credentials;
    /// <summary>The stamp of what was read; the actor refuses a change based on older credentials.</summary>
    internal string ReadStamp { get; set; } = record.Credentials.SecurityStamp;
}

/// <summary>Identity's store is the user's actor: names through their name actors, credentials in the person's own.</summary>
internal sealed class StaffStore(IGrainFactory grains, Secrets secrets, TimeProvider clock) :
    IUserPasswordStore<StaffIdentity>, IUserSecurityStampStore<StaffIdentity>, IUserLockoutStore<StaffIdentity>,
    IUserTwoFactorStore<StaffIdentity>, IUserAuthenticatorKeyStore<StaffIdentity>, IUserTwoFactorRecoveryCodeStore<StaffIdentity>,
    IUserPasskeyStore<StaffIdentity>
{
    public async Task<StaffIdentity?> FindByIdAsync(string userId, CancellationToken cancellationToken) =>
        Guid.TryParse(userId, out var id) && await grains.Grain<IUserGrain>(id).GetSignInRecordAsync(cancellationToken) is { } record ? new(record) : null;

    public async Task<StaffIdentity?> FindByNameAsync(string normalizedUserName, CancellationToken cancellationToken) =>
        await grains.GetGrain<IUserNameGrain>(secrets.NameKey(normalizedUserName)).FindAsync(cancellationToken) is { } id
            ? await FindByIdAsync(id.ToString(), cancellationToken)
            : null;

    public async Task<IdentityResult> UpdateAsync(StaffIdentity user, CancellationToken cancellationToken)
    {
        var outcome = await grains.Grain<IUserGrain>(user.User.Id)
            .SetCredentialsAsync(user.Credentials, user.ReadStamp, new(Actor.System, Ids.New(clock)), cancellationToken);
        if (!outcome.Ok)
        {
            return IdentityResult.Failed(new IdentityError { Code = outcome.Refusal.Problem, Description = outcome.Refusal.Detail });
        }

        (user.User, user.ReadStamp) = (outcome.Value, user.Credentials.SecurityStamp);
        return IdentityResult.Success;
    }

    // Accounts are made by the actor's own command, names by their claim; Identity only reads and updates.
    public Task<IdentityResult> CreateAsync(StaffIdentity user, CancellationToken cancellationToken) => throw new NotSupportedException("Accounts are made through IUserGrain.CreateAsync.");
    public Task<IdentityResult> DeleteAsync(StaffIdentity user, CancellationToken cancellationToken) => throw new NotSupportedException("Accounts are not deleted through Identity.");
    public Task SetUserNameAsync(StaffIdentity user, string? userName, CancellationToken cancellationToken) => throw new NotSupportedException("User names do not change.");
    public Task SetNormalizedUserNameAsync(StaffIdentity user, string? normalizedName, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<string> GetUserIdAsync(StaffIdentity user, CancellationToken cancellationToken) => Task.FromResult(user.User.Id.ToString());
    public Task<string?> GetUserNameAsync(StaffIdentity user, CancellationToken cancellationToken) => Task.FromResult<string?>(user.User.UserName);
    public Task<string?> GetNormalizedUserNameAsync(StaffIdentity user, CancellationToken cancellationToken) => Task.FromResult<string?>(user.User.UserName.ToUpperInvariant());

    public Task<string?> GetPasswordHashAsync(StaffIdentity user, CancellationToken cancellationToken) => Task.FromResult(user.Credentials.PasswordHash);
    public Task<bool> HasPasswordAsync(StaffIdentity user, CancellationToken cancellationToken) => Task.FromResult(user.Credentials.PasswordHash is not null);
    public Task SetPasswordHashAsync(StaffIdentity user, string? passwordHash, CancellationToken cancellationToken) => Set(user, c => c with { PasswordHash = passwordHash });

    public Task<string?> GetSecurityStampAsync(StaffIdentity user, CancellationToken cancellationToken) => Task.FromResult<string?>(user.Credentials.SecurityStamp);
    public Task SetSecurityStampAsync(StaffIdentity user, string stamp, CancellationToken cancellationToken) => Set(user, c => c with { SecurityStamp = stamp });

    public Task<bool> GetLockoutEnabledAsync(StaffIdentity user, CancellationToken cancellationToken) => Task.FromResult(true);
    public Task SetLockoutEnabledAsync(StaffIdentity user, bool enabled, CancellationToken cancellationToken) => Task.CompletedTask;
    public Task<DateTimeOffset?> GetLockoutEndDateAsync(StaffIdentity user, CancellationToken cancellationToken) => Task.FromResult(user.Credentials.LockoutEnd);
    public Task SetLockoutEndDateAsync(StaffIdentity user, DateTimeOffset? lockoutEnd, CancellationToken cancellationToken) => Set(user, c => c with { LockoutEnd = lockoutEnd });
    public Task<int> GetAccessFailedCountAsync(StaffIdentity user, CancellationToken cancellationToken) => Task.FromResult(user.Credentials.AccessFailedCount);
    public Task ResetAccessFailedCountAsync(StaffIdentity user, CancellationToken cancellationToken) => Set(user, c => c with { AccessFailedCount = 0 });
    public Task<int> IncrementAccessFailedCountAsync(StaffIdentity user, CancellationToken cancellationToken)
    {
        user.Credentials = user.Credentials with { AccessFailedCount = user.Credentials.AccessFailedCount + 1 };
        return Task.FromResult(user.Credentials.AccessFailedCount);
    }

    public Task<bool> GetTwoFactorEnabledAsync(StaffIdentity user, CancellationToken cancellationToken) => Task.FromResult(user.Credentials.TwoFactorEnabled);
    public Task SetTwoFactorEnabledAsync(StaffIdentity user, bool enabled, CancellationToken cancellationToken) => Set(user, c => c with { TwoFactorEnabled = enabled });
    public Task<string?> GetAuthenticatorKeyAsync(StaffIdentity user, CancellationToken cancellationToken) => Task.FromResult(user.Credentials.AuthenticatorKey);
    public Task SetAuthenticatorKeyAsync(StaffIdentity user, string key, CancellationToken cancellationToken) => Set(user, c => c with { AuthenticatorKey = key });

    public Task<int> CountCodesAsync(StaffIdentity user, CancellationToken cancellationToken) => Task.FromResult(user.Credentials.RecoveryCodes.Count);
    public Task ReplaceCodesAsync(StaffIdentity user, IEnumerable<string> recoveryCodes, CancellationToken cancellationToken) => Set(user, c => c with { RecoveryCodes = [.. recoveryCodes.Select(Hashed)] });
    public Task<bool> RedeemCodeAsync(StaffIdentity user, string code, CancellationToken cancellationToken)
    {
        var left = user.Credentials.RecoveryCodes.Where(stored => stored != Hashed(code)).ToImmutableArray();
        var redeemed = left.Length < user.Credentials.RecoveryCodes.Count;
        user.Credentials = user.Credentials with { RecoveryCodes = left };
        return Task.FromResult(redeemed);
    }

    /// <remarks>A credential belongs to one account: its id is claimed as a user name is. The caller claims it before the update.</remarks>
    public Task AddOrUpdatePasskeyAsync(StaffIdentity user, UserPasskeyInfo passkey, CancellationToken cancellationToken) => Set(user, c => c with
    {
        Passkeys = [.. c.Passkeys.Where(known => known.Id != Base64Url.EncodeToString(passkey.CredentialId)), Stored(passkey)],
    });

    public Task<IList<UserPasskeyInfo>> GetPasskeysAsync(StaffIdentity user, CancellationToken cancellationToken) =>
        Task.FromResult<IList<UserPasskeyInfo>>([.. user.Credentials.Passkeys.Select(Info)]);

    public async Task<StaffIdentity?> FindByPasskeyIdAsync(byte[] credentialId, CancellationToken cancellationToken) =>
        await grains.GetGrain<IUserNameGrain>(secrets.PasskeyKey(credentialId)).FindAsync(cancellationToken) is { } id
            ? await FindByIdAsync(id.ToString(), cancellationToken)
            : null;

    public Task<UserPasskeyInfo?> FindPasskeyAsync(StaffIdentity user, byte[] credentialId, CancellationToken cancellationToken) =>
        Task.FromResult(user.Credentials.Passkeys.Where(known => known.Id == Base64Url.EncodeToString(credentialId)).Select(Info).FirstOrDefault());

    public Task RemovePasskeyAsync(StaffIdentity user, byte[] credentialId, CancellationToken cancellationToken) => Set(user, c => c with
    {
        Passkeys = [.. c.Passkeys.Where(known => known.Id != Base64Url.EncodeToString(credentialId))],
    });

    public void Dispose()
    {
    }

    private static Passkey Stored(UserPasskeyInfo passkey) => new()
    {
        Id = Base64Url.EncodeToString(passkey.CredentialId), PublicKey = passkey.PublicKey, Name = passkey.Name ?? "", CreatedAt = passkey.CreatedAt,
        SignCount = passkey.SignCount, Transports = [.. passkey.Transports ?? []], UserVerified = passkey.IsUserVerified,
        BackupEligible = passkey.IsBackupEligible, BackedUp = passkey.IsBackedUp,
    };

    // Attestation is not asked for, so there is nothing of it to keep.
    private static UserPasskeyInfo Info(Passkey passkey) => new(
        Base64Url.DecodeFromChars(passkey.Id), passkey.PublicKey, passkey.CreatedAt, (uint)passkey.SignCount, [.. passkey.Transports],
        passkey.UserVerified, passkey.BackupEligible, passkey.BackedUp, [], [])
    {
        Name = passkey.Name,
    };

    private static string Hashed(string code) =>
        Convert.ToBase64String(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(code)));

    private static Task Set(StaffIdentity user, Func<Credentials, Credentials> change)
    {
        user.Credentials = change(user.Credentials);
        return Task.CompletedTask;
    }
}
