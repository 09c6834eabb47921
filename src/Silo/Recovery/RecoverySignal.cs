namespace LimoCha.Actors.Recovery;

/// <summary>Asks this silo's sweep to run now instead of after its period.</summary>
public sealed class RecoverySignal
{
    private TaskCompletionSource wanted = New();

    /// <summary>Completes when a sweep is wanted.</summary>
    public Task Wanted => wanted.Task;

    /// <summary>Something may have been left behind.</summary>
    public void Want() => wanted.TrySetResult();

    /// <summary>A sweep begins: what is wanted from now on is wanted of the next one.</summary>
    public void Begin() => Interlocked.Exchange(ref wanted, New());

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
