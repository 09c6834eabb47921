using LimoCha.Actors.Consent;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Privacy;
using LimoCha.Actors.Staff;

namespace LimoCha.Actors.Customers;

/// <summary>Who may see and change a customer.</summary>
public static class CustomerRules
{
    /// <summary>Makes the customer; the caller looks after them unless another is named.</summary>
    public static Decision<CustomerEvent> Create(CustomerState state, SaveCustomer command, Actor by, UserView? owner, PrivacyCatalog catalog, DateTimeOffset now, DateOnly today) =>
        state.Made ? Refusal.Conflict("already-exists", "There is a customer with this id already.")
        : by.Role is Role.Auditor or Role.PrivacyOfficer ? Refusal.Forbidden("Your role does not make customers.")
        : string.IsNullOrWhiteSpace(command.Name) ? Refusal.Invalid("name", "Name has 1 to 80 characters.")
        : (CheckOwner(command.OwnerId, owner, by) ?? CheckFields(state, command, catalog, now, today)) is { } refusal ? refusal
        : Saved(command, command.OwnerId ?? by.UserId, owner?.DepartmentId ?? by.DepartmentId);

    /// <summary>Changes what is given.</summary>
    public static Decision<CustomerEvent> Change(CustomerState state, SaveCustomer command, Actor by, UserView? owner, PrivacyCatalog catalog, DateTimeOffset now, DateOnly today) =>
        CheckChange(state, by) is { } no ? no
        : state.DeletedAt is not null ? Refusal.Conflict("in-recycle-bin", "The customer is in the recycle bin; restore it first.")
        : command.Name is not null && string.IsNullOrWhiteSpace(command.Name) ? Refusal.Invalid("name", "Name has 1 to 80 characters.")
        : (CheckOwner(command.OwnerId, owner, by) ?? CheckFields(state, command, catalog, now, today)) is { } refusal ? refusal
        : Fields(command).Count == 0 && command.OwnerId is null ? Decision<CustomerEvent>.Nothing
        : Saved(command, command.OwnerId ?? state.OwnerId, command.OwnerId is null ? state.DepartmentId : owner?.DepartmentId);

    /// <summary>Puts the customer into the recycle bin; done already is done.</summary>
    public static Decision<CustomerEvent> Delete(CustomerState state, Actor by) =>
        CheckChange(state, by) is { } no ? no
        : state.DeletedAt is not null ? Decision<CustomerEvent>.Nothing
        : new CustomerDeleted();

    /// <summary>Takes the customer out of the recycle bin.</summary>
    public static Decision<CustomerEvent> Restore(CustomerState state, Actor by) =>
        CheckChange(state, by) is { } no ? no
        : state.DeletedAt is null ? Decision<CustomerEvent>.Nothing
        : new CustomerRestored();

    /// <summary>Own customers for staff, the department's for its managers, all for those who see all.</summary>
    public static bool MaySee(CustomerState state, Actor by) => state.Made && MaySee(state.OwnerId, state.DepartmentId, by);

    /// <summary>The same, over a row.</summary>
    public static bool MaySee(Guid? ownerId, Guid? departmentId, Actor by) =>
        by.SeesAll || ownerId == by.UserId || by.Role == Role.Manager && by.DepartmentId is { } department && department == departmentId;

    /// <summary>Why somebody may not change the customer or record what they said; null when they may.</summary>
    public static Refusal? CheckChange(CustomerState state, Actor by) =>
        !MaySee(state, by) ? Refusal.NotFound("customer")
        : by.Role is Role.Auditor or Role.PrivacyOfficer ? Refusal.Forbidden("Only who looks after the customer, their manager or an admin may do this.")
        : state.ErasedAt is not null ? Refusal.Conflict("erased", "The customer's data has been erased.")
        : null;

    /// <summary>The state with a fact added.</summary>
    public static CustomerState Apply(CustomerState state, CustomerEvent fact, DateTimeOffset at) => fact switch
    {
        CustomerSaved f => Save(state, f, at) with { UpdatedAt = at },
        CustomerDeleted => state with { DeletedAt = at, UpdatedAt = at },
        CustomerRestored => state with { DeletedAt = null, UpdatedAt = at },
        CustomerConsentChanged f => CustomerPrivacy.Answer(state, f.Flag) with { UpdatedAt = at },
        CustomerExemptionInvoked f => state with { Exemptions = [.. state.Exemptions.Where(exemption => exemption.ExpiresAt > at), f.Exemption], UpdatedAt = at },
        CustomerGuardianSet f => state with { Guardian = f.Guardian, UpdatedAt = at },
        CustomerLegalHoldSet f => state with { LegalHold = f.Hold, UpdatedAt = at },
        CustomerDataUsed { Decision.Allowed: true } f => CustomerPrivacy.Used(state, f.Use.Purpose, at),
        CustomerFieldsForgotten f => CustomerPrivacy.Without(state, f.Purpose),
        CustomerErased => CustomerPrivacy.Erase(state, at),
        CustomerKeyDestroyed => state with { DoomedKey = null },
        _ => state,
    };

    private static CustomerState Save(CustomerState state, CustomerSaved fact, DateTimeOffset at)
    {
        var values = fact.Values ?? new();
        return state with
        {
            Made = true, CreatedAt = state.Made ? state.CreatedAt : at, OwnerId = fact.OwnerId, DepartmentId = fact.DepartmentId,
            Name = values.Name?.Trim() ?? state.Name, Phone = values.Phone ?? state.Phone, Email = values.Email ?? state.Email,
            Address = values.Address ?? state.Address, Company = values.Company ?? state.Company, Source = values.Source ?? state.Source,
            BirthDate = values.BirthDate ?? state.BirthDate, IdentityNumber = values.IdentityNumber?.Trim().ToUpperInvariant() ?? state.IdentityNumber,
            Health = values.Health ?? state.Health, Belief = values.Belief ?? state.Belief, Property = values.Property ?? state.Property,
            CareUsedAt = (values.Health ?? values.Belief ?? values.Property) is null ? state.CareUsedAt : at,
            IdentityUsedAt = values.IdentityNumber is null ? state.IdentityUsedAt : at,
        };
    }

    private static Refusal? CheckOwner(Guid? ownerId, UserView? owner, Actor by) =>
        ownerId is not { } id ? null
        : owner is null ? Refusal.Unprocessable("unknown-owner", "There is no such staff member.", "ownerId")
        : !owner.Enabled ? Refusal.Unprocessable("owner-disabled", "This staff member's account is disabled.", "ownerId")
        : by.Role == Role.Admin || id == by.UserId || by.Role == Role.Manager && owner.DepartmentId == by.DepartmentId ? null
        : Refusal.Forbidden("Managers hand customers over within their department; staff do not.");

    /// <summary>What is collected needs what its class needs: each sensitive one a consent of its own (B5).</summary>
    private static Refusal? CheckFields(CustomerState state, SaveCustomer command, PrivacyCatalog catalog, DateTimeOffset now, DateOnly today)
    {
        if (command.BirthDate is { } born && (born > today || born < today.AddYears(-130)))
        {
            return Refusal.Invalid("birthDate", "A birth date is in the past, at most 130 years ago.");
        }

        var subject = CustomerPrivacy.Subject(state) with { BirthDate = command.BirthDate ?? state.BirthDate };
        foreach (var (field, given, purpose, dataClass) in CustomerPrivacy.Sensitive(command).Where(item => item.Given))
        {
            var decision = UseRules.Decide(new() { Kind = UseKind.Collect, Purpose = purpose, Classes = [dataClass] }, subject, catalog, now, today);
            if (!decision.Allowed)
            {
                return Refusal.Unprocessable(decision.Problem!, $"{decision.Explanation} Record their answer to {purpose} with dataClass {DataClassNames.Of(dataClass)} first.", field);
            }
        }

        return null;
    }

    private static CustomerSaved Saved(SaveCustomer command, Guid? ownerId, Guid? departmentId) =>
        new(Fields(command), ownerId, departmentId) { Values = command };

    private static List<string> Fields(SaveCustomer command)
    {
        (string Name, object? Value)[] all =
        [
            ("name", command.Name), ("phone", command.Phone), ("email", command.Email), ("address", command.Address), ("company", command.Company),
            ("source", command.Source), ("birthDate", command.BirthDate), ("identityNumber", command.IdentityNumber), ("health", command.Health),
            ("belief", command.Belief), ("property", command.Property),
        ];
        return [.. all.Where(field => field.Value is not null).Select(field => field.Name)];
    }
}
