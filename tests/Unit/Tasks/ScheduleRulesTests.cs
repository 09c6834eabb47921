using LimoCha.Actors.Tasks;
using static LimoCha.Actors.Unit.Tasks.TaskGivens;

namespace LimoCha.Actors.Unit.Tasks;

public sealed class ScheduleRulesTests
{
    private static readonly TimeZoneInfo Shanghai = TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai");
    private static readonly TimeZoneInfo Berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");
    private static readonly SaveTaskSchedule Weekly = new() { Name = "巡检", Task = new() { Title = "巡检" }, Rule = "FREQ=WEEKLY;BYDAY=MO,TH", From = new DateOnly(2026, 3, 2), At = new(9, 0) };

    [Fact]
    public void Times_are_the_companys_and_follow_the_rule()
    {
        // 2 March 2026 is a Monday; 09:00 in Shanghai is 01:00 UTC.
        var first = Next(Weekly.Rule, Now.AddDays(-5), Shanghai);
        first.Should().Be(new DateTimeOffset(2026, 3, 2, 1, 0, 0, TimeSpan.Zero));
        Next(Weekly.Rule, first!.Value, Shanghai).Should().Be(new DateTimeOffset(2026, 3, 5, 1, 0, 0, TimeSpan.Zero), "Thursday");
    }

    [Fact]
    public void Nine_o_clock_stays_nine_o_clock_when_the_clocks_change()
    {
        // Summer time begins in Germany on 29 March 2026.
        Next("FREQ=DAILY", new(2026, 3, 28, 12, 0, 0, TimeSpan.Zero), Berlin).Should().Be(new DateTimeOffset(2026, 3, 29, 7, 0, 0, TimeSpan.Zero));
        Next("FREQ=DAILY", new(2026, 3, 27, 12, 0, 0, TimeSpan.Zero), Berlin).Should().Be(new DateTimeOffset(2026, 3, 28, 8, 0, 0, TimeSpan.Zero));
    }

    [Fact]
    public void A_rule_that_has_ended_has_no_next_time()
    {
        Next("FREQ=DAILY;COUNT=2", new(2026, 3, 3, 1, 0, 0, TimeSpan.Zero), Shanghai).Should().BeNull();
        Next("FREQ=MONTHLY;BYMONTHDAY=31", new(2026, 3, 31, 2, 0, 0, TimeSpan.Zero), Shanghai).Should().Be(new DateTimeOffset(2026, 5, 31, 1, 0, 0, TimeSpan.Zero), "April has no 31st");
    }

    [Fact]
    public void Each_time_makes_one_task_and_missed_ones_are_not_made_up_for()
    {
        var state = new TaskScheduleState { Made = true, Schedule = Weekly, NextAt = Now };
        var late = Now.AddDays(8);
        var occurred = ScheduleRules.OnDue(Admin.UserId, state, late, Shanghai).Events.Should().ContainSingle().Which.Should().BeOfType<TaskScheduleOccurred>().Which;
        (occurred.At, occurred.Missed).Should().Be((new DateTimeOffset(2026, 3, 9, 1, 0, 0, TimeSpan.Zero), 2));
        occurred.NextAt.Should().Be(new DateTimeOffset(2026, 3, 12, 1, 0, 0, TimeSpan.Zero));
        ((TaskScheduleOccurred)ScheduleRules.OnDue(Admin.UserId, state, late, Shanghai).Events[0]).TaskId.Should().Be(occurred.TaskId, "the id follows from the time");
        ScheduleRules.OnDue(Admin.UserId, state with { NextAt = occurred.NextAt }, late, Shanghai).Events.Should().BeEmpty();
    }

    [Theory]
    [InlineData("every day")]
    [InlineData("FREQ=SECONDLY")]
    [InlineData("FREQ=MINUTELY;INTERVAL=5")]
    [InlineData("BYDAY=MO")]
    [InlineData("FREQ=WEEKLY;BYDAY=XX")]
    [InlineData("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30")]
    [InlineData("FREQ=DAILY;UNTIL=99991231T235959Z")]
    public void What_is_no_rule_is_refused(string rule) =>
        ScheduleRules.Save(new(), Weekly with { Rule = rule }, Manager, Now, Shanghai).Refusal!.Problem.Should().Be("not-a-rule");

    [Fact]
    public void A_rule_without_a_further_time_in_the_calendar_has_ended_and_a_rare_day_is_found()
    {
        Next("FREQ=DAILY;INTERVAL=2147483647", Now.AddDays(30), Shanghai).Should().BeNull();
        Next("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=29", Now.AddDays(30), Shanghai).Should().Be(new DateTimeOffset(2028, 2, 29, 1, 0, 0, TimeSpan.Zero));
    }

    [Fact]
    public void Staff_make_no_schedules_and_a_schedules_task_has_no_due_time_of_its_own()
    {
        ScheduleRules.Save(new(), Weekly, Assignee, Now, Shanghai).Refusal!.Problem.Should().Be("forbidden");
        ScheduleRules.Save(new(), Weekly with { Task = new() { Title = "x", DueAt = Now.AddDays(1) } }, Manager, Now, Shanghai).Refusal!.Problem.Should().Be("not-in-a-schedule");
        ScheduleRules.Save(new(), Weekly, Manager, Now.AddDays(-9), Shanghai).Events.Should().ContainSingle();
    }

    private static DateTimeOffset? Next(string rule, DateTimeOffset after, TimeZoneInfo zone) => ScheduleRules.Next(rule, Weekly.From!.Value, Weekly.At, after, zone);
}
