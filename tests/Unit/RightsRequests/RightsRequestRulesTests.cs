using LimoCha.Actors.Consent;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.RightsRequests;

namespace LimoCha.Actors.Unit.RightsRequests;

/// <summary>C1 and C4: identity first, fifteen days, warnings, an answer.</summary>
public sealed class RightsRequestRulesTests
{
    private static readonly TimeZoneInfo Shanghai = TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai");
    private static readonly DateTimeOffset Now = new(2026, 3, 2, 20, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Due = RightsRequestRules.Due(new(2026, 3, 3), Shanghai);
    private static readonly Guid Customer = Guid.NewGuid();
    private static readonly Actor Subject = new(Customer, Role.Staff, null);
    private static readonly Actor Officer = new(Guid.NewGuid(), Role.PrivacyOfficer, null);
    private static readonly Actor Stranger = new(Guid.NewGuid(), Role.Manager, Guid.NewGuid());

    [Fact]
    public void C1_the_deadline_is_the_end_of_the_fifteenth_day_in_the_companys_zone() =>
        Due.Should().Be(new DateTimeOffset(2026, 3, 19, 0, 0, 0, TimeSpan.FromHours(8)));

    [Theory]
    [InlineData(RightsRequestKind.Access, true)]
    [InlineData(RightsRequestKind.Deletion, true)]
    [InlineData(RightsRequestKind.AccountCancellation, true)]
    [InlineData(RightsRequestKind.Complaint, false)]
    public void C1_what_touches_data_is_not_answered_before_identity_is_verified(RightsRequestKind kind, bool needsIdentity)
    {
        var received = Received(kind);
        RightsRequestRules.Answer(received, new() { Answer = "完成" }, Officer).Refusal?.Problem.Should().Be(needsIdentity ? "identity-not-verified" : null);
        var verified = Fold(received, RightsRequestRules.Verify(received, new() { Method = "callback", Evidence = "通话 9" }, Officer));
        Fold(verified, RightsRequestRules.Answer(verified, new() { Answer = "完成" }, Officer)).Stage.Should().Be(RightsRequestStage.Answered);
    }

    [Fact]
    public void C1_the_office_is_warned_five_days_before_one_day_before_and_when_it_is_late()
    {
        var state = Received(RightsRequestKind.Access);
        foreach (var at in new[] { Due.AddDays(-5), Due.AddDays(-1), Due })
        {
            RightsRequestRules.NextWarning(state).Should().Be(at);
            RightsRequestRules.Warn(state, at.AddTicks(-1)).Events.Should().BeEmpty();
            state = Fold(state, RightsRequestRules.Warn(state, at));
        }

        RightsRequestRules.NextWarning(state).Should().BeNull();
    }

    [Fact]
    public void Only_the_office_handles_and_strangers_learn_nothing()
    {
        var received = Received(RightsRequestKind.Complaint);
        RightsRequestRules.Take(received, Stranger).Refusal!.Kind.Should().Be(RefusalKind.NotFound);
        RightsRequestRules.Answer(received, new() { Answer = "x" }, Subject).Refusal!.Kind.Should().Be(RefusalKind.Forbidden);
        Fold(received, RightsRequestRules.Withdraw(received, Subject)).Open.Should().BeFalse();
        RightsRequestRules.Receive(new(), new() { Kind = RightsRequestKind.Access, Subject = SubjectKind.Staff, SubjectId = Guid.NewGuid() }, null, Stranger, Due).Refusal!.Kind.Should().Be(RefusalKind.Forbidden);
        RightsRequestRules.Receive(new(), new() { Kind = RightsRequestKind.Complaint, Subject = SubjectKind.Customer, SubjectId = Customer }, null, Officer, Due).Refusal!.Field.Should().Be("text");
    }

    [Fact]
    public void C2_the_words_of_a_carried_out_deletion_are_not_kept()
    {
        var verified = Fold(Received(RightsRequestKind.Deletion), RightsRequestRules.Verify(Received(RightsRequestKind.Deletion), new() { Method = "link", Evidence = "x" }, Officer));
        Fold(verified, RightsRequestRules.Answer(verified, new() { Answer = "已删除王芳的信息" }, Officer)).Should().BeEquivalentTo(new { Text = (string?)null, Answer = (string?)null });
    }

    private static RightsRequestState Received(RightsRequestKind kind) =>
        Fold(new(), RightsRequestRules.Receive(new(), new() { Kind = kind, Subject = SubjectKind.Customer, SubjectId = Customer, Text = "请处理" }, null, Officer, Due));

    private static RightsRequestState Fold(RightsRequestState state, Decision<RightsRequestEvent> decision) =>
        decision.Events.Aggregate(state, (current, fact) => RightsRequestRules.Apply(current, fact, Now));
}
