using LimoCha.Actors.Consent;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Privacy;
using static LimoCha.Actors.Unit.Consent.Given;

namespace LimoCha.Actors.Unit.Consent;

/// <summary>What subjects are asked, and what their answers mean.</summary>
public sealed class ConsentRulesTests
{
    private static readonly Actor Officer = new(Guid.NewGuid(), Role.PrivacyOfficer, null);

    [Fact]
    public void B1_an_undeclared_purpose_or_one_of_other_subjects_is_refused()
    {
        Set("advertising", ConsentState.Granted).Refusal!.Kind.Should().Be(RefusalKind.NotFound);
        Set(Purposes.AttendanceLocation, ConsentState.Granted).Refusal!.Kind.Should().Be(RefusalKind.NotFound, "it is declared for staff");
    }

    [Fact]
    public void B2_everything_not_yet_answered_asks_and_a_purpose_declared_today_asks_too()
    {
        ConsentRules.All(NoAnswers, SubjectKind.Customer, Catalog).Should().OnlyContain(flag => flag.Asks && flag.State == ConsentState.NotAsked);
        var declared = CatalogRules.Declare(new(), new() { Key = "customer.survey", TitleZh = "调查", TitleEn = "Survey", Classes = [DataClass.Contact] }, Officer);
        var catalog = CatalogRules.View(CatalogRules.Apply(new(), declared.Events.Single()));
        Customer.Decide("customer.survey").Problem.Should().Be("purpose-undeclared", "before it was declared");
        Customer.Decide("customer.survey", catalog).Problem.Should().Be("consent-required", "before the first use");
        Customer.Says("customer.survey", ConsentState.Granted, catalog: catalog).Decide("customer.survey", catalog).Allowed.Should().BeTrue();
    }

    [Fact]
    public void B5_a_sensitive_class_among_others_has_its_own_answer()
    {
        var flag = ConsentRules.Find(NoAnswers, Purposes.CustomerCare, SubjectKind.Customer, Catalog, 1).Value!;
        flag.Sensitive!.Select(own => own.DataClass).Should().Equal(DataClass.Health, DataClass.Belief, DataClass.Property);
        Set(Purposes.CustomerCare, ConsentState.Granted, DataClass.Identity).Refusal!.Field.Should().Be("dataClass", "a name is not sensitive");
        Set(Purposes.CustomerContact, ConsentState.Granted, DataClass.Health).Refusal!.Field.Should().Be("dataClass", "the purpose does not touch it");
    }

    [Fact]
    public void B7_a_version_that_does_not_exist_or_is_from_before_the_change_cannot_be_agreed_to()
    {
        Set(Purposes.CustomerContact, ConsentState.Granted, policyVersion: "2").Refusal!.Field.Should().Be("policyVersion");
        Set(Purposes.CustomerContact, ConsentState.Granted, policyVersion: "next").Refusal!.Field.Should().Be("policyVersion");
        var changed = CatalogRules.View(Published(Purposes.CustomerContact));
        ConsentRules.Set(NoAnswers, Purposes.CustomerContact, SubjectKind.Customer, new() { State = ConsentState.Granted, PolicyVersion = "1" }, changed, Now).Refusal!.Problem.Should().Be("policy-outdated");
    }

    [Fact]
    public void B7_a_material_change_asks_again_and_others_stand()
    {
        var before = Customer.Says(Purposes.CustomerContact, ConsentState.Granted).Says(Purposes.CustomerMarketing, ConsentState.Granted);
        var changed = CatalogRules.View(Published(Purposes.CustomerContact));
        before.Decide(Purposes.CustomerContact, changed).Problem.Should().Be("consent-outdated");
        before.Decide(Purposes.CustomerMarketing, changed).Allowed.Should().BeTrue();
        ConsentRules.All(before.Consents, SubjectKind.Customer, changed).Where(flag => flag.State == ConsentState.Granted && flag.Asks).Select(flag => flag.Purpose).Should().Equal(Purposes.CustomerContact);
        before.Says(Purposes.CustomerContact, ConsentState.Granted, catalog: changed).Decide(Purposes.CustomerContact, changed).Allowed.Should().BeTrue("they agreed to the new version");
    }

    [Fact]
    public void B7_a_purpose_is_widened_only_together_with_the_policy_that_tells_of_it()
    {
        var wider = new DeclarePurpose { Key = Purposes.CustomerContact, TitleZh = "联系", TitleEn = "Contact", Classes = [DataClass.Identity, DataClass.Contact, DataClass.Content] };
        CatalogRules.Declare(new(), wider, Officer).Refusal!.Problem.Should().Be("policy-first");
        var after = CatalogRules.Declare(Published(Purposes.CustomerContact), wider, Officer);
        after.Refusal.Should().BeNull();
        ((PurposeDeclared)after.Events.Single()).Purpose.SincePolicy.Should().Be(2);
        CatalogRules.Declare(new(), wider, new(Guid.NewGuid(), Role.Admin, null)).Refusal!.Kind.Should().Be(RefusalKind.Forbidden);
    }

    [Fact]
    public void What_was_never_given_cannot_be_withdrawn() =>
        Set(Purposes.CustomerContact, ConsentState.Withdrawn).Refusal!.Problem.Should().Be("consent-not-given");

    [Theory]
    [InlineData(Role.Staff, 30, "forbidden")]
    [InlineData(Role.PrivacyOfficer, 0, "invalid")]
    [InlineData(Role.PrivacyOfficer, 400, "invalid")]
    [InlineData(Role.PrivacyOfficer, 30, null)]
    public void B3_an_exemption_names_its_case_invoker_evidence_and_end(Role role, int days, string? problem)
    {
        var by = new Actor(Guid.NewGuid(), role, null);
        var invoked = ConsentRules.Invoke([], new() { Exemption = ConsentExemption.VitalInterest, Purpose = Purposes.CustomerContact, Evidence = "案卷 7", ExpiresAt = Now.AddDays(days) }, SubjectKind.Customer, Catalog, Guid.NewGuid(), by, Now);
        invoked.Refusal?.Problem.Should().Be(problem);
        if (problem is null)
        {
            invoked.Value!.Should().BeEquivalentTo(new { Kind = ConsentExemption.VitalInterest, InvokedById = by.UserId, InvokedAt = Now, Evidence = "案卷 7" });
        }
    }

    private static CatalogState Published(params string[] material) => CatalogRules.Apply(
        new(), CatalogRules.Publish(new(), new() { TextZh = "新", TextEn = "new", ChangeZh = "改", ChangeEn = "changed", Material = material }, Officer, Now).Events.Single());

    private static Outcome<ConsentFlag> Set(string purpose, ConsentState state, DataClass? dataClass = null, string? policyVersion = null) =>
        ConsentRules.Set(NoAnswers, purpose, SubjectKind.Customer, new() { State = state, DataClass = dataClass, PolicyVersion = policyVersion }, Catalog, Now);
}
