using Ical.Net.DataTypes;
using Ical.Net.Evaluation;
using LimoCha.Actors.Kernel;

namespace LimoCha.Actors.Tasks;

/// <summary>When a schedule's task is made: an RRULE of RFC 5545 from a first day on, at a time of day in the company's zone.</summary>
public static class ScheduleRules
{
    /// <summary>A schedule that did not run for a while makes up for no more than the last time.</summary>
    private const int MostLooked = 5_000;

    /// <summary>Days, weeks or months in a row without an occurrence: 29 February comes after eight years at the latest. One that does not come by then never does.</summary>
    private static readonly EvaluationOptions Bounded = new() { MaxUnmatchedIncrementsLimit = 5_000 };

    /// <summary>Makes or changes a schedule.</summary>
    public static Decision<TaskScheduleEvent> Save(TaskScheduleState state, SaveTaskSchedule command, Actor by, DateTimeOffset now, TimeZoneInfo zone)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(command);
        ArgumentNullException.ThrowIfNull(by);
        if (by.Role is not (Role.Admin or Role.Manager))
        {
            return Refusal.Forbidden("Managers and admins make schedules.");
        }

        if (state.Made && !MaySee(state, by))
        {
            return Refusal.NotFound("schedule");
        }

        if (string.IsNullOrWhiteSpace(command.Name))
        {
            return Refusal.Invalid("name", "Name has 1 to 60 characters.");
        }

        if (command.Task is not { } task || string.IsNullOrWhiteSpace(task.Title))
        {
            return Refusal.Invalid("task.title", "Title has 1 to 200 characters.");
        }

        if (task.DueAt is not null || task.RespondBy is not null || task.DependsOn is { Count: > 0 })
        {
            return Refusal.Unprocessable("not-in-a-schedule", "A scheduled task has no due time, no respondBy and waits for no other; say dueAfterMinutes.", "task");
        }

        if (command.From is not { } from)
        {
            return Refusal.Invalid("from", "From is required.");
        }

        if (Parse(command.Rule) is null || !TryNext(command.Rule, from, command.At, now, zone, out var next))
        {
            return Refusal.Unprocessable("not-a-rule", "Rule is an RRULE of RFC 5545 with FREQ DAILY, WEEKLY, MONTHLY or YEARLY that comes true some day, like FREQ=WEEKLY;BYDAY=MO,TH.", "rule");
        }

        return new TaskScheduleSaved(command with { Name = command.Name.Trim() }, command.Enabled ? next : null, by.UserId, by.DepartmentId);
    }

    /// <summary>Its time has come: the last time that has passed counts, earlier ones that were missed do not.</summary>
    public static Decision<TaskScheduleEvent> OnDue(Guid id, TaskScheduleState state, DateTimeOffset now, TimeZoneInfo zone)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (state.NextAt is not { } at || at > now)
        {
            return Decision<TaskScheduleEvent>.Nothing;
        }

        var (schedule, missed) = (state.Schedule, 0);
        while (missed < MostLooked && Next(schedule.Rule, schedule.From!.Value, schedule.At, at, zone) is { } later && later <= now)
        {
            (at, missed) = (later, missed + 1);
        }

        return new TaskScheduleOccurred(at, Ids.Derived(at, id, "occurrence"), missed, Next(schedule.Rule, schedule.From!.Value, schedule.At, now, zone));
    }

    /// <summary>The first time after an instant; null when the rule has ended.</summary>
    public static DateTimeOffset? Next(string rule, DateOnly from, TimeOnly at, DateTimeOffset after, TimeZoneInfo zone) => TryNext(rule, from, at, after, zone, out var next) ? next : null;

    /// <summary>False for a rule that has no further time within those that a calendar knows.</summary>
    private static bool TryNext(string rule, DateOnly from, TimeOnly at, DateTimeOffset after, TimeZoneInfo zone, out DateTimeOffset? next)
    {
        ArgumentNullException.ThrowIfNull(zone);
        // Local times as such (RFC 5545 "floating"): 9:00 stays 9:00 when the offset of the zone changes.
        var local = TimeZoneInfo.ConvertTime(after, zone).DateTime;
        var first = from.ToDateTime(at);
        try
        {
            var occurrences = new Ical.Net.CalendarComponents.CalendarEvent { DtStart = new CalDateTime(first), RecurrenceRule = Parse(rule) }
                .GetOccurrences(new CalDateTime(local > first ? local : first), Bounded);
            next = occurrences.Select(occurrence => (DateTimeOffset?)Instant(occurrence.Period.StartTime.Value, zone)).FirstOrDefault(instant => instant > after);
            return true;
        }
        catch (EvaluationException)
        {
            next = null;
            return false;
        }
    }

    /// <summary>Admins see all, managers their own and their department's.</summary>
    public static bool MaySee(TaskScheduleState state, Actor by)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(by);
        return state.Made && (by.SeesAll || state.OwnerId == by.UserId || by.Role == Role.Manager && by.DepartmentId is { } department && department == state.DepartmentId);
    }

    private static RecurrenceRule? Parse(string rule)
    {
        try
        {
            var parsed = new RecurrenceRule(rule);
            return parsed.Frequency is Ical.Net.FrequencyType.Daily or Ical.Net.FrequencyType.Weekly or Ical.Net.FrequencyType.Monthly or Ical.Net.FrequencyType.Yearly ? parsed : null;
        }
        catch (Exception error) when (error is ArgumentException or FormatException or InvalidOperationException or OverflowException)
        {
            return null;
        }
    }

    /// <summary>A local time that a change of the offset leaves out is the instant after the gap.</summary>
    private static DateTimeOffset Instant(DateTime local, TimeZoneInfo zone)
    {
        var time = DateTime.SpecifyKind(local, DateTimeKind.Unspecified);
        while (zone.IsInvalidTime(time))
        {
            time = time.AddMinutes(30);
        }

        return new DateTimeOffset(time, zone.GetUtcOffset(time)).ToUniversalTime();
    }
}
