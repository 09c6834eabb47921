using LimoCha.Actors.Devices;

namespace LimoCha.Actors.Kernel;

/// <summary>Tells live pages that something changed. A convenience, not a promise.</summary>
public interface IChangeFeed
{
    /// <summary>Queues changes; never blocks.</summary>
    void Publish(IEnumerable<ReadModelChange> changes);
}
