namespace LimoCha.Actors.Kernel;

/// <summary>The end of an entity whose time is over.</summary>
public abstract partial class DurableGrain<TState, TEvent>
{
    /// <summary>
    /// Deletes the state and ends the activation, once others have been told what they were to be told. What is left of it in the read model is
    /// the caller's. A command that comes meanwhile finds nothing, and writes nothing.
    /// </summary>
    protected async Task RemoveAsync()
    {
        await Effects;
        if (writing)
        {
            throw new StorageUnavailableException("Something is being written; ask again.");
        }

        // And stays so: no write leaves this activation any more.
        writing = true;
        (tentative, State, Version) = (kind.Nothing, kind.Nothing, 0);
        try
        {
            await shared.Storage.ClearStateAsync(kind.Name, this.GetGrainId(), row);
        }
        finally
        {
            DeactivateOnIdle();
        }
    }
}
