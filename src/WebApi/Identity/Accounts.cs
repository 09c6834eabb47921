using LimoCha.Actors.Customers;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Staff;
using Microsoft.AspNetCore.Identity;

namespace LimoCha.Actors.Identity;

/// <summary>Makes accounts: what they sign in with is claimed first, and let go when the account is refused.</summary>
public sealed class Accounts(IGrainFactory grains, IPasswordHasher<StaffIdentity> hasher, Secrets secrets, ILookupNormalizer normalizer)
{
    /// <summary>Takes a person on under a new id.</summary>
    public async Task<Outcome<UserView>> CreateAsync(CreateUser command, Guid userId, CallContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(command);
        ArgumentNullException.ThrowIfNull(context);
        return context.By.Role != Role.Admin ? Refusal.Forbidden("Only an admin takes people on.") : await MakeAsync(command, hasher.HashPassword(null!, command.Password), userId, context, cancellationToken);
    }

    /// <summary>The account of somebody who registered; they are kept out until an admin lets them in.</summary>
    public Task<Outcome<UserView>> RegisterAsync(BeginRegistration registration, Guid userId, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(registration);
        return MakeAsync(
            new() { UserName = registration.UserName, DisplayName = registration.DisplayName, Phone = registration.Phone, Email = registration.Email, Role = Role.Staff, Enabled = false },
            registration.PasswordHash, userId, new(Actor.System, userId), cancellationToken);
    }

    /// <summary>Whether somebody has the user name.</summary>
    public async Task<bool> IsNameTakenAsync(string userName, CancellationToken cancellationToken) =>
        await Name(userName).FindAsync(cancellationToken) is { } holder && await HoldsAsync(holder, cancellationToken);

    /// <summary>A phone number as a name to sign in with; no user name has a colon.</summary>
    internal static string PhoneName(string phone) => $"phone:{phone}";

    /// <summary>An e-mail address as a name to sign in with.</summary>
    internal static string EmailName(string email) => $"email:{email.Trim()}";

    private async Task<Outcome<UserView>> MakeAsync(CreateUser command, string passwordHash, Guid userId, CallContext context, CancellationToken cancellationToken)
    {
        if (command.DepartmentId is { } department && !(await grains.Grain<IDepartmentGrain>(department).GetAsync(cancellationToken)).Ok)
        {
            return Refusal.Unprocessable("unknown-department", "There is no such department.", "departmentId");
        }

        var phone = PhoneInputs.Normalize(command.Phone, "phone");
        if (!phone.Ok)
        {
            return phone.Refusal;
        }

        command = command with { Phone = phone.Value.Number, Email = command.Email?.Trim() };
        List<IUserNameGrain> claimed = [];
        foreach (var (field, problem, name) in Names(command))
        {
            if (!await ClaimAsync(name, userId, cancellationToken))
            {
                await ReleaseAsync(claimed, userId, cancellationToken);
                return Refusal.Conflict(problem, "An account has this already.") with { Field = field };
            }

            claimed.Add(name);
        }

        var credentials = new Credentials { PasswordHash = passwordHash, SecurityStamp = Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(16)) };
        var outcome = await grains.Grain<IUserGrain>(userId).CreateAsync(command, credentials, context, cancellationToken);
        if (!outcome.Ok)
        {
            await ReleaseAsync(claimed, userId, cancellationToken);
        }

        return outcome;
    }

    private IEnumerable<(string Field, string Problem, IUserNameGrain Name)> Names(CreateUser command)
    {
        yield return ("userName", "user-name-taken", Name(command.UserName));
        if (command.Phone is { } phone)
        {
            yield return ("phone", "phone-taken", Name(PhoneName(phone)));
        }

        if (command.Email is { } email)
        {
            yield return ("email", "email-taken", Name(EmailName(email)));
        }
    }

    /// <summary>Claims a name; one whose account was closed and erased is free.</summary>
    private async Task<bool> ClaimAsync(IUserNameGrain name, Guid userId, CancellationToken cancellationToken)
    {
        if (await name.ClaimAsync(userId, cancellationToken))
        {
            return true;
        }

        if (await name.FindAsync(cancellationToken) is not { } holder || await HoldsAsync(holder, cancellationToken))
        {
            return false;
        }

        await name.ReleaseAsync(holder, cancellationToken);
        return await name.ClaimAsync(userId, cancellationToken);
    }

    /// <summary>A holder who is still being made is there too: only a closed account holds nothing any more.</summary>
    private async Task<bool> HoldsAsync(Guid holder, CancellationToken cancellationToken) =>
        (await grains.Grain<IUserGrain>(holder).GetAsync(Actor.System, cancellationToken)).Value is not { ErasedAt: not null };

    private static async Task ReleaseAsync(IEnumerable<IUserNameGrain> names, Guid userId, CancellationToken cancellationToken)
    {
        foreach (var name in names)
        {
            await name.ReleaseAsync(userId, cancellationToken);
        }
    }

    private IUserNameGrain Name(string name) => grains.GetGrain<IUserNameGrain>(secrets.NameKey(normalizer.NormalizeName(name)!));
}
