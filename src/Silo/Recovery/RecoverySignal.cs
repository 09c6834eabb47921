namespace LimoCha.Actors.Recovery;

/// <summary>Asks this silo's sweep to run now instead of after its period.</summary>
public sealed class RecoverySignal
{
    private TaskCompletionSource wanted = New();

    /// <summary>At the start a sweep is wanted: whoever was here before may have left something behind.</summary>
    public RecoverySignal() => Want();

    /// <summary>Completes when a sweep is wanted.</summary>
    public Task Wanted => wanted.Task;

    /// <summary>Something may have been left behind.</summary>
    public void Want() => wanted.TrySetResult();

    /// <summary>A sweep begins: what is wanted from now on is wanted of the next one. Answers whether somebody wanted this one.</summary>
    public bool Begin() => Interlocked.Exchange(ref wanted, New()).Task.IsCompleted;

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
