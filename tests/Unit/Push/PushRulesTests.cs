using System.Collections.Immutable;
using LimoCha.Actors.Consent;
using LimoCha.Actors.Devices;
using LimoCha.Actors.Notices;
using LimoCha.Actors.Push;
using LimoCha.Actors.Staff;

namespace LimoCha.Actors.Unit.Push;

public sealed class PushRulesTests
{
    private static readonly TimeZoneInfo Shanghai = TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai");

    /// <summary>Ten in the morning in Shanghai.</summary>
    private static readonly DateTimeOffset Now = new(2026, 3, 2, 2, 0, 0, TimeSpan.Zero);

    private static readonly UserState Ann = new()
    {
        Made = true, Enabled = true,
        Sessions = [new(Guid.NewGuid(), "phone", 1, Now, Now, Now.AddDays(30)) { Push = new() { Vendor = PushVendor.Huawei, Token = "token-1" } }, new(Guid.NewGuid(), "desk", 1, Now, Now, Now.AddDays(30))],
    };

    private static readonly Card Task = new() { Id = Guid.CreateVersion7(Now), Version = 3, Category = "visit", Title = "拜访张三 13800138000", Body = "秘密", At = Now };

    [Fact]
    public void A1_a_task_is_pushed_to_every_phone_that_takes_pushes_and_says_nothing_of_the_task()
    {
        var planned = Plan(Ann, Task).Should().ContainSingle().Which;
        planned.Should().BeEquivalentTo(new { Vendor = PushVendor.Huawei, Token = "token-1", CollapseKey = "tasks", CardVersion = 3, Title = (string?)null });
        planned.ToString().Should().NotContain("张三").And.NotContain("13800138000").And.NotContain("秘密");
    }

    [Fact]
    public void A2_pushes_can_be_switched_off_by_category_and_mandatory_notices_come_all_the_same()
    {
        var quiet = Ann with { Preferences = new() { Off = ["visit", "news"] } };
        Plan(quiet, Task).Should().BeEmpty();
        Plan(quiet, Notice("news", mandatory: false)).Should().BeEmpty();
        Plan(quiet, Notice("news", mandatory: true)).Should().ContainSingle().Which.Title.Should().Be("系统维护");
    }

    [Fact]
    public void B4_without_consent_or_after_its_withdrawal_nothing_is_pushed()
    {
        PushRules.Plan(Guid.NewGuid(), Ann, consents: false, Task, Now, Shanghai).Should().BeEmpty();
        PushRules.Plan(Guid.NewGuid(), Ann, consents: false, Notice("law", mandatory: true), Now, Shanghai).Should().BeEmpty();
    }

    [Fact]
    public void In_quiet_hours_a_push_waits_for_their_end_unless_its_category_may_disturb()
    {
        var night = Ann with { Preferences = new() { QuietHours = new() { From = new(22, 0), To = new(8, 0), Except = ["visit"] } } };
        var late = new DateTimeOffset(2026, 3, 2, 15, 30, 0, TimeSpan.Zero); // 23:30
        PushRules.Plan(Guid.NewGuid(), night, true, Task with { Category = "office" }, late, Shanghai).Single().DueAt.Should().Be(new DateTimeOffset(2026, 3, 3, 0, 0, 0, TimeSpan.Zero), "eight in the morning");
        PushRules.Plan(Guid.NewGuid(), night, true, Task, late, Shanghai).Single().DueAt.Should().Be(late + PushRules.Gather);
        PushRules.Plan(Guid.NewGuid(), night, true, Notice("law", mandatory: true), late, Shanghai).Single().DueAt.Should().Be(late + PushRules.Gather);
        PushRules.Plan(Guid.NewGuid(), night, true, Task with { Category = "office", ExpiresAt = late.AddHours(1) }, late, Shanghai).Should().BeEmpty("it is of no use in the morning");
    }

    [Theory]
    [InlineData(12, 13, 12, 30, 13, 0)]
    [InlineData(22, 8, 23, 0, 8, 0)]
    [InlineData(22, 8, 7, 59, 8, 0)]
    [InlineData(22, 8, 8, 0, 8, 0)]
    [InlineData(22, 8, 12, 0, 12, 0)]
    public void Quiet_hours_may_go_over_midnight(int from, int to, int hour, int minute, int endHour, int endMinute)
    {
        var local = new DateTime(2026, 3, 2, hour, minute, 0);
        var after = PushRules.AfterQuiet(new() { From = new(from, 0), To = new(to, 0) }, new(local, TimeSpan.FromHours(8)), Shanghai);
        TimeOnly.FromTimeSpan(after.ToOffset(TimeSpan.FromHours(8)).TimeOfDay).Should().Be(new TimeOnly(endHour, endMinute));
        (after - new DateTimeOffset(local, TimeSpan.FromHours(8))).Should().BeGreaterThanOrEqualTo(TimeSpan.Zero).And.BeLessThan(TimeSpan.FromDays(1));
    }

    [Fact]
    public void A_repeat_plans_the_same_push_and_a_new_version_another()
    {
        Plan(Ann, Task)[0].Id.Should().Be(PushRules.Plan(Guid.NewGuid(), Ann, consents: true, Task, Now.AddMinutes(5), Shanghai)[0].Id);
        Plan(Ann, Task)[0].Id.Should().NotBe(Plan(Ann, Task with { Version = 4 })[0].Id);
    }

    private static IReadOnlyList<PlannedPush> Plan(UserState person, Card card) => PushRules.Plan(Guid.NewGuid(), person, consents: true, card, Now, Shanghai);

    private static Card Notice(string category, bool mandatory) =>
        new() { Id = Guid.CreateVersion7(Now), Kind = NoticeRules.CardKind, Version = 1, Category = category, Mandatory = mandatory, Title = "系统维护", At = Now };
}

