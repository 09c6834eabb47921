namespace LimoCha.Actors.Storage;

/// <summary>
/// A thread that may wait for the disk, one piece of work after another. The pool has as many threads as there are cores to begin with: one of them that
/// waits leaves a core idle while requests are queued.
/// </summary>
/// <param name="name">The thread's, for profiles and dumps.</param>
internal sealed class DiskThread(string name) : IAsyncDisposable
{
    private readonly Queue<Task> waiting = new();
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool started;
    private bool ending;

    /// <summary>Does something there, after all that was asked before.</summary>
    public Task<T> RunAsync<T>(Func<T> work)
    {
        var asked = new Task<T>(work, TaskCreationOptions.RunContinuationsAsynchronously);
        lock (waiting)
        {
            ObjectDisposedException.ThrowIf(ending, this);
            waiting.Enqueue(asked);
            Monitor.Pulse(waiting);
            if (!started)
            {
                started = true;
                new Thread(Run) { Name = name, IsBackground = true }.Start();
            }
        }

        return asked;
    }

    /// <summary>Ends after all that was asked.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (waiting)
        {
            ending = true;
            Monitor.Pulse(waiting);
            if (!started)
            {
                return;
            }
        }

        await ended.Task;
    }

    private void Run()
    {
        while (Next() is { } asked)
        {
            asked.RunSynchronously(TaskScheduler.Default);
        }

        ended.SetResult();
    }

    private Task? Next()
    {
        lock (waiting)
        {
            Task? asked;
            while (!waiting.TryDequeue(out asked) && !ending)
            {
                Monitor.Wait(waiting);
            }

            return asked;
        }
    }
}
