using System.Collections;
using System.Reflection;
using System.Runtime.CompilerServices;
using LimoCha.Actors.Devices;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Privacy;
using LimoCha.Actors.ReadModel;
using LimoCha.Actors.Tasks;
using Microsoft.Extensions.Compliance.Classification;
using Orleans;

namespace LimoCha.Actors.Unit.Architecture;

/// <summary>E2: every field that could hold something of a person says what it holds.</summary>
public sealed class ClassificationTests
{
    private static readonly Assembly[] Ours = [typeof(ITaskGrain).Assembly, typeof(TaskGrain).Assembly, typeof(ReadTables).Assembly, typeof(DeviceHub).Assembly];

    [Fact]
    public void E2_every_field_that_could_hold_personal_data_has_a_class() =>
        string.Join(", ", Fields().Where(field => CouldHold(field.PropertyType) && !IsClassified(field)).Select(field => $"{field.DeclaringType!.Name}.{field.Name}")).Should().BeEmpty();

    [Fact]
    public void E2_a_sealed_class_is_in_no_row_and_in_no_fact_in_the_open()
    {
        var open = Fields().Where(field => field.DeclaringType!.IsAssignableTo(typeof(IProjectedRow)) || field.DeclaringType!.Name.EndsWith("Event", StringComparison.Ordinal) || IsFact(field.DeclaringType!))
            .Where(field => ClassOf(field) is { } dataClass && DataClassRules.Treatment(dataClass).Encrypted)
            .Where(field => field.GetCustomAttribute<System.Text.Json.Serialization.JsonIgnoreAttribute>() is null);
        string.Join(", ", open.Select(field => $"{field.DeclaringType!.Name}.{field.Name}")).Should().BeEmpty();
    }

    [Fact]
    public void E2_every_class_has_a_treatment() => Enum.GetValues<DataClass>().Should().OnlyContain(dataClass => DataClassRules.Treatment(dataClass) != null);

    /// <summary>Orleans prints a message that it drops or cannot deliver, and with it the record in it.</summary>
    [Fact]
    public void E2_no_message_with_personal_data_prints_itself() =>
        string.Join(", ", Fields().Where(field => field.DeclaringType!.GetCustomAttribute<GenerateSerializerAttribute>() is not null && ClassOf(field) is not (null or DataClass.None))
            .Select(field => field.DeclaringType!).Distinct().Where(PrintsItself).Select(type => type.Name)).Should().BeEmpty();

    [Fact]
    public void E2_every_value_that_a_log_line_could_take_has_a_class() =>
        string.Join(", ", LogMethods().SelectMany(method => method.GetParameters()).Where(value => CouldHold(value.ParameterType) && value.GetCustomAttribute<DataClassificationAttribute>() is null)
            .Select(value => $"{value.Member.DeclaringType!.Name}.{value.Member.Name}({value.Name})")).Should().BeEmpty();

    [Fact]
    public void E2_log_lines_are_written_by_methods_that_name_their_values() => LogMethods().Should().HaveCountGreaterThan(20);

    private static IEnumerable<MethodInfo> LogMethods() => Ours.SelectMany(assembly => assembly.GetTypes())
        .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
        .Where(method => method.GetCustomAttribute<Microsoft.Extensions.Logging.LoggerMessageAttribute>() is not null);

    private static bool PrintsItself(Type type) =>
        IsRecord(type) && type.GetMethod(nameof(ToString), BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly, [])?.GetCustomAttribute<CompilerGeneratedAttribute>() is not null;

    /// <summary>The fields of everything that is sent, kept or answered.</summary>
    internal static IEnumerable<PropertyInfo> Fields() => Ours.SelectMany(assembly => assembly.GetTypes()).Where(IsKept)
        .SelectMany(type => type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly))
        .Where(field => field.GetIndexParameters().Length == 0 && field.Name != "EqualityContract" && field.CanWrite);

    private static bool IsKept(Type type) =>
        type is { IsClass: true } && (type.GetCustomAttribute<GenerateSerializerAttribute>() is not null || type.IsAssignableTo(typeof(StateRecord)) || type.IsAssignableTo(typeof(IProjectedRow)) || IsFact(type)
            || type.Namespace?.StartsWith("LimoCha.Actors", StringComparison.Ordinal) == true && type.IsPublic && IsRecord(type) && type.Assembly == typeof(DeviceHub).Assembly)
        && !type.IsAssignableTo(typeof(Exception));

    private static bool IsFact(Type type) => type is { IsAbstract: false, BaseType: { IsAbstract: true } parent } && parent.Name.EndsWith("Event", StringComparison.Ordinal);

    private static bool IsRecord(Type type) => type.GetMethod("<Clone>$") is not null;

    private static bool CouldHold(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type == typeof(string) || type == typeof(byte[]) || type == typeof(DateOnly) || type == typeof(LimoCha.Actors.Attendance.GeoPoint)
            || type != typeof(string) && type.IsGenericType && type.IsAssignableTo(typeof(IEnumerable)) && type.GetGenericArguments().Any(CouldHold);
    }

    private static bool IsClassified(PropertyInfo field) => ClassOf(field) is not null;

    private static DataClass? ClassOf(PropertyInfo field) => ClassOf((MemberInfo)field) ?? ClassOf(field.DeclaringType!);

    private static DataClass? ClassOf(MemberInfo member) =>
        member.GetCustomAttribute<PersonalAttribute>() is { } personal ? personal.DataClass
        : member.GetCustomAttribute<NotPersonalAttribute>() is not null ? DataClass.None
        : (DataClass?)null;
}
