using CsCheck;
using LimoCha.Actors.Consent;
using LimoCha.Actors.Privacy;
using static LimoCha.Actors.Unit.Consent.Given;

namespace LimoCha.Actors.Unit.Consent;

/// <summary>The decision: one pure function over purpose, classes, recipient, answers, exemptions, age and time.</summary>
public sealed class UseRulesTests
{
    [Fact]
    public void B1_what_a_purpose_does_not_declare_is_refused()
    {
        var consenting = Customer.Says(Purposes.CustomerContact, ConsentState.Granted);
        consenting.Decide("advertising").Problem.Should().Be("purpose-undeclared");
        consenting.Decide(Purposes.CustomerContact, classes: DataClass.Health).Problem.Should().Be("class-undeclared");
        consenting.Decide(Purposes.CustomerContact, recipient: "logistics").Problem.Should().Be("recipient-undeclared");
        consenting.Decide(Purposes.CustomerContact).Should().BeEquivalentTo(new { Allowed = true, Basis = "consent" });
    }

    [Fact]
    public void B4_a_withdrawn_or_refused_consent_allows_nothing_and_other_purposes_stand()
    {
        var withdrawn = Customer.Says(Purposes.CustomerContact, ConsentState.Granted).Says(Purposes.CustomerMarketing, ConsentState.Granted).Says(Purposes.CustomerContact, ConsentState.Withdrawn);
        withdrawn.Decide(Purposes.CustomerContact).Problem.Should().Be("consent-required");
        withdrawn.Decide(Purposes.CustomerMarketing).Allowed.Should().BeTrue();
        withdrawn.Decide(Purposes.CustomerService).Should().BeEquivalentTo(new { Allowed = true, Basis = "contract" });
    }

    [Fact]
    public void B5_each_sensitive_class_needs_its_own_consent()
    {
        var general = Customer.Says(Purposes.CustomerCare, ConsentState.Granted);
        general.Decide(Purposes.CustomerCare, classes: DataClass.Identity).Allowed.Should().BeTrue();
        general.Decide(Purposes.CustomerCare, classes: DataClass.Health).Problem.Should().Be("consent-required");
        var health = general.Says(Purposes.CustomerCare, ConsentState.Granted, DataClass.Health);
        health.Decide(Purposes.CustomerCare, classes: [DataClass.Identity, DataClass.Health]).Allowed.Should().BeTrue();
        health.Decide(Purposes.CustomerCare, classes: DataClass.Belief).Problem.Should().Be("consent-required");
        health.Decide(Purposes.CustomerCare).Problem.Should().Be("consent-required", "all classes of the purpose are more than health");
    }

    [Fact]
    public void B6_a_minor_needs_a_guardian_until_the_birthday()
    {
        var consenting = Customer.Says(Purposes.CustomerContact, ConsentState.Granted);
        (consenting with { BirthDate = Today.AddYears(-UseRules.AgeOfConsent) }).Decide(Purposes.CustomerContact).Allowed.Should().BeTrue("today is the birthday");
        var minor = consenting with { BirthDate = Today.AddYears(-UseRules.AgeOfConsent).AddDays(1) };
        minor.Decide(Purposes.CustomerContact).Problem.Should().Be("guardian-consent-required");
        minor.Decide(Purposes.CustomerService).Problem.Should().Be("guardian-consent-required", "a contract does not replace the guardian");
        (minor with { Guardian = new() { Name = "王", AgreedAt = Now } }).Decide(Purposes.CustomerContact).Allowed.Should().BeTrue();
    }

    [Fact]
    public void B3_an_exemption_replaces_consent_for_its_purpose_until_it_ends()
    {
        var exempt = Customer with { Exemptions = [new() { Id = Guid.NewGuid(), Kind = ConsentExemption.VitalInterest, Purpose = Purposes.CustomerContact, ExpiresAt = Now.AddTicks(1) }] };
        exempt.Decide(Purposes.CustomerContact).Should().BeEquivalentTo(new { Allowed = true, Basis = "exemption:vitalInterest" });
        exempt.Decide(Purposes.CustomerMarketing).Allowed.Should().BeFalse();
        (exempt with { Exemptions = [exempt.Exemptions[0] with { ExpiresAt = Now }] }).Decide(Purposes.CustomerContact).Allowed.Should().BeFalse();
        (exempt with { Erased = true }).Decide(Purposes.CustomerContact).Problem.Should().Be("erased");
    }

    [Fact]
    public void C3_data_in_the_recycle_bin_is_used_for_what_the_law_asks_only()
    {
        var deleted = Customer.Says(Purposes.CustomerContact, ConsentState.Granted) with { Deleted = true };
        deleted.Decide(Purposes.CustomerContact).Problem.Should().Be("deleted");
        deleted.Decide(Purposes.CustomerService).Problem.Should().Be("deleted", "who is not served has no contract to be served under");
        deleted.Decide(Purposes.CustomerRights).Allowed.Should().BeTrue("they may still ask for their data");
        deleted.Decide(Purposes.IncidentNotice).Allowed.Should().BeTrue();
        (deleted with { Deleted = false }).Decide(Purposes.CustomerContact).Allowed.Should().BeTrue();
    }

    [Theory]
    [InlineData("logistics", "phone", "2026-03-02", null)]
    [InlineData("logistics", "phone", "2026-03-01", "agreement-required")]
    [InlineData("logistics", "email", "2026-12-31", "field-not-allowed")]
    [InlineData("amap", "phone", "2026-12-31", "recipient-undeclared")]
    [InlineData(null, "phone", "2026-12-31", "recipient-and-fields-required")]
    [InlineData("logistics", null, "2026-12-31", "recipient-and-fields-required")]
    public void D1_data_leaves_only_to_the_register_under_an_agreement_and_field_by_field(string? recipient, string? field, string until, string? problem)
    {
        var catalog = Catalog with
        {
            ThirdParties =
            [
                new() { Key = "logistics", Name = "某物流", Agreement = "5", AgreementUntil = DateOnly.Parse(until, System.Globalization.CultureInfo.InvariantCulture), Allowed = [new() { Purpose = Purposes.OrderDelivery, Fields = ["name", "phone"] }] },
            ],
        };
        var use = new DataUse { Kind = UseKind.Share, Purpose = Purposes.OrderDelivery, Recipient = recipient, Fields = field is null ? null : [field], Classes = [DataClass.Contact] };
        UseRules.Decide(use, Customer, catalog, Now, Today).Problem.Should().Be(problem);
        UseRules.Decide(use, Customer, Catalog, Now, Today).Allowed.Should().BeFalse("nobody is in the register at first");
    }

    [Fact]
    public void D2_promotion_partners_are_given_no_field_of_anybody()
    {
        var officer = new LimoCha.Actors.Kernel.Actor(Guid.NewGuid(), LimoCha.Actors.Kernel.Role.PrivacyOfficer, null);
        var entry = new ThirdParty { Key = "promotion", Kind = ThirdPartyKind.Promotion, Name = "某推广", Agreement = "6", Allowed = [new() { Purpose = Purposes.PromotionStatistics, Fields = ["phone"] }] };
        CatalogRules.Register(new(), entry, new HashSet<string> { "phone" }, officer).Refusal!.Problem.Should().Be("promotion-gets-aggregates");
        var catalog = Catalog with { ThirdParties = [entry with { Allowed = [] }] };
        UseRules.Decide(new() { Kind = UseKind.Share, Purpose = Purposes.PromotionStatistics, Recipient = "promotion", Fields = ["phone"], Classes = [DataClass.None] }, Customer, catalog, Now, Today).Problem.Should().Be("promotion-gets-aggregates");
    }

    [Fact]
    public void There_are_the_eleven_exemptions_of_the_policy() => Enum.GetValues<ConsentExemption>().Should().HaveCount(11);

    /// <summary>Whatever is declared and answered: nothing sensitive is used without a grant that stands, unless an exemption or a law says so.</summary>
    [Fact]
    public void B5_no_combination_of_answers_lets_a_sensitive_class_through_without_its_grant()
    {
        var asked = Catalog.Purposes.Where(purpose => purpose.Subject == SubjectKind.Customer && purpose.Basis == LegalBasis.Consent)
            .SelectMany(purpose => purpose.Classes.Where(dataClass => ConsentRules.NeedsOwnConsent(purpose, dataClass)).Select(dataClass => (purpose.Key, Class: (DataClass?)dataClass)).Append((purpose.Key, null))).ToArray();
        var states = OneOf(ConsentState.Granted, ConsentState.Refused, ConsentState.Withdrawn, ConsentState.NotAsked).Array[asked.Length];
        Gen.Select(states, OneOf([.. Catalog.Purposes.Select(purpose => purpose.Key)]), OneOf(Enum.GetValues<DataClass>())).Sample((answers, purpose, dataClass) =>
        {
            var subject = Customer;
            for (var i = 0; i < asked.Length; i++)
            {
                subject = subject with { Consents = subject.Consents.SetItem(ConsentRules.KeyOf(asked[i].Key, asked[i].Class), new() { Purpose = asked[i].Key, DataClass = asked[i].Class, State = answers[i], PolicyVersion = "1" }) };
            }

            var decision = subject.Decide(purpose, classes: dataClass);
            var declared = Catalog.Find(purpose)!;
            var own = ConsentRules.NeedsOwnConsent(declared, dataClass);
            return !decision.Allowed || !DataClassRules.IsSensitive(dataClass) || declared.Basis == LegalBasis.LegalObligation
                || subject.Consents.GetValueOrDefault(ConsentRules.KeyOf(purpose, own ? dataClass : null))?.State == ConsentState.Granted;
        });
    }

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);
}
