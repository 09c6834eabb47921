using System.ComponentModel.DataAnnotations;
using LimoCha.Actors.Privacy;
using Microsoft.AspNetCore.Mvc;

namespace LimoCha.Actors.Kernel;

/// <summary>What every list takes, beside its own filter. Filters do not derive from it: bound at compile time, inherited properties are left out.</summary>
public sealed class ListRequest
{
    /// <summary>How many; 1 to 200, default 50.</summary>
    [FromQuery(Name = "limit"), Range(1, 200)] public int? Limit { get; init; }
    /// <summary>Where the page before ended; from its <c>nextCursor</c>.</summary>
    [FromQuery(Name = "cursor"), StringLength(500)] public string? Cursor { get; init; }
    /// <summary>A field, with '-' before it for descending.</summary>
    [FromQuery(Name = "sort"), StringLength(40)] public string? Sort { get; init; }
    /// <summary>Text to look for.</summary>
    [FromQuery(Name = "q"), StringLength(100)] public string? Q { get; init; }
}

/// <summary>An enum in a query string, written as in JSON (camelCase) and read without regard to case.</summary>
public readonly record struct Choice<T>(T Value)
    where T : struct, Enum
{
    /// <summary>Reads a name; numbers are not names.</summary>
    public static bool TryParse(string? text, IFormatProvider? provider, out Choice<T> choice)
    {
        var known = Enum.TryParse<T>(text, ignoreCase: true, out var value) && Enum.IsDefined(value) && char.IsLetter(text![0]);
        choice = new(value);
        return known;
    }
}

/// <summary>A page of a list.</summary>
/// <param name="Items">The rows.</param>
/// <param name="NextCursor">For the next page; null on the last.</param>
/// <param name="AsOf">When it was read (UTC).</param>
[NotPersonal]
public sealed record Page<T>(IReadOnlyList<T> Items, string? NextCursor, DateTimeOffset AsOf);

/// <summary>A field that a list can be sorted by.</summary>
/// <param name="Expression">SQL that is never null: what may be, is <c>coalesce(…, @none)</c>, an instant that comes last.</param>
/// <param name="Value">The same of a row, for the cursor; null for @none.</param>
[NotPersonal]
public sealed record SortKey<TRow>(string Expression, Func<TRow, object?> Value);
