namespace LimoCha.Actors.Devices;

/// <summary>How long a connection's acknowledgements take, and so how long silence means nothing: the estimator of RFC 6298.</summary>
internal sealed class RoundTrip
{
    /// <summary>Silence of less than this never means anything.</summary>
    public static readonly TimeSpan Shortest = TimeSpan.FromSeconds(2);

    /// <summary>Silence of this always means something.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    private TimeSpan? smoothed;
    private TimeSpan deviation;

    /// <summary>How long to wait for an acknowledgement: the smoothed time and four deviations, within the limits.</summary>
    public TimeSpan Timeout => (smoothed + deviation * 4) is not { } wait || wait < Shortest ? Shortest : wait < Longest ? wait : Longest;

    /// <summary>An acknowledgement came, so long after what it acknowledges was sent.</summary>
    public void Took(TimeSpan time)
    {
        if (smoothed is { } before)
        {
            deviation = deviation * 0.75 + (before - time).Duration() * 0.25;
            smoothed = before * 0.875 + time * 0.125;
        }
        else
        {
            (smoothed, deviation) = (time, time / 2);
        }
    }
}
