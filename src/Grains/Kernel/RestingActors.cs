using System.Collections.Concurrent;

namespace LimoCha.Actors.Kernel;

/// <summary>An actor that leaves memory when it has nothing left to do.</summary>
internal interface IRests : IGrainBase
{
    /// <summary>True when nothing has happened since this version, and everything is confirmed. Asked from outside its turns.</summary>
    bool RestsAt(int version);
}

/// <summary>
/// Lets actors that have nothing left to do leave memory a moment later, unless they have done more by then: steps on a task come close
/// together, and starting its actor anew costs as much as a step.
/// </summary>
public sealed class RestingActors : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(500);
    private static readonly DeactivationReason Reason = new(DeactivationReasonCode.ApplicationRequested, "It has nothing left to do.");

    private readonly ConcurrentQueue<(long Since, IRests Actor, int Version)> waiting = new();
    private readonly TimeProvider clock;
    private readonly ITimer timer;
    private int looking;

    /// <summary>Looks twice a second.</summary>
    public RestingActors(TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(clock);
        this.clock = clock;
        timer = clock.CreateTimer(_ => Look(), null, Period, Period);
    }

    /// <inheritdoc />
    public void Dispose() => timer.Dispose();

    /// <summary>The actor has nothing left to do at this version.</summary>
    internal void Add(IRests actor, int version) => waiting.Enqueue((clock.GetTimestamp(), actor, version));

    private void Look()
    {
        if (Interlocked.Exchange(ref looking, 1) == 1)
        {
            return;
        }

        try
        {
            while (waiting.TryPeek(out var next) && clock.GetElapsedTime(next.Since) >= Pause && waiting.TryDequeue(out _))
            {
                if (next.Actor.RestsAt(next.Version))
                {
                    next.Actor.GrainContext.Deactivate(Reason);
                }
            }
        }
        catch (ObjectDisposedException)
        {
            // The silo is ending, and all its actors with it.
        }
        finally
        {
            Volatile.Write(ref looking, 0);
        }
    }
}
