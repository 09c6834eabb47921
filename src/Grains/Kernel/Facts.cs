using System.Text.Json;
using System.Text.Json.Serialization;

namespace LimoCha.Actors.Kernel;

/// <summary>A fact with its place in the stream.</summary>
/// <param name="Version">The state's version that the write with this fact made.</param>
/// <param name="Seq">Its position among the facts of that write.</param>
/// <param name="At">When (UTC).</param>
/// <param name="By">Who; the empty id is the engine itself.</param>
/// <param name="Event">What.</param>
public sealed record Committed<TEvent>(int Version, int Seq, DateTimeOffset At, Guid By, TEvent Event);

/// <summary>
/// Facts as the row and the event log have them: an array, oldest first, in which a fact leaves out what it shares with the one before it (version, time,
/// who) and its position where that follows. A new task is two facts, and what they share was a quarter of their text.
/// </summary>
public static class Facts
{
    /// <summary>Facts as JSON in UTF-8.</summary>
    public static byte[] Write<TEvent>(IReadOnlyList<Committed<TEvent>> facts) => JsonSerializer.SerializeToUtf8Bytes(facts, StateJson.Options);

    /// <summary>Facts from their JSON.</summary>
    public static IReadOnlyList<Committed<TEvent>> Read<TEvent>(string json) => JsonSerializer.Deserialize<IReadOnlyList<Committed<TEvent>>>(json, StateJson.Options)!;
}

/// <summary>Writes and reads lists of facts of any kind of entity.</summary>
internal sealed class FactsConverter : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) =>
        typeToConvert.IsGenericType && typeToConvert.GetGenericTypeDefinition() == typeof(IReadOnlyList<>)
        && typeToConvert.GenericTypeArguments[0] is { IsGenericType: true } fact && fact.GetGenericTypeDefinition() == typeof(Committed<>);

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(typeof(Of<>).MakeGenericType(typeToConvert.GenericTypeArguments[0].GenericTypeArguments))!;

    private sealed record Written<TEvent>(int? Version, int? Seq, DateTimeOffset? At, Guid? By, TEvent Event);

    private sealed class Of<TEvent> : JsonConverter<IReadOnlyList<Committed<TEvent>>>
    {
        public override IReadOnlyList<Committed<TEvent>> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            var written = JsonSerializer.Deserialize<Written<TEvent>[]>(ref reader, options)!;
            var facts = new Committed<TEvent>[written.Length];
            Committed<TEvent>? last = null;
            for (var i = 0; i < facts.Length; i++)
            {
                var (version, seq, at, by, what) = written[i];
                version ??= last?.Version;
                last = facts[i] = new(version ?? throw Lacks("version"), seq ?? Follows(last, version.Value), at ?? last?.At ?? throw Lacks("at"), by ?? last?.By ?? throw Lacks("by"), what);
            }

            return facts;
        }

        public override void Write(Utf8JsonWriter writer, IReadOnlyList<Committed<TEvent>> value, JsonSerializerOptions options)
        {
            var written = new Written<TEvent>[value.Count];
            Committed<TEvent>? last = null;
            for (var i = 0; i < written.Length; i++)
            {
                var fact = value[i];
                written[i] = new(
                    fact.Version == last?.Version ? null : fact.Version, fact.Seq == Follows(last, fact.Version) ? null : fact.Seq, fact.At == last?.At ? null : fact.At, fact.By == last?.By ? null : fact.By, fact.Event);
                last = fact;
            }

            JsonSerializer.Serialize(writer, written, options);
        }

        /// <summary>The position that a fact has if none is missing before it.</summary>
        private static int Follows(Committed<TEvent>? last, int version) => last?.Version == version ? last.Seq + 1 : 0;

        private static JsonException Lacks(string field) => new($"The first fact of a list has no {field}.");
    }
}
