using LimoCha.Actors.Kernel;

namespace LimoCha.Actors.Customers;

/// <summary>Customers: their facts and row.</summary>
public sealed class CustomerKind : EntityKind<CustomerState, CustomerEvent>
{
    /// <summary>The only one.</summary>
    public static readonly CustomerKind Instance = new();

    private CustomerKind() { }

    /// <inheritdoc />
    public override string Name => "customer";

    /// <inheritdoc />
    public override CustomerState Apply(CustomerState state, CustomerEvent fact, DateTimeOffset at) => CustomerRules.Apply(state, fact, at);

    /// <inheritdoc />
    public override IReadOnlyList<IProjectedRow> Rows(Guid id, CustomerState state, int version, IReadOnlyList<Committed<CustomerEvent>> facts) =>
        [CustomerProjection.Row(id, state, version)];
}
