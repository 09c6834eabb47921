using LimoCha.Actors.Analytics;
using LimoCha.Actors.Audit;
using LimoCha.Actors.Consent;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Privacy;

namespace LimoCha.Actors.Customers;

/// <summary>Customers: their facts, rows, receipts and audit entries.</summary>
public sealed class CustomerKind(BlindIndex index, CompanyDays days) : EntityKind<CustomerState, CustomerEvent>
{
    /// <inheritdoc />
    public override string Name => "customer";

    /// <inheritdoc />
    public override CustomerState Apply(CustomerState state, CustomerEvent fact, DateTimeOffset at) => CustomerRules.Apply(state, fact, at);

    /// <inheritdoc />
    public override IReadOnlyList<IProjectedRow> Rows(Guid id, CustomerState state, int version, IReadOnlyList<Committed<CustomerEvent>> facts) =>
    [
        CustomerProjection.Row(id, state, version, index), CustomerFactRow.Of(id, state, version, index, days),
        .. facts.Select(fact => fact.Event).OfType<CustomerConsentChanged>().Select(changed => changed.Receipt).OfType<ConsentReceipt>().Select(ConsentReceiptRow.Of),
    ];

    /// <inheritdoc />
    public override Task TellAsync(Others others, Guid id, CustomerState state, int version, IReadOnlyList<Committed<CustomerEvent>> facts)
    {
        ArgumentNullException.ThrowIfNull(facts);
        return others.Grains.AuditAsync(id, facts.Select(fact => Entry(id, fact)));
    }

    private static AuditEntry Entry(Guid id, Committed<CustomerEvent> fact)
    {
        var entry = AuditEntries.Of("customer", id, fact);
        return fact.Event switch
        {
            CustomerDataUsed f => AuditEntries.Used(entry, "customer", f.Use, f.Decision),
            CustomerConsentChanged f => entry with { Purpose = f.Flag.Purpose, Classes = f.Flag.DataClass is { } one ? [one] : [], Basis = f.Flag.State.ToString().ToLowerInvariant() },
            CustomerSaved f => entry with { Reason = string.Join(',', f.Fields) },
            CustomerExemptionInvoked f => entry with { Purpose = f.Exemption.Purpose, Basis = $"exemption:{f.Exemption.Kind}" },
            CustomerFieldsForgotten f => entry with { Purpose = f.Purpose },
            CustomerErased f => entry with { Reason = f.Reason },
            _ => entry,
        };
    }
}
