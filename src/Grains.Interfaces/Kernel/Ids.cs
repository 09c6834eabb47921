namespace LimoCha.Actors.Kernel;

/// <summary>Entity ids: UUIDv7 (RFC 9562 §5.7), so that they sort by creation time, from the injected clock.</summary>
public static class Ids
{
    /// <summary>A new id stamped with the clock's current time.</summary>
    public static Guid New(TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(clock);
        return Guid.CreateVersion7(clock.GetUtcNow());
    }
}
