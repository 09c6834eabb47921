using LimoCha.Actors.Kernel;
using LimoCha.Actors.Staff;
using Microsoft.AspNetCore.Identity;

namespace LimoCha.Actors.Identity;

/// <summary>Makes accounts: the name is claimed first, and let go when the account is refused.</summary>
public sealed class Accounts(IGrainFactory grains, IPasswordHasher<StaffIdentity> hasher, Secrets secrets, ILookupNormalizer normalizer)
{
    /// <summary>Takes a person on under a new id.</summary>
    public async Task<Outcome<UserView>> CreateAsync(CreateUser command, Guid userId, CallContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(command);
        ArgumentNullException.ThrowIfNull(context);
        if (context.By.Role != Role.Admin)
        {
            return Refusal.Forbidden("Only an admin takes people on.");
        }

        if (command.DepartmentId is { } department && !(await grains.Grain<IDepartmentGrain>(department).GetAsync(cancellationToken)).Ok)
        {
            return Refusal.Unprocessable("unknown-department", "There is no such department.", "departmentId");
        }

        var name = grains.GetGrain<IUserNameGrain>(secrets.NameKey(normalizer.NormalizeName(command.UserName)!));
        if (!await name.ClaimAsync(userId, cancellationToken))
        {
            return Refusal.Conflict("user-name-taken", "This user name is taken.") with { Field = "userName" };
        }

        var credentials = new Credentials { PasswordHash = hasher.HashPassword(null!, command.Password), SecurityStamp = Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(16)) };
        var outcome = await grains.Grain<IUserGrain>(userId).CreateAsync(command, credentials, context, cancellationToken);
        if (!outcome.Ok)
        {
            await name.ReleaseAsync(userId, cancellationToken);
        }

        return outcome;
    }
}
