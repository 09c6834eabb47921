using LimoCha.Actors.Kernel;
using Orleans.Concurrency;

namespace LimoCha.Actors.Audit;

/// <inheritdoc cref="IAuditGrain" />
[GrainType("audit"), Reentrant]
public sealed class AuditGrain(IAuditLog log) : Grain, IAuditGrain
{
    private const int MostAtOnce = 500;
    private const int MostWaiting = 50_000;
    private readonly Queue<Pending> waiting = new();
    private AuditHead? head;
    private bool writing;
    private bool askedAgain;

    private int Partition => (int)this.GetPrimaryKeyLong();

    public Task AppendAsync(IReadOnlyList<AuditEntry> entries, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(entries);
        if (waiting.Count >= MostWaiting)
        {
            throw new StorageUnavailableException("The audit trail is too far behind.");
        }

        var pending = new Pending(entries);
        waiting.Enqueue(pending);
        if (!writing)
        {
            _ = WriteAsync();
        }

        return pending.Done.Task.WaitAsync(cancellationToken);
    }

    private async Task WriteAsync()
    {
        writing = true;
        while (waiting.Count > 0)
        {
            List<Pending> batch = [];
            for (var entries = 0; entries < MostAtOnce && waiting.TryDequeue(out var next); entries += next.Entries.Count)
            {
                batch.Add(next);
            }

            try
            {
                await AppendAsync([.. batch.SelectMany(pending => pending.Entries).DistinctBy(entry => entry.Id)]);
                batch.ForEach(pending => pending.Done.TrySetResult());
            }
            catch (Exception error) when (error is not OutOfMemoryException)
            {
                // What is stored is not known: it is read again before the next try, which the callers make.
                head = null;
                var why = new StorageUnavailableException($"The audit trail could not be written ({error.GetType().Name}).");
                batch.ForEach(pending => pending.Done.TrySetException(why));
            }
        }

        writing = false;
    }

    private async Task AppendAsync(IReadOnlyList<AuditEntry> entries)
    {
        if (!askedAgain)
        {
            try
            {
                await LinkAsync(entries);
                return;
            }
            catch (Exception error) when (error is not OutOfMemoryException)
            {
                // Some may be there already: a caller that was not answered asks again.
                head = null;
            }
        }

        // Only then are they looked for; and first, as long as some are found: after a crash every actor asks again.
        var known = await log.KnownAsync([.. entries.Select(entry => entry.Id)]);
        askedAgain = known.Count > 0;
        await LinkAsync(entries.Where(entry => !known.Contains(entry.Id)));
    }

    private async Task LinkAsync(IEnumerable<AuditEntry> entries)
    {
        head ??= await log.HeadAsync(Partition);
        var linked = AuditChain.Link(head, entries);
        if (linked.Count > 0)
        {
            await log.AppendAsync(Partition, linked);
            head = new(linked[^1].Seq, linked[^1].Hash);
        }
    }

    private sealed record Pending(IReadOnlyList<AuditEntry> Entries)
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
