namespace LimoCha.Actors.Kernel;

/// <summary>An actor whose state is stored, projected and swept after a crash.</summary>
[Alias("IDurableGrain")]
public interface IDurableGrain : IGrainWithGuidKey
{
    /// <summary>
    /// Brings everything downstream (read model, devices) up to the stored state. The recovery sweep calls it when it
    /// finds a stored version ahead of the projected one; repeating it changes nothing. Completes when done.
    /// </summary>
    [Alias("RecoverAsync")]
    Task RecoverAsync(CancellationToken cancellationToken = default);
}

/// <summary>An actor with something that falls due: the sweep wakes it when the due time of its row has come.</summary>
[Alias("IDueGrain")]
public interface IDueGrain : IGrainWithGuidKey
{
    /// <summary>Does what is due now, if anything is.</summary>
    [Alias("OnDueAsync")]
    Task OnDueAsync(CancellationToken cancellationToken = default);
}

/// <summary>
/// Says that an entity's id was made by the server a moment ago, so its actor need not look for a stored state.
/// Only a hint: the insert itself fails if the row exists.
/// </summary>
public static class FreshId
{
    private const string Key = "limocha.fresh";

    /// <summary>Marks the calls of this flow to this one grain.</summary>
    public static void Mark(Guid id) => RequestContext.Set(Key, id);

    /// <summary>True when the activating call carries the mark for this very grain. Whatever it marks, it goes no further.</summary>
    public static bool Take(Guid id)
    {
        var mine = RequestContext.Get(Key) is Guid marked && marked == id;
        Clear();
        return mine;
    }

    /// <summary>Calls that follow are not the making call: what the actor does from now on must not be taken for it.</summary>
    public static void Clear() => RequestContext.Remove(Key);
}
