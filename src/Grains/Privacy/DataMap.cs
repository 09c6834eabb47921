using System.Reflection;
using LimoCha.Actors.Kernel;

namespace LimoCha.Actors.Privacy;

/// <summary>A field that holds personal data, and how it is treated.</summary>
[NotPersonal]
public sealed record MappedField
{
    /// <summary>The feature, by its folder.</summary>
    public string Feature { get; init; } = "";
    /// <summary>The contract, state, fact or row.</summary>
    public string Type { get; init; } = "";
    /// <summary>state, fact, row or contract.</summary>
    public string Kind { get; init; } = "";
    /// <summary>The field, as JSON writes it.</summary>
    public string Field { get; init; } = "";
    /// <summary>Its class.</summary>
    public DataClass Class { get; init; }
    /// <summary>Its grade.</summary>
    public DataGrade Grade { get; init; }
    /// <summary>Encrypted at rest under the subject's key.</summary>
    public bool Encrypted { get; init; }
    /// <summary>Masked unless role and purpose allow more.</summary>
    public bool Masked { get; init; }
    /// <summary>Part of the subject's copy.</summary>
    public bool Exported { get; init; }
    /// <summary>Days kept after the need is over; null as long as the entity.</summary>
    public int? RetentionDays { get; init; }
}

/// <summary>The data map: made of the classes that fields are marked with, so it cannot differ from what the code does (E2).</summary>
public static class DataMap
{
    /// <summary>Every field with personal data in these assemblies.</summary>
    public static IReadOnlyList<MappedField> Of(params IEnumerable<Assembly> assemblies) =>
    [
        .. assemblies.SelectMany(assembly => assembly.GetTypes()).Where(type => type is { IsClass: true } && type.Namespace?.StartsWith("LimoCha.Actors", StringComparison.Ordinal) == true && !type.Name.Contains('<', StringComparison.Ordinal))
            .SelectMany(type => type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly).Where(field => field.CanWrite))
            .Select(field => (Field: field, Class: ClassOf(field))).Where(item => item.Class is not null and not DataClass.None && item.Field.DeclaringType!.IsPublic)
            .Select(item => Map(item.Field, item.Class!.Value))
            .OrderBy(field => field.Feature, StringComparer.Ordinal).ThenBy(field => field.Type, StringComparer.Ordinal).ThenBy(field => field.Field, StringComparer.Ordinal),
    ];

    private static MappedField Map(PropertyInfo field, DataClass dataClass)
    {
        var (type, treatment) = (field.DeclaringType!, DataClassRules.Treatment(dataClass));
        return new()
        {
            Feature = type.Namespace!.Split('.')[^1], Type = type.Name, Field = System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(field.Name), Class = dataClass, Grade = treatment.Grade,
            Kind = type.IsAssignableTo(typeof(StateRecord)) ? "state" : type.IsAssignableTo(typeof(IProjectedRow)) ? "row" : type.BaseType?.Name.EndsWith("Event", StringComparison.Ordinal) == true ? "fact" : "contract",
            Encrypted = treatment.Encrypted, Masked = treatment.Masked, Exported = treatment.Exported, RetentionDays = treatment.RetentionDays,
        };
    }

    private static DataClass? ClassOf(PropertyInfo field) =>
        field.GetCustomAttribute<NotPersonalAttribute>() is not null || !CouldHold(field.PropertyType) && field.GetCustomAttribute<PersonalAttribute>() is null ? null
        : field.GetCustomAttribute<PersonalAttribute>()?.DataClass ?? field.DeclaringType!.GetCustomAttribute<PersonalAttribute>()?.DataClass;

    private static bool CouldHold(Type type) => type == typeof(string) || type.IsGenericType && type.GetGenericArguments().Any(CouldHold);
}
