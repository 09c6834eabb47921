using LimoCha.Actors.Customers;
using LimoCha.Actors.Kernel;

namespace LimoCha.Actors.Unit.Customers;

public sealed class CustomerRulesTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 2, 1, 0, 0, TimeSpan.Zero);
    private static readonly Guid East = Guid.NewGuid();
    private static readonly Actor Owner = new(Guid.NewGuid(), Role.Staff, East);
    private static readonly Actor Manager = new(Guid.NewGuid(), Role.Manager, East);
    private static readonly Actor Stranger = new(Guid.NewGuid(), Role.Staff, East);
    private static readonly Actor Auditor = new(Guid.NewGuid(), Role.Auditor, null);
    private static readonly CustomerState Made = Fold(new(), CustomerRules.Create(
        new(), new() { Name = "王芳", Phone = "+8613800138000", Email = "wang@example.com", Address = "某路1号" }, Owner, null));

    [Fact]
    public void The_caller_looks_after_a_new_customer() => (Made.OwnerId, Made.DepartmentId).Should().Be((Owner.UserId, East));

    [Fact]
    public void Strangers_learn_nothing_and_auditors_change_nothing()
    {
        CustomerRules.Change(Made, new() { Name = "x" }, Stranger, null).Refusal!.Kind.Should().Be(RefusalKind.NotFound);
        CustomerRules.Change(Made, new() { Name = "x" }, Auditor, null).Refusal!.Kind.Should().Be(RefusalKind.Forbidden);
        CustomerRules.Change(Made, new() { Name = "x" }, Manager, null).Refusal.Should().BeNull();
    }

    [Fact]
    public void C3_a_deleted_customer_rests_in_the_recycle_bin_and_comes_back()
    {
        var deleted = Fold(Made, CustomerRules.Delete(Made, Owner));
        deleted.DeletedAt.Should().Be(Now);
        CustomerRules.Change(deleted, new() { Name = "x" }, Owner, null).Refusal!.Problem.Should().Be("in-recycle-bin");
        CustomerRules.Delete(deleted, Owner).Events.Should().BeEmpty("deleting twice is deleting once");
        Fold(deleted, CustomerRules.Restore(deleted, Owner)).Should().BeEquivalentTo(Made);
    }

    [Fact]
    public void E3_contact_data_is_masked_for_all_but_the_owner()
    {
        var row = CustomerProjection.Row(Guid.NewGuid(), Made, 1);
        CustomerProjection.View(row, Owner).Should().BeEquivalentTo(new { Phone = "+8613800138000", Email = "wang@example.com", Address = "某路1号", Masked = false });
        CustomerProjection.View(row, Manager).Should().BeEquivalentTo(new { Phone = "+86138****8000", Email = "w***@example.com", Address = (string?)null, Masked = true });
    }

    [Fact]
    public void A_fact_names_the_fields_and_never_their_values()
    {
        var fact = (CustomerSaved)CustomerRules.Change(Made, new() { Phone = "+8613900139000" }, Owner, null).Events.Single();
        System.Text.Json.JsonSerializer.Serialize<CustomerEvent>(fact, StateJson.Options).Should().Contain("phone").And.NotContain("139");
    }

    private static CustomerState Fold(CustomerState state, Decision<CustomerEvent> decision) =>
        decision.Events.Aggregate(state, (current, fact) => CustomerRules.Apply(current, fact, Now));
}
