using LimoCha.Actors.Privacy;

namespace LimoCha.Actors.Analytics;

/// <summary>A count of a group.</summary>
/// <param name="Group">The group's name.</param>
/// <param name="Count">How many; null where the group is too small to be told.</param>
[NotPersonal]
public sealed record AggregateCell(string Group, int? Count);

/// <summary>A table of counts that tells nothing of anybody.</summary>
/// <param name="Cells">By group.</param>
/// <param name="Total">The sum of the counts that are told.</param>
[NotPersonal]
public sealed record AggregateTable(IReadOnlyList<AggregateCell> Cells, int Total);

/// <summary>
/// Disclosure control of counts (D2): groups below the threshold are left out, the others rounded, and the total is the sum of what
/// is told, so that no difference of two numbers gives a small group or one person away. One person more or less changes a
/// number by nothing or by a whole step.
/// </summary>
public static class AggregateRules
{
    /// <summary>Smaller groups are not told.</summary>
    public const int Threshold = 10;

    /// <summary>Counts are rounded down to a multiple of this.</summary>
    public const int Step = 5;

    /// <summary>The groups above this many are told together as one.</summary>
    public const int MostGroups = 100;

    private const int MostInside = 500;

    /// <summary>The table that may leave the company.</summary>
    public static AggregateTable Publish(IEnumerable<KeyValuePair<string, int>> counts)
    {
        ArgumentNullException.ThrowIfNull(counts);
        AggregateCell[] cells =
        [
            .. counts.Where(group => group.Value > 0).OrderByDescending(group => group.Value / Step).ThenBy(group => group.Key, StringComparer.Ordinal)
                .Take(MostGroups).Select(group => new AggregateCell(group.Key, group.Value < Threshold ? null : group.Value / Step * Step)),
        ];
        // A group so small that it is not told is not named either: its name alone may say who it is.
        AggregateCell[] told = [.. cells.Where(cell => cell.Count is not null)];
        return new(told.Length == cells.Length ? told : [.. told, new("*", null)], told.Sum(cell => cell.Count!.Value));
    }

    /// <summary>The table that stays inside: exact, with the groups below the threshold, and those beyond the largest, as one.</summary>
    public static IReadOnlyList<AggregateCell> Inside(IReadOnlyList<KeyValuePair<string, int>> counts)
    {
        ArgumentNullException.ThrowIfNull(counts);
        AggregateCell[] large = [.. counts.Where(group => group.Value >= Threshold).OrderByDescending(group => group.Value).ThenBy(group => group.Key, StringComparer.Ordinal).Take(MostInside).Select(group => new AggregateCell(group.Key, group.Value))];
        var others = counts.Sum(group => group.Value) - large.Sum(cell => cell.Count!.Value);
        return others == 0 ? large : [.. large, new("*", others)];
    }
}
