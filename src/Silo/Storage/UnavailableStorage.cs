using LimoCha.Actors.Kernel;

namespace LimoCha.Actors.Storage;

/// <summary>
/// What an actor could not read because the database is away is "unavailable" to whoever called it, in this process or another: the driver's
/// own exceptions cannot go to another process, and may quote what was asked.
/// </summary>
internal sealed class UnavailableStorage : IIncomingGrainCallFilter
{
    /// <summary>For what is read outside of a call: while an actor comes up.</summary>
    public static async Task<T> ReadAsync<T>(Func<Task<T>> read)
    {
        try
        {
            return await read();
        }
        catch (Exception error) when (StorageErrors.IsAway(error))
        {
            throw Unavailable(error);
        }
    }

    // Not by the method above: every call goes through here, and would make two objects more.
    public async Task Invoke(IIncomingGrainCallContext context)
    {
        try
        {
            await context.Invoke();
        }
        catch (Exception error) when (StorageErrors.IsAway(error))
        {
            throw Unavailable(error);
        }
    }

    private static StorageUnavailableException Unavailable(Exception error) => new($"The data could not be read: {StorageErrors.Describe(error)}.");
}
