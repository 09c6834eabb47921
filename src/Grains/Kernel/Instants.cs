namespace LimoCha.Actors.Kernel;

/// <summary>Instants of what happens.</summary>
public static class Instants
{
    /// <summary>The time now, to the microsecond, which is as exactly as every database keeps it: what an answer says is what a list says later.</summary>
    public static DateTimeOffset Now(TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(clock);
        var now = clock.GetUtcNow();
        return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
    }
}
