using LimoCha.Actors.Staff;

namespace LimoCha.Actors.Kernel;

/// <summary>The ways from an actor to others: people's actors in this silo are told in their next turn, all others by a message.</summary>
public sealed class Others(IGrainFactory grains, LocalUsers here)
{
    /// <summary>Messages.</summary>
    public IGrainFactory Grains => grains;

    /// <summary>
    /// Tells a person's actor something that may come at any time and more than once. What comes in a turn interleaves with what the actor waits for, as
    /// its looks do, and no time is set for it.
    /// </summary>
    public Task TellAsync(Guid userId, Func<IUserGrain, Task> what)
    {
        ArgumentNullException.ThrowIfNull(what);
        return here.TryGet(userId, out LocalUser? user) ? user.InTurnAsync(what) : what(grains.Grain<IUserGrain>(userId));
    }
}
