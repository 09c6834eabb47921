namespace LimoCha.Actors.Kernel;

/// <summary>What follows a commit, until it is confirmed.</summary>
public abstract partial class DurableGrain<TState, TEvent>
{
    private Task Effects => Task.WhenAll(projecting, telling);

    private void StartEffects()
    {
        if (projecting.IsCompleted && projected < Version)
        {
            projecting = RepeatAsync(() => projected < Version, ProjectAsync);
        }

        if (telling.IsCompleted && told < Version)
        {
            telling = RepeatAsync(() => told < Version, TellAsync);
        }
    }

    private async Task ProjectAsync()
    {
        var (state, version, since) = (State, Version, committedAt);
        await shared.Projector.ProjectAsync(kind.Entry(Id, state, version, [.. outbox.Where(entry => entry.Version <= version)]));
        projected = version;
        if (Clock.GetElapsedTime(since) > shared.Options.SecondLook / 2)
        {
            // An actor that started meanwhile may have looked twice at a read model without this.
            told = 0;
        }

        Confirm();
    }

    private async Task TellAsync()
    {
        var (state, version) = (State, Version);
        await TellAsync(state, version, [.. outbox.Where(entry => entry.Version <= version)]);
        told = version;
        Confirm();
    }

    /// <summary>What the read model has and everybody was told leaves the outbox.</summary>
    private void Confirm()
    {
        var confirmed = Math.Min(projected, told);
        outbox.RemoveAll(entry => entry.Version <= confirmed);
        StartEffects();
        if (RestsWhenDone && confirmed == Version)
        {
            shared.Resting.Add(this, Version);
        }
    }

    bool IRests.RestsAt(int version) => Version == version && projected == version && told == version && !writing;

    private async Task RepeatAsync(Func<bool> goesOn, Func<Task> effect)
    {
        var delay = shared.Options.RetryDelay;
        while (goesOn() && !stopping.IsCancellationRequested)
        {
            try
            {
                await effect();
                delay = shared.Options.RetryDelay;
            }
            catch (Exception error) when (error is not OutOfMemoryException)
            {
                LogEffectsFailed(Logger, kind.Name, Id, Version, error.GetType().Name);
                await Task.Delay(delay, Clock, stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
                delay = delay * 2 < MaxRetryDelay ? delay * 2 : MaxRetryDelay;
            }
        }
    }
}
