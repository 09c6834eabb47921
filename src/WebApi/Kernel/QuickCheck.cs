using System.Collections;
using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.ComponentModel.DataAnnotations;
using System.Linq.Expressions;
using System.Reflection;

namespace LimoCha.Actors.Kernel;

/// <summary>
/// Whether a value surely meets the rules of its type (DataAnnotations) and those of <see cref="Contents"/>, asked through compiled getters. Nearly every request does.
/// What is not sure, because a rule fails or is of a kind that this does not know, is the library's to judge and to put in words: it
/// finds each property by reflection, which cost a twentieth of a dispatch.
/// </summary>
internal sealed class QuickCheck
{
    private const int Deepest = 16;
    private static readonly ConcurrentDictionary<Type, QuickCheck> Known = new();

    private readonly Member[]? members;

    private QuickCheck(Type type) => members = IsPlain(type) ? [] : IsKnownKind(type) ? [.. type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Select(MemberOf).OfType<Member>()] : null;

    /// <summary>True when everything is surely as it should be.</summary>
    public static bool Passes(object? value) => Passes(value, 0);

    private static bool Passes(object? value, int depth) =>
        value is null || (value is string text ? !Contents.HasZeroCharacter(text) : depth <= Deepest && Known.GetOrAdd(value.GetType(), type => new(type)).Judge(value, depth));

    private bool Judge(object value, int depth)
    {
        if (members is null)
        {
            return false;
        }

        if (value is IEnumerable items)
        {
            foreach (var item in items)
            {
                if (item is null || !Passes(item, depth + 1))
                {
                    return false;
                }
            }
        }

        foreach (var member in members)
        {
            var held = member.Get(value);
            foreach (var rule in member.Rules)
            {
                if (!rule(held))
                {
                    return false;
                }
            }

            if (!member.IsPlain && !Passes(held, depth + 1))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Rules of a whole type, and rules that ask for more than the value, are not known here.</summary>
    private static bool IsKnownKind(Type type) =>
        !typeof(IValidatableObject).IsAssignableFrom(type) && !type.IsDefined(typeof(ValidationAttribute), inherit: true)
        && !type.GetProperties(BindingFlags.Public | BindingFlags.Instance).SelectMany(RulesOf).Any(rule => rule.RequiresValidationContext);

    private static Member? MemberOf(PropertyInfo property)
    {
        if (property.GetMethod is not { IsPublic: true } || property.GetIndexParameters().Length > 0)
        {
            return null;
        }

        var (rules, plain) = (RulesOf(property).Select(CheckOf).ToArray(), IsPlain(property.PropertyType) && property.PropertyType != typeof(string));
        if (Contents.IsNeverNull(property))
        {
            rules = [.. rules, held => held is not null];
        }

        if (rules.Length == 0 && plain)
        {
            return null;
        }

        var whole = Expression.Parameter(typeof(object));
        var get = Expression.Convert(Expression.Property(Expression.Convert(whole, property.DeclaringType!), property), typeof(object));
        return new(Expression.Lambda<Func<object, object?>>(get, whole).Compile(), rules, plain);
    }

    /// <summary>A positional record's rules stand at the parameters of its constructor.</summary>
    internal static IEnumerable<ValidationAttribute> RulesOf(PropertyInfo property) =>
        property.GetCustomAttributes<ValidationAttribute>(inherit: true).Concat(property.DeclaringType!.GetConstructors().SelectMany(constructor => constructor.GetParameters())
            .Where(parameter => parameter.Name == property.Name && parameter.ParameterType == property.PropertyType).SelectMany(parameter => parameter.GetCustomAttributes<ValidationAttribute>()));

    /// <summary>Whether a value of the type has nothing in it that could be looked at.</summary>
    internal static bool IsPlain(Type type) =>
        Nullable.GetUnderlyingType(type) is { } inner ? IsPlain(inner) : type.IsPrimitive || type.IsEnum || type == typeof(string) || type == typeof(Guid) || type == typeof(decimal)
            || type == typeof(DateTimeOffset) || type == typeof(DateTime) || type == typeof(DateOnly) || type == typeof(TimeOnly) || type == typeof(TimeSpan) || type == typeof(Uri);

    /// <summary>A rule as a function. That of an enum asks the runtime for the type's attributes with every value: its values are looked up once here.</summary>
    private static Func<object?, bool> CheckOf(ValidationAttribute rule)
    {
        if (rule is not EnumDataTypeAttribute { EnumType: { IsEnum: true } type } || type.IsDefined(typeof(FlagsAttribute), inherit: false))
        {
            return rule.IsValid;
        }

        var values = Enum.GetValues(type).Cast<object>().ToFrozenSet();
        return held => held is null || values.Contains(held);
    }

    private sealed record Member(Func<object, object?> Get, Func<object?, bool>[] Rules, bool IsPlain);
}
