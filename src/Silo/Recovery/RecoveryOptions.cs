using System.ComponentModel.DataAnnotations;

namespace LimoCha.Actors.Recovery;

/// <summary>How often silos look for what was left behind; section <c>Recovery</c>.</summary>
public sealed class RecoveryOptions
{
    /// <summary>Between full sweeps. Default 5 min; 1 s to 1 day.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")] public TimeSpan SweepPeriod { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Between looks for what has fallen due. Default 1 s; 0.1 s to 10 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00")] public TimeSpan DuePeriod { get; set; } = TimeSpan.FromSeconds(1);
}
