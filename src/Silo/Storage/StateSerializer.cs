using System.Text.Json;
using LimoCha.Actors.Kernel;
using Orleans.Storage;

namespace LimoCha.Actors.Storage;

/// <summary>States as JSON, for both providers.</summary>
internal sealed class StateSerializer : IGrainStorageSerializer
{
    public BinaryData Serialize<T>(T? input) => new(JsonSerializer.SerializeToUtf8Bytes(input, StateJson.Options));

    public T Deserialize<T>(BinaryData input) =>
        JsonSerializer.Deserialize<T>(input.ToMemory().Span, StateJson.Options)
        ?? throw new InvalidOperationException("A stored state is the JSON null.");
}
