using LimoCha.Actors.Kernel;

namespace LimoCha.Actors.ReadModel;

/// <summary>
/// Whose tasks they are and who may see them, in SQL: whole, and in parts of which each has an index in the order of ids. A task is in one part
/// only. A person's open tasks and their others are in two indexes (<c>0016-task-assignees.sql</c>).
/// </summary>
public static class TaskScope
{
    /// <summary>True for tasks of the person in <paramref name="parameter"/>.</summary>
    public static string AssignedTo(string parameter) => $"({string.Join(" OR ", PartsAssignedTo(parameter))})";

    /// <summary>The same in parts.</summary>
    public static IReadOnlyList<string> PartsAssignedTo(string parameter) => [$"open_assignee_id = @{parameter}", $"assignee_id = @{parameter} AND open_assignee_id IS NULL"];

    /// <summary>True for tasks that @me has or made.</summary>
    public static string Own { get; } = $"({AssignedTo("me")} OR creator_id = @me)";

    /// <summary>True for tasks that an actor, @me of the department @mine, may see; the same rule as <see cref="Tasks.TaskRules.MaySee"/>.</summary>
    public static string SeenBy(Actor by)
    {
        ArgumentNullException.ThrowIfNull(by);
        return by.SeesAll ? "1 = 1" : SeesDepartment(by) ? $"({Own} OR department_id = @mine)" : Own;
    }

    /// <summary>The same in parts; none for somebody who sees all.</summary>
    public static IReadOnlyList<string> PartsSeenBy(Actor by)
    {
        ArgumentNullException.ThrowIfNull(by);
        IReadOnlyList<string> own = [.. PartsAssignedTo("me"), "creator_id = @me AND assignee_id IS DISTINCT FROM @me"];
        return by.SeesAll ? [] : SeesDepartment(by) ? ["department_id = @mine", .. own.Select(part => $"{part} AND department_id IS DISTINCT FROM @mine")] : own;
    }

    /// <summary>A manager sees the tasks of their department, too.</summary>
    public static bool SeesDepartment(Actor by)
    {
        ArgumentNullException.ThrowIfNull(by);
        return by is { Role: Role.Manager, DepartmentId: not null };
    }
}
