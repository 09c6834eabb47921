namespace LimoCha.Actors.Devices;

/// <summary>
/// Who may send to a connection: whoever its gateway told of it last. Two activations of one user's actor can live side
/// by side for a moment, when a silo that the cluster has given up does not know it yet; messages of the older one, and
/// those of it that arrive late, would show what is no longer so.
/// </summary>
public sealed class Fence
{
    private long issued;

    /// <summary>A new right; every one before it is worth nothing from now on.</summary>
    public long Issue() => Interlocked.Increment(ref issued);

    /// <summary>Whether a message under this right may be sent.</summary>
    public bool Passes(long token) => token >= Interlocked.Read(ref issued);
}
