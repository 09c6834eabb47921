using LimoCha.Actors.Incidents;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Privacy;

namespace LimoCha.Actors.Unit.Incidents;

/// <summary>E6: levels, deadlines, what has to be done.</summary>
public sealed class IncidentRulesTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 2, 1, 0, 0, TimeSpan.Zero);
    private static readonly Actor Officer = new(Guid.CreateVersion7(Now), Role.PrivacyOfficer, null);

    [Theory]
    [InlineData(IncidentLevel.General, 24)]
    [InlineData(IncidentLevel.Serious, 4)]
    [InlineData(IncidentLevel.Major, 4)]
    [InlineData(IncidentLevel.Critical, 4)]
    public void E6_the_authority_hears_in_time_and_a_higher_level_shortens_it(IncidentLevel level, int hours)
    {
        var state = Fold(Reported(), IncidentRules.Change(Reported(), new() { Level = level }, Officer));
        (IncidentRules.RegulatorDue(state) - Now).TotalHours.Should().Be(hours);
        (IncidentRules.NoticesDue(state) - Now).TotalHours.Should().Be(72);
    }

    [Fact]
    public void E6_the_office_is_warned_at_half_of_each_deadline_and_at_it_and_no_more_once_it_is_met()
    {
        var state = Reported();
        var warned = new List<(double Hours, bool Regulator)>();
        for (var at = Now; at < Now.AddHours(100); at = at.AddMinutes(30))
        {
            var decision = IncidentRules.Warn(state, at);
            warned.AddRange(decision.Events.Cast<IncidentWarned>().Select(fact => ((at - Now).TotalHours, fact.Regulator)));
            state = Fold(state, decision, at);
        }

        warned.Should().Equal((2, true), (4, true), (36, false), (72, false));
        var met = Fold(Reported(), IncidentRules.Reported(Reported(), new() { Authority = "a", Reference = "r" }, Officer, Now));
        IncidentRules.WakeAt(met).Should().Be(Now.AddHours(36), "the authority's deadline is met; the subjects' is not");
    }

    [Fact]
    public void E6_only_the_office_handles_incidents_and_auditors_read_them()
    {
        var (staff, auditor) = (new Actor(Guid.NewGuid(), Role.Staff, null), new Actor(Guid.NewGuid(), Role.Auditor, null));
        IncidentRules.Report(new(), new() { Title = "x" }, staff, Now).Refusal!.Kind.Should().Be(RefusalKind.Forbidden);
        IncidentRules.Measure(Reported(), new(), staff, Now).Refusal!.Kind.Should().Be(RefusalKind.NotFound);
        IncidentRules.Measure(Reported(), new(), auditor, Now).Refusal!.Kind.Should().Be(RefusalKind.Forbidden);
        IncidentRules.MaySee(Reported(), auditor).Should().BeTrue();
        IncidentRules.Report(new(), new() { DiscoveredAt = Now.AddMinutes(1) }, Officer, Now).Refusal!.Field.Should().Be("discoveredAt");
    }

    [Fact]
    public void E6_who_is_found_later_is_told_too()
    {
        var told = Reported() with { Affected = 1, NoticesBegunAt = Now, ToldAt = Now };
        var more = Fold(told, IncidentRules.Found(told, 2));
        more.Telling.Should().BeTrue();
        more.ToldAt.Should().BeNull();
        IncidentRules.WakeAt(more).Should().Be(Now);
        IncidentRules.Told(more, new() { Total = 2, Pending = 1 }).Events.Should().BeEmpty();
        Fold(more, IncidentRules.Told(more, new() { Total = 2, ToDo = 1 })).ToldAt.Should().BeNull("a letter still waits");
        Fold(more, IncidentRules.Told(more, new() { Total = 2 })).ToldAt.Should().NotBeNull();
    }

    private static IncidentState Reported() =>
        Fold(new(), IncidentRules.Report(new(), new() { Title = "t", Level = IncidentLevel.Serious, Description = "d", Classes = [DataClass.Contact] }, Officer, Now));

    private static IncidentState Fold(IncidentState state, Decision<IncidentEvent> decision, DateTimeOffset? at = null)
    {
        decision.Refusal.Should().BeNull();
        return decision.Events.Aggregate(state, (before, fact) => IncidentRules.Apply(before, fact, at ?? Now));
    }
}
