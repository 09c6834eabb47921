using System.Collections.Concurrent;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Staff;

namespace LimoCha.Actors.Identity;

/// <summary>
/// Asks a user's actor whether a session still stands and with which role. An answer is good for half a second, so an
/// ended session, a disabled account or a changed role takes effect everywhere within that.
/// </summary>
public sealed class SessionCheck(IGrainFactory grains, TimeProvider clock)
{
    private const int MostRemembered = 50_000;
    private static readonly TimeSpan Good = TimeSpan.FromMilliseconds(500);
    private readonly ConcurrentDictionary<(Guid User, Guid Session), (Actor? Actor, long At)> answers = new();

    /// <summary>The actor behind a session, or null when it is over.</summary>
    public async ValueTask<Actor?> FindAsync(Guid userId, Guid sessionId)
    {
        if (answers.TryGetValue((userId, sessionId), out var known) && clock.GetElapsedTime(known.At) < Good)
        {
            return known.Actor;
        }

        if (answers.Count > MostRemembered)
        {
            answers.Clear();
        }

        var actor = await grains.Grain<IUserGrain>(userId).CheckSessionAsync(sessionId);
        answers[(userId, sessionId)] = (actor, clock.GetTimestamp());
        return actor;
    }
}
