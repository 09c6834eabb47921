using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace LimoCha.Actors.Attendance;

/// <summary>
/// Who was at a place, as base64 of 16 bytes each: the state of a place is written with every check-in, and this is half the size
/// of a list of ids and a tenth of the work. A list, as earlier versions wrote it, is read too.
/// </summary>
internal sealed class PackedPeople : JsonConverter<ImmutableHashSet<Guid>>
{
    private const int Each = 16;

    public override ImmutableHashSet<Guid> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            return [.. JsonSerializer.Deserialize<Guid[]>(ref reader, options)!];
        }

        var packed = reader.GetBytesFromBase64();
        var people = ImmutableHashSet.CreateBuilder<Guid>();
        for (var at = 0; at < packed.Length; at += Each)
        {
            people.Add(new(packed.AsSpan(at, Each)));
        }

        return people.ToImmutable();
    }

    public override void Write(Utf8JsonWriter writer, ImmutableHashSet<Guid> value, JsonSerializerOptions options)
    {
        var packed = new byte[value.Count * Each];
        var at = 0;
        foreach (var person in value)
        {
            person.TryWriteBytes(packed.AsSpan(at));
            at += Each;
        }

        writer.WriteBase64StringValue(packed);
    }
}

/// <summary>Who is there and since when, in the same way: 16 bytes and the instant's UTC ticks each.</summary>
internal sealed class PackedPresence : JsonConverter<ImmutableDictionary<Guid, DateTimeOffset>>
{
    private const int Each = 24;

    public override ImmutableDictionary<Guid, DateTimeOffset> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            return JsonSerializer.Deserialize<Dictionary<Guid, DateTimeOffset>>(ref reader, options)!.ToImmutableDictionary();
        }

        var packed = reader.GetBytesFromBase64();
        var present = ImmutableDictionary.CreateBuilder<Guid, DateTimeOffset>();
        for (var at = 0; at < packed.Length; at += Each)
        {
            present[new(packed.AsSpan(at, 16))] = new(BinaryPrimitives.ReadInt64LittleEndian(packed.AsSpan(at + 16)), TimeSpan.Zero);
        }

        return present.ToImmutable();
    }

    public override void Write(Utf8JsonWriter writer, ImmutableDictionary<Guid, DateTimeOffset> value, JsonSerializerOptions options)
    {
        var packed = new byte[value.Count * Each];
        var at = 0;
        foreach (var (person, since) in value)
        {
            person.TryWriteBytes(packed.AsSpan(at));
            BinaryPrimitives.WriteInt64LittleEndian(packed.AsSpan(at + 16), since.UtcTicks);
            at += Each;
        }

        writer.WriteBase64StringValue(packed);
    }
}
