using LimoCha.Actors.Consent;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Privacy;

namespace LimoCha.Actors.Customers;

/// <summary>A customer as the subject of their data: who may use it, what an answer changes, what erasing leaves.</summary>
public static class CustomerPrivacy
{
    /// <summary>What the decision knows of a customer.</summary>
    public static DataSubject Subject(CustomerState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        return new(SubjectKind.Customer, state.Consents, state.Exemptions, state.BirthDate, state.Guardian, Erased: state.ErasedAt is not null, Deleted: state.DeletedAt is not null);
    }

    /// <summary>The sensitive fields of a command: whether given, for which purpose they are kept, and their class.</summary>
    public static IReadOnlyList<(string Field, bool Given, string Purpose, DataClass Class)> Sensitive(SaveCustomer command)
    {
        ArgumentNullException.ThrowIfNull(command);
        return
        [
            ("identityNumber", command.IdentityNumber is not null, Purposes.CustomerIdentity, DataClass.IdentityDocument),
            ("health", command.Health is not null, Purposes.CustomerCare, DataClass.Health),
            ("belief", command.Belief is not null, Purposes.CustomerCare, DataClass.Belief),
            ("property", command.Property is not null, Purposes.CustomerCare, DataClass.Property),
        ];
    }

    /// <summary>
    /// Records a use with its decision. Who looks after the customer and their managers use data for what customers are served
    /// for; privacy officers to answer the customer's requests; auditors see that it was used, never the data (E3, E4).
    /// </summary>
    public static (Decision<CustomerEvent> Facts, UseDecision? Decision) Use(Guid id, CustomerState state, DataUse use, Actor by, PrivacyCatalog catalog, DateTimeOffset now, DateOnly today)
    {
        ArgumentNullException.ThrowIfNull(use);
        ArgumentNullException.ThrowIfNull(by);
        var theirOwn = state.Made && by.UserId == id;
        if (!theirOwn && !CustomerRules.MaySee(state, by))
        {
            return (Refusal.NotFound("customer"), null);
        }

        var decision = (by.Role, use.Purpose) switch
        {
            _ when theirOwn => UseRules.Decide(use, Subject(state), catalog, now, today),
            (Role.Auditor, _) => No("Auditors see who used data, not the data."),
            (Role.PrivacyOfficer, not (Purposes.CustomerRights or Purposes.IncidentNotice or Purposes.LegalDisclosure)) => No($"Privacy officers use data for {Purposes.CustomerRights}, {Purposes.IncidentNotice} and {Purposes.LegalDisclosure} only."),
            (Role.Staff or Role.Manager, Purposes.CustomerRights or Purposes.IncidentNotice) => No("This is the privacy office's to do."),
            _ => UseRules.Decide(use, Subject(state), catalog, now, today),
        };
        return (new CustomerDataUsed(use, decision), decision);

        static UseDecision No(string why) => new() { Problem = "forbidden", Explanation = why };
    }

    /// <summary>The state after an answer. What was kept under a sensitive class's consent goes with it.</summary>
    public static CustomerState Answer(CustomerState state, ConsentFlag flag)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(flag);
        state = state with { Consents = state.Consents.SetItem(ConsentRules.KeyOf(flag.Purpose, flag.DataClass), flag) };
        return flag.State == ConsentState.Granted ? state : Without(state, flag.Purpose, flag.DataClass);
    }

    /// <summary>The state without what is kept for a purpose alone; of one class, or of all.</summary>
    public static CustomerState Without(CustomerState state, string purpose, DataClass? only = null)
    {
        ArgumentNullException.ThrowIfNull(state);
        bool Gone(string keptFor, DataClass dataClass) => purpose == keptFor && (only ?? dataClass) == dataClass;
        return state with
        {
            IdentityNumber = Gone(Purposes.CustomerIdentity, DataClass.IdentityDocument) ? null : state.IdentityNumber,
            Health = Gone(Purposes.CustomerCare, DataClass.Health) ? null : state.Health,
            Belief = Gone(Purposes.CustomerCare, DataClass.Belief) ? null : state.Belief,
            Property = Gone(Purposes.CustomerCare, DataClass.Property) ? null : state.Property,
        };
    }

    /// <summary>The state after an allowed use: what is kept for that purpose alone is kept from then on.</summary>
    public static CustomerState Used(CustomerState state, string purpose, DateTimeOffset at)
    {
        ArgumentNullException.ThrowIfNull(state);
        return purpose switch
        {
            Purposes.CustomerCare => state with { CareUsedAt = at },
            Purposes.CustomerIdentity => state with { IdentityUsedAt = at },
            _ => state,
        };
    }

    /// <summary>Since when what is kept for this purpose alone was neither given nor used for it; null when there is nothing, or a legal hold keeps it.</summary>
    public static DateTimeOffset? UnusedSince(CustomerState state, string purpose)
    {
        ArgumentNullException.ThrowIfNull(state);
        return purpose switch
        {
            _ when state.LegalHold => null,
            // States from before uses were noted say when anything last changed.
            Purposes.CustomerCare when (state.Health ?? state.Belief ?? state.Property) is not null => state.CareUsedAt ?? state.UpdatedAt,
            Purposes.CustomerIdentity when state.IdentityNumber is not null => state.IdentityUsedAt ?? state.UpdatedAt,
            _ => null,
        };
    }

    /// <summary>Takes out what is kept for this purpose alone and was not used for it since.</summary>
    public static Decision<CustomerEvent> ForgetUnused(CustomerState state, string purpose, DateTimeOffset since) =>
        UnusedSince(state, purpose) < since ? new CustomerFieldsForgotten(purpose) : Decision<CustomerEvent>.Nothing;

    /// <summary>Erases; held data stays until the hold is lifted.</summary>
    public static Decision<CustomerEvent> Erase(CustomerState state, string reason, Actor by) =>
        !CustomerRules.MaySee(state, by) ? Refusal.NotFound("customer")
        : !by.IsOffice ? Refusal.Forbidden("Only the privacy office and admins erase a customer.")
        : state.ErasedAt is not null ? Decision<CustomerEvent>.Nothing
        : state.LegalHold ? Refusal.Conflict("legal-hold", "A legal hold keeps this customer's data from being erased.")
        : new CustomerErased(reason);

    /// <summary>Sets or lifts a legal hold.</summary>
    public static Decision<CustomerEvent> Hold(CustomerState state, SetLegalHold command, Actor by) =>
        !CustomerRules.MaySee(state, by) ? Refusal.NotFound("customer")
        : !by.IsOffice ? Refusal.Forbidden("Only the privacy office and admins set a legal hold.")
        : state.ErasedAt is not null ? Refusal.Conflict("erased", "The customer's data has been erased.")
        : string.IsNullOrWhiteSpace(command.Reason) ? Refusal.Invalid("reason", "Reason has 1 to 200 characters.")
        : state.LegalHold == command.Hold ? Decision<CustomerEvent>.Nothing
        : new CustomerLegalHoldSet(command.Hold, command.Reason.Trim());

    /// <summary>What is left of an erased customer: that there was one, what they said about consent, and no fact about them.</summary>
    internal static CustomerState Erase(CustomerState state, DateTimeOffset at) => state with
    {
        Name = null, Phone = null, Email = null, Address = null, Company = null, Source = null, BirthDate = null, IdentityNumber = null,
        Health = null, Belief = null, Property = null, Guardian = null, Exemptions = [], Unknown = null,
        CareUsedAt = null, IdentityUsedAt = null, DeletedAt = state.DeletedAt ?? at, UpdatedAt = at, ErasedAt = at, DoomedKey = state.Key?.Id, Key = null,
    };
}
