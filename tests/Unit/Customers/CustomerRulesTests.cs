using LimoCha.Actors.Consent;
using LimoCha.Actors.Customers;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Privacy;
using LimoCha.Actors.Unit.Consent;

namespace LimoCha.Actors.Unit.Customers;

public sealed class CustomerRulesTests
{
    private static readonly DateTimeOffset Now = Given.Now;
    private static readonly Guid East = Guid.NewGuid();
    private static readonly Actor Owner = new(Guid.NewGuid(), Role.Staff, East);
    private static readonly Actor Manager = new(Guid.NewGuid(), Role.Manager, East);
    private static readonly Actor Stranger = new(Guid.NewGuid(), Role.Staff, East);
    private static readonly Actor Auditor = new(Guid.NewGuid(), Role.Auditor, null);
    private static readonly Actor Officer = new(Guid.NewGuid(), Role.PrivacyOfficer, null);
    private static readonly SubjectKey Key = new(Guid.NewGuid(), new byte[SubjectKey.Length]);
    private static readonly BlindIndex Index = new(Key);
    private static readonly CustomerState Made = Fold(new() { Key = Key }, CustomerRules.Create(
        new(), new() { Name = "王芳", Phone = "+8613800138000", Email = "wang@example.com", Address = "某路1号" }, Owner, null, Given.Catalog, Now, Given.Today));

    [Fact]
    public void The_caller_looks_after_a_new_customer() => (Made.OwnerId, Made.DepartmentId).Should().Be((Owner.UserId, East));

    [Fact]
    public void Strangers_learn_nothing_and_auditors_change_nothing()
    {
        Change(Made, new() { Name = "x" }, Stranger).Refusal!.Kind.Should().Be(RefusalKind.NotFound);
        Change(Made, new() { Name = "x" }, Auditor).Refusal!.Kind.Should().Be(RefusalKind.Forbidden);
        Change(Made, new() { Name = "x" }, Manager).Refusal.Should().BeNull();
    }

    [Fact]
    public void C3_a_deleted_customer_rests_in_the_recycle_bin_and_comes_back()
    {
        var deleted = Fold(Made, CustomerRules.Delete(Made, Owner));
        deleted.DeletedAt.Should().Be(Now);
        Change(deleted, new() { Name = "x" }, Owner).Refusal!.Problem.Should().Be("in-recycle-bin");
        CustomerRules.Delete(deleted, Owner).Events.Should().BeEmpty("deleting twice is deleting once");
        Fold(deleted, CustomerRules.Restore(deleted, Owner)).Should().BeEquivalentTo(Made);
    }

    [Fact]
    public void E3_what_is_not_asked_for_with_a_purpose_is_masked_for_everybody()
    {
        var masked = new { Name = "王芳", Phone = "+86138****8000", Email = "w***@example.com", Address = (string?)null, Masked = true };
        CustomerProjection.View(Guid.NewGuid(), Made, 1, []).Should().BeEquivalentTo(masked);
        CustomerProjection.View(Guid.NewGuid(), Made, 1, [DataClass.Contact]).Should().BeEquivalentTo(new { Phone = "+8613800138000", Email = "wang@example.com", Address = "某路1号", Masked = false });
        var row = CustomerProjection.Row(Guid.NewGuid(), Made, 1, Index);
        CustomerProjection.View(row, Key).Should().BeEquivalentTo(new { Name = "王芳", Phone = "+86138****8000", Email = "w***@example.com" });
        CustomerProjection.View(row, null).Name.Should().BeEmpty("without the key there is nothing to read");
        row.ToString().Should().NotContain("王芳").And.NotContain("138001").And.NotContain("wang");
    }

    [Theory]
    [InlineData(Role.Staff, Purposes.CustomerContact, true)]
    [InlineData(Role.Manager, Purposes.CustomerContact, true)]
    [InlineData(Role.Staff, Purposes.CustomerRights, false)]
    [InlineData(Role.PrivacyOfficer, Purposes.CustomerContact, false)]
    [InlineData(Role.PrivacyOfficer, Purposes.CustomerRights, true)]
    [InlineData(Role.Auditor, Purposes.CustomerRights, false)]
    public void E3_role_and_purpose_decide_who_sees_more_and_each_try_is_a_fact(Role role, string purpose, bool allowed)
    {
        var by = role == Role.Staff ? Owner : new(Guid.NewGuid(), role, East);
        var consenting = Made with { Consents = Given.Customer.Says(Purposes.CustomerContact, ConsentState.Granted).Consents };
        var (facts, decision) = CustomerPrivacy.Use(Guid.NewGuid(), consenting, new() { Purpose = purpose }, by, Given.Catalog, Now, Given.Today);
        decision!.Allowed.Should().Be(allowed);
        facts.Events.Single().Should().BeOfType<CustomerDataUsed>();
    }

    [Fact]
    public void B5_sensitive_data_is_collected_under_its_own_consent_and_goes_when_that_is_withdrawn()
    {
        var command = new SaveCustomer { Health = "青霉素过敏" };
        Change(Made, command, Owner).Refusal.Should().BeEquivalentTo(new { Problem = "consent-required", Field = "health" });
        var consents = Given.Customer.Says(Purposes.CustomerCare, ConsentState.Granted).Says(Purposes.CustomerCare, ConsentState.Granted, DataClass.Health).Consents;
        var known = Fold(Made with { Consents = consents }, Change(Made with { Consents = consents }, command, Owner));
        known.Health.Should().Be("青霉素过敏");
        CustomerProjection.View(Guid.NewGuid(), known, 1, []).Should().BeEquivalentTo(new { Health = (string?)null, OnFile = new[] { DataClass.Health } });
        CustomerPrivacy.Answer(known, new() { Purpose = Purposes.CustomerCare, DataClass = DataClass.Health, State = ConsentState.Withdrawn }).Health.Should().BeNull();
    }

    [Fact]
    public void C2_erasing_leaves_no_fact_about_the_person_and_a_hold_prevents_it()
    {
        var held = Fold(Made, CustomerPrivacy.Hold(Made, new() { Hold = true, Reason = "案号 12" }, Officer));
        CustomerPrivacy.Erase(held, "request", Officer).Refusal!.Problem.Should().Be("legal-hold");
        CustomerPrivacy.Erase(Made, "request", Owner).Refusal!.Kind.Should().Be(RefusalKind.Forbidden);
        var erased = Fold(Made, CustomerPrivacy.Erase(Made, "request", Officer));
        erased.Should().BeEquivalentTo(new { Name = (string?)null, Phone = (string?)null, Email = (string?)null, Address = (string?)null, ErasedAt = Now, DoomedKey = Key.Id, Key = (SubjectKey?)null });
        SealedFields<CustomerState>.Seal(erased, "customer", Guid.NewGuid()).Should().BeNull("there is nothing to seal");
        Change(erased, new() { Name = "x" }, Owner).Refusal!.Problem.Should().Be("erased");
    }

    [Fact]
    public void A_fact_names_the_fields_and_never_their_values()
    {
        var fact = (CustomerSaved)Change(Made, new() { Phone = "+8613900139000" }, Owner).Events.Single();
        System.Text.Json.JsonSerializer.Serialize<CustomerEvent>(fact, StateJson.Options).Should().Contain("phone").And.NotContain("139001");
    }

    private static Decision<CustomerEvent> Change(CustomerState state, SaveCustomer command, Actor by) => CustomerRules.Change(state, command, by, null, Given.Catalog, Now, Given.Today);

    private static CustomerState Fold(CustomerState state, Decision<CustomerEvent> decision) =>
        decision.Events.Aggregate(state, (current, fact) => CustomerRules.Apply(current, fact, Now));
}
