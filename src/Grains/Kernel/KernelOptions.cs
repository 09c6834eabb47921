using System.ComponentModel.DataAnnotations;

namespace LimoCha.Actors.Kernel;

/// <summary>Settings that all actors share; section <c>Actors</c>.</summary>
public sealed record KernelOptions
{
    /// <summary>
    /// How long after its start a user's actor looks at the read model a second time. A projection slower than half of
    /// it is followed by a second delivery, so together they leave no gap. Default 4 s; 0.5 s to 1 min.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.500", "00:01:00")]
    public TimeSpan SecondLook { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>Facts an actor may have waiting for confirmation before it refuses commands. Default 2,000.</summary>
    [Range(10, 100_000)] public int MaxOutbox { get; init; } = 2_000;

    /// <summary>First wait before an effect is tried again; doubles up to 30 s. Default 0.2 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:00:30")]
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// How long a silo that stops waits for effects under way (projections, pushes). What is not done by then is sent again
    /// by the silo that takes over. Default 5 s; 0 to 1 min.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan Drain { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The company's time zone, for days. Default Asia/Shanghai (IANA name).</summary>
    [Required] public string TimeZone { get; init; } = "Asia/Shanghai";
}
