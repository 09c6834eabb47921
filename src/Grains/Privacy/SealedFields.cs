using System.Reflection;
using System.Text.Json;
using LimoCha.Actors.Kernel;

namespace LimoCha.Actors.Privacy;

/// <summary>
/// The fields of a state that are encrypted at rest, by the class they are marked with. They leave the state's JSON and go
/// into one sealed part beside it, under the subject's key.
/// </summary>
internal static class SealedFields<TState>
    where TState : StateRecord, new()
{
    private static readonly byte[] Nothing = JsonSerializer.SerializeToUtf8Bytes(new TState(), StateJson.Sealed);

    private static readonly PropertyInfo[] Fields = [.. typeof(TState).GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(SealedByClass.Is)];

    /// <summary>True for states with fields to seal.</summary>
    public static bool Any => Fields.Length > 0;

    /// <summary>The sealed part; null when there is nothing in it.</summary>
    public static string? Seal(TState state, string kind, Guid id)
    {
        if (!Any)
        {
            return null;
        }

        var plain = JsonSerializer.SerializeToUtf8Bytes(state, StateJson.Sealed);
        return plain.AsSpan().SequenceEqual(Nothing) ? null
            : Sealing.Seal(state.Key ?? throw new InvalidOperationException($"A {kind} has personal data and no key."), Place(kind, id), plain);
    }

    /// <summary>Fills the sealed fields of a state that was just read.</summary>
    public static void Open(TState state, SubjectKey key, string text, string kind, Guid id)
    {
        var opened = JsonSerializer.Deserialize<TState>(Sealing.Open(key, Place(kind, id), text), StateJson.Sealed)!;
        foreach (var field in Fields)
        {
            field.SetValue(state, field.GetValue(opened));
        }
    }

    private static string Place(string kind, Guid id) => $"state/{kind}/{id:N}";
}

/// <summary>Which fields are sealed.</summary>
internal static class SealedByClass
{
    /// <summary>True when the field's class is encrypted at rest.</summary>
    public static bool Is(ICustomAttributeProvider field) =>
        field.GetCustomAttributes(typeof(PersonalAttribute), inherit: true) is [PersonalAttribute { DataClass: var dataClass }, ..] && DataClassRules.Treatment(dataClass).Encrypted;
}
