using System.Buffers;
using System.Buffers.Binary;
using Orleans.Serialization;

namespace LimoCha.Actors.Devices;

/// <summary>
/// A card as it waits in an inbox: one object of bytes, and not four with pointers between them. It stays until somebody closes the task, and what
/// stays is what the collector copies and follows while everybody waits (docs/performance.md). What an inbox decides by stands in front and is read
/// without the rest.
/// </summary>
internal readonly struct OpenCard
{
    private const int AtStart = sizeof(int);
    private const int MandatoryStart = AtStart + sizeof(long);
    private const int CardStart = MandatoryStart + 1;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? writer;

    private readonly byte[] bytes;

    private OpenCard(byte[] bytes) => this.bytes = bytes;

    /// <summary>The card's version.</summary>
    public int Version => BinaryPrimitives.ReadInt32LittleEndian(bytes);

    /// <summary>When this version came to be.</summary>
    public DateTimeOffset At => new(BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(AtStart)), TimeSpan.Zero);

    /// <summary>Whether everybody has to see it.</summary>
    public bool Mandatory => bytes[MandatoryStart] != 0;

    public static OpenCard Of(Card card, Serializer<Card> serializer)
    {
        var to = writer ??= new(1_024);
        to.ResetWrittenCount();
        var front = to.GetSpan(CardStart);
        BinaryPrimitives.WriteInt32LittleEndian(front, card.Version);
        BinaryPrimitives.WriteInt64LittleEndian(front[AtStart..], card.At.UtcTicks);
        front[MandatoryStart] = card.Mandatory ? (byte)1 : (byte)0;
        to.Advance(CardStart);
        serializer.Serialize(card, to);
        return new(to.WrittenSpan.ToArray());
    }

    /// <summary>The card.</summary>
    public Card Card(Serializer<Card> serializer) => serializer.Deserialize(bytes.AsSpan(CardStart))!;
}
