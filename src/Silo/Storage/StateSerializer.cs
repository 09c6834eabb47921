using System.Text.Json;
using LimoCha.Actors.Kernel;
using Orleans.Storage;

namespace LimoCha.Actors.Storage;

/// <summary>States as JSON, for both providers.</summary>
internal sealed class StateSerializer : IGrainStorageSerializer
{
    public static byte[] ToBytes<T>(T? state) => JsonSerializer.SerializeToUtf8Bytes(state, StateJson.Options);

    public static T FromBytes<T>(ReadOnlySpan<byte> bytes) =>
        JsonSerializer.Deserialize<T>(bytes, StateJson.Options)
        ?? throw new InvalidOperationException("A stored state is the JSON null.");

    public BinaryData Serialize<T>(T? input) => new(ToBytes(input));

    public T Deserialize<T>(BinaryData input) => FromBytes<T>(input.ToMemory().Span);
}
