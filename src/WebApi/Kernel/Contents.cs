#pragma warning disable ASP0029 // What is judged row by row is marked with an attribute of the library's that is experimental.
using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using Microsoft.Extensions.Validation;

namespace LimoCha.Actors.Kernel;

/// <summary>
/// What nothing that is sent may have, whatever its type: a text with U+0000, which PostgreSQL cannot keep, an item of a list that is null, and null for
/// what has a value when it is left out. Looked for by reflection, when <see cref="QuickCheck"/> is not sure.
/// </summary>
internal static class Contents
{
    /// <summary>Not safe for more than one at a time.</summary>
    private static readonly NullabilityInfoContext Nullability = new();

    public const string NoZeroCharacter = "A text cannot have the character U+0000.";
    private const string NoNull = "An item of a list cannot be null.";
    private const string NotNull = "Cannot be null; it may be left out.";
    private const int Deepest = 16;

    public static bool HasZeroCharacter(string? text) => text?.Contains('\0', StringComparison.Ordinal) == true;

    /// <summary>The first fault and the field that has it; null when there is none.</summary>
    public static (string Field, string Detail)? Fault(object value) => Fault(value, "", 0);

    private static (string Field, string Detail)? Fault(object? value, string at, int depth) => value switch
    {
        null => null,
        string text => HasZeroCharacter(text) ? (at, NoZeroCharacter) : null,
        _ when depth > Deepest || QuickCheck.IsPlain(value.GetType()) => null,
        IEnumerable items => First(items.Cast<object?>().Select((item, i) => item is null ? ($"{at}[{i}]", NoNull) : Fault(item, $"{at}[{i}]", depth + 1))),
        _ => First(value.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.GetIndexParameters().Length == 0 && !property.IsDefined(typeof(SkipValidationAttribute)))
            .Select(property => Member(property, property.GetValue(value), at.Length == 0 ? property.Name : $"{at}.{property.Name}", depth + 1))),
    };

    /// <summary>Whether a property that says so cannot be null. Whether one that is required was given is the library's to judge.</summary>
    public static bool IsNeverNull(PropertyInfo property)
    {
        lock (Nullability)
        {
            return !property.PropertyType.IsValueType && Nullability.Create(property).ReadState == NullabilityState.NotNull;
        }
    }

    private static (string Field, string Detail)? Member(PropertyInfo property, object? value, string at, int depth) =>
        value is null && IsNeverNull(property) && !QuickCheck.RulesOf(property).OfType<RequiredAttribute>().Any() ? (at, NotNull) : Fault(value, at, depth);

    private static (string Field, string Detail)? First(IEnumerable<(string Field, string Detail)?> faults) => faults.FirstOrDefault(fault => fault is not null);
}
