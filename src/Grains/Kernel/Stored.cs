using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using LimoCha.Actors.Privacy;

namespace LimoCha.Actors.Kernel;

/// <summary>
/// The base of every state record. Fields that this version does not know are kept and written back, so that a newer
/// version's data survives a rolling upgrade; fields that are missing take their defaults.
/// </summary>
public abstract record StateRecord
{
    /// <summary>Fields of other versions.</summary>
    [JsonExtensionData, NotPersonal] public Dictionary<string, JsonElement>? Unknown { get; init; }

    /// <summary>The subject's key, for states with personal data; in memory only.</summary>
    [JsonIgnore] public SubjectKey? Key { get; init; }
}

/// <summary>The row of an actor: its state, and the facts that downstream has not confirmed yet (the outbox).</summary>
public sealed record Stored<TState, TEvent> : StateRecord
    where TState : StateRecord, new()
    where TEvent : class
{
    /// <summary>The state; null in the row that made the entity, whose facts say it all (<see cref="FirstStored"/>).</summary>
    public TState? State { get; init; }

    /// <summary>The state's personal fields, encrypted under the subject's key; null when it has none.</summary>
    [NotPersonal] public string? Sealed { get; init; }

    /// <summary>Facts not yet confirmed by read model and devices, oldest first (<see cref="Facts"/>).</summary>
    public IReadOnlyList<Committed<TEvent>> Outbox { get; init; } = [];

    /// <summary>
    /// The operations that had an effect lately; a repeat of one has none. The one that made the entity under its own id is not among them: the
    /// entity is there.
    /// </summary>
    public IReadOnlyList<OperationRecord> Operations { get; init; } = [];
}

/// <summary>
/// The row that makes an entity, in the same shape: only facts, because the state follows from them, and the operation unless the entity has its id. The
/// facts are serialized once, for this row and the event log.
/// </summary>
public sealed record FirstStored
{
    /// <summary>The facts as a JSON array in UTF-8 (<see cref="Facts"/>).</summary>
    [JsonConverter(typeof(RawJson))] public ReadOnlyMemory<byte> Outbox { get; init; } = "[]"u8.ToArray();

    /// <summary>The operation that made it; null when the entity has its id.</summary>
    public IReadOnlyList<OperationRecord>? Operations { get; init; }

    private sealed class RawJson : JsonConverter<ReadOnlyMemory<byte>>
    {
        public override ReadOnlyMemory<byte> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Encoding.UTF8.GetBytes(JsonElement.ParseValue(ref reader).GetRawText());

        public override void Write(Utf8JsonWriter writer, ReadOnlyMemory<byte> value, JsonSerializerOptions options) => writer.WriteRawValue(value.Span, skipInputValidation: true);
    }
}

/// <summary>An operation that had an effect.</summary>
public sealed record OperationRecord(Guid Id);

/// <summary>
/// How states and facts are written: System.Text.Json, camelCase, enums by name, nulls left out. A state's fields whose class
/// is encrypted at rest are not among them: they are written apart, and sealed.
/// </summary>
public static class StateJson
{
    /// <summary>For everything but sealed fields; frozen.</summary>
    public static readonly JsonSerializerOptions Options = Make(sealedFields: false);

    /// <summary>For a state's sealed fields alone; frozen.</summary>
    internal static readonly JsonSerializerOptions Sealed = Make(sealedFields: true);

    private static JsonSerializerOptions Make(bool sealedFields)
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase), new FactsConverter() },
            Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { type => Keep(type, sealedFields) } },
        };
        options.MakeReadOnly();
        return options;
    }

    private static void Keep(JsonTypeInfo type, bool sealedFields)
    {
        if (!type.Type.IsAssignableTo(typeof(StateRecord)))
        {
            return;
        }

        foreach (var field in type.Properties.Where(field => sealedFields != (field.AttributeProvider is { } attributes && SealedByClass.Is(attributes))).ToList())
        {
            type.Properties.Remove(field);
        }
    }
}
