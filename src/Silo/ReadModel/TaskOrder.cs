using LimoCha.Actors.Tasks;

namespace LimoCha.Actors.ReadModel;

/// <summary>A part of a table that is read by an index of its own.</summary>
/// <param name="Condition">SQL that is true for its rows.</param>
/// <param name="Key">What the list is sorted by, as the part's index has it.</param>
/// <param name="Same">The key that all its rows have, where they have the same; such a part is read by ids.</param>
[Privacy.NotPersonal]
public sealed record OrderedPart(string Condition, string Key, object? Same = null)
{
    /// <summary>The key of rows that have none: they come last in either direction.</summary>
    public static readonly object None = new();
}

/// <summary>
/// Lists of many tasks in other orders than that of ids (<c>0020-task-orders.sql</c>): what nobody works on is read by an index for each order. What is open
/// has one where a new task need not pay for it, and is read whole otherwise: it does not grow with what is done and over.
/// </summary>
public static class TaskOrder
{
    /// <summary>What a list by due time sorts by: with @none, those without one come last.</summary>
    public const string Due = "coalesce(due_at, @none)";

    /// <summary>
    /// What a list by title sorts by. No title is longer; were one, an index of whole titles would refuse its row on PostgreSQL, and the task would be in no list.
    /// </summary>
    public const string Title = "substr(title, 1, 200)";

    private const string Updated = "updated_at";
    private const string Priority = "priority";
    // Columns computed of the stages in which TaskState.AtWork is true.
    private const string Open = "open_assignee_id IS NOT NULL";
    private const string Resting = "open_assignee_id IS NULL";

    private static readonly TaskStage[] RestingStages = [.. Enum.GetValues<TaskStage>().Where(stage => !TaskState.AtWork(stage))];

    /// <summary>The parts of a list: each task is in one of them. None for all tasks by id, which are read as they are.</summary>
    /// <param name="key">What it is sorted by, in SQL.</param>
    /// <param name="stage">When only these are asked for.</param>
    /// <param name="byDue">Only some due times are asked for.</param>
    public static IReadOnlyList<OrderedPart> Parts(string key, TaskStage? stage, bool byDue = false) => stage switch
    {
        { } only when TaskState.AtWork(only) => [.. OfOpen(key)],
        { } only => [.. OfResting(key, [only])],
        null when key == "id" && !byDue => [],
        null => [.. OfOpen(key), .. OfResting(key, key == Updated ? RestingStages : [])],
    };

    private static IEnumerable<OrderedPart> OfOpen(string key) => key switch
    {
        Due => [new($"{Open} AND due_at IS NOT NULL", "due_at"), new($"{Open} AND due_at IS NULL", key, OrderedPart.None)],
        // What is sorted anyway needs no index, and cutting a title takes as long as sorting it.
        Title => [new(Open, "title")],
        // Of normal ones there are so many that the newest are soon found by their ids.
        Priority => [new($"{Open} AND priority <> {(int)TaskPriority.Normal}", key), new($"{Open} AND priority = {(int)TaskPriority.Normal}", key, (int)TaskPriority.Normal)],
        _ => [new(Open, key)],
    };

    private static IEnumerable<OrderedPart> OfResting(string key, IReadOnlyList<TaskStage> stages) => key switch
    {
        Updated => stages.Select(stage => new OrderedPart($"resting_stage = {(int)stage}", "rests_since")),
        Due => [new($"{Within(stages)} AND due_at IS NOT NULL", "due_at"), new($"{Within(stages)} AND due_at IS NULL", key, OrderedPart.None)],
        _ => [new(Within(stages), key)],
    };

    /// <summary>A stage that few are in is read by the index of stages, one that most are in by the one in the list's order.</summary>
    private static string Within(IReadOnlyList<TaskStage> stages) => stages is [var stage] ? $"{Resting} AND resting_stage = {(int)stage}" : Resting;
}
