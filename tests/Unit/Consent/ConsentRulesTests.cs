using System.Collections.Immutable;
using LimoCha.Actors.Consent;
using LimoCha.Actors.Kernel;

namespace LimoCha.Actors.Unit.Consent;

public sealed class ConsentRulesTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 2, 1, 0, 0, TimeSpan.Zero);
    private static readonly ImmutableDictionary<string, ConsentFlag> None = ImmutableDictionary<string, ConsentFlag>.Empty;

    [Fact]
    public void B1_an_undeclared_purpose_is_refused() =>
        ConsentRules.Set(None, "advertising", Purposes.OfStaff, new() { State = ConsentState.Granted }, Now).Refusal!.Kind.Should().Be(RefusalKind.NotFound);

    [Fact]
    public void B4_a_withdrawn_consent_allows_nothing()
    {
        var granted = With(None, ConsentState.Granted);
        ConsentRules.Allows(granted, Purposes.AttendanceLocation).Should().BeTrue();
        ConsentRules.Allows(With(granted, ConsentState.Withdrawn), Purposes.AttendanceLocation).Should().BeFalse();
    }

    [Fact]
    public void What_was_never_asked_allows_nothing_and_cannot_be_withdrawn()
    {
        ConsentRules.Allows(None, Purposes.AttendanceLocation).Should().BeFalse();
        ConsentRules.Set(None, Purposes.AttendanceLocation, Purposes.OfStaff, new() { State = ConsentState.Withdrawn }, Now).Refusal!.Problem.Should().Be("consent-not-given");
    }

    private static ImmutableDictionary<string, ConsentFlag> With(ImmutableDictionary<string, ConsentFlag> flags, ConsentState state) =>
        flags.SetItem(Purposes.AttendanceLocation, ConsentRules.Set(flags, Purposes.AttendanceLocation, Purposes.OfStaff, new() { State = state }, Now).Value!);
}
