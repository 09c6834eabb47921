using LimoCha.Actors.Kernel;
using LimoCha.Actors.Staff;

namespace LimoCha.Actors.Customers;

/// <summary>Who may see and change a customer.</summary>
public static class CustomerRules
{
    /// <summary>Makes the customer; the caller looks after them unless another is named.</summary>
    public static Decision<CustomerEvent> Create(CustomerState state, SaveCustomer command, Actor by, UserView? owner) =>
        state.Made ? Refusal.Conflict("already-exists", "There is a customer with this id already.")
        : by.Role is Role.Auditor or Role.PrivacyOfficer ? Refusal.Forbidden("Your role does not make customers.")
        : string.IsNullOrWhiteSpace(command.Name) ? Refusal.Invalid("name", "Name has 1 to 80 characters.")
        : CheckOwner(command.OwnerId, owner, by) is { } refusal ? refusal
        : Saved(command, command.OwnerId ?? by.UserId, owner?.DepartmentId ?? by.DepartmentId);

    /// <summary>Changes what is given.</summary>
    public static Decision<CustomerEvent> Change(CustomerState state, SaveCustomer command, Actor by, UserView? owner) =>
        !MaySee(state, by) ? Refusal.NotFound("customer")
        : !MayChange(state, by) ? Refusal.Forbidden("Only who looks after the customer, their manager or an admin may change it.")
        : state.DeletedAt is not null ? Refusal.Conflict("in-recycle-bin", "The customer is in the recycle bin; restore it first.")
        : command.Name is not null && string.IsNullOrWhiteSpace(command.Name) ? Refusal.Invalid("name", "Name has 1 to 80 characters.")
        : CheckOwner(command.OwnerId, owner, by) is { } refusal ? refusal
        : Fields(command).Count == 0 && command.OwnerId is null ? Decision<CustomerEvent>.Nothing
        : Saved(command, command.OwnerId ?? state.OwnerId, command.OwnerId is null ? state.DepartmentId : owner?.DepartmentId);

    /// <summary>Puts the customer into the recycle bin; done already is done.</summary>
    public static Decision<CustomerEvent> Delete(CustomerState state, Actor by) =>
        !MaySee(state, by) ? Refusal.NotFound("customer")
        : !MayChange(state, by) ? Refusal.Forbidden("Only who looks after the customer, their manager or an admin may delete it.")
        : state.DeletedAt is not null ? Decision<CustomerEvent>.Nothing
        : new CustomerDeleted();

    /// <summary>Takes the customer out of the recycle bin.</summary>
    public static Decision<CustomerEvent> Restore(CustomerState state, Actor by) =>
        !MaySee(state, by) ? Refusal.NotFound("customer")
        : !MayChange(state, by) ? Refusal.Forbidden("Only who looks after the customer, their manager or an admin may restore it.")
        : state.DeletedAt is null ? Decision<CustomerEvent>.Nothing
        : new CustomerRestored();

    /// <summary>Own customers for staff, the department's for its managers, all for those who see all.</summary>
    public static bool MaySee(CustomerState state, Actor by) => state.Made && MaySee(state.OwnerId, state.DepartmentId, by);

    /// <summary>The same, over a row.</summary>
    public static bool MaySee(Guid? ownerId, Guid? departmentId, Actor by) =>
        by.SeesAll || ownerId == by.UserId || by.Role == Role.Manager && by.DepartmentId is { } department && department == departmentId;

    /// <summary>True for who looks after the customer; everybody else sees contact data masked.</summary>
    public static bool SeesContactData(Guid? ownerId, Actor by) => ownerId == by.UserId;

    /// <summary>The state with a fact added.</summary>
    public static CustomerState Apply(CustomerState state, CustomerEvent fact, DateTimeOffset at)
    {
        state = state with { UpdatedAt = at };
        return fact switch
        {
            CustomerSaved f => state with
            {
                Made = true, CreatedAt = state.Made ? state.CreatedAt : at,
                Name = f.Values?.Name?.Trim() ?? state.Name, Phone = f.Values?.Phone ?? state.Phone, Email = f.Values?.Email ?? state.Email,
                Address = f.Values?.Address ?? state.Address, Company = f.Values?.Company ?? state.Company,
                Source = f.Values?.Source ?? state.Source, OwnerId = f.OwnerId, DepartmentId = f.DepartmentId,
            },
            CustomerDeleted => state with { DeletedAt = at },
            CustomerRestored => state with { DeletedAt = null },
            CustomerConsentChanged f => state with { Consents = state.Consents.SetItem(f.Flag.Purpose, f.Flag) },
            _ => state,
        };
    }

    /// <summary>True for those who may change the customer or record what they said.</summary>
    public static bool MayChange(CustomerState state, Actor by) =>
        by.Role is not (Role.Auditor or Role.PrivacyOfficer) && MaySee(state, by);

    private static Refusal? CheckOwner(Guid? ownerId, UserView? owner, Actor by) =>
        ownerId is not { } id ? null
        : owner is null ? Refusal.Unprocessable("unknown-owner", "There is no such staff member.", "ownerId")
        : !owner.Enabled ? Refusal.Unprocessable("owner-disabled", "This staff member's account is disabled.", "ownerId")
        : by.Role == Role.Admin || id == by.UserId || by.Role == Role.Manager && owner.DepartmentId == by.DepartmentId ? null
        : Refusal.Forbidden("Managers hand customers over within their department; staff do not.");

    private static CustomerSaved Saved(SaveCustomer command, Guid? ownerId, Guid? departmentId) =>
        new(Fields(command), ownerId, departmentId) { Values = command };

    private static List<string> Fields(SaveCustomer command)
    {
        (string Name, string? Value)[] all =
        [
            ("name", command.Name), ("phone", command.Phone), ("email", command.Email),
            ("address", command.Address), ("company", command.Company), ("source", command.Source),
        ];
        return [.. all.Where(field => field.Value is not null).Select(field => field.Name)];
    }
}
