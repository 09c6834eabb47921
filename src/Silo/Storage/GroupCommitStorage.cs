using System.Diagnostics;
using System.Globalization;
using System.Threading.Channels;
using LimoCha.Actors.Hosting;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Privacy;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Storage;

namespace LimoCha.Actors.Storage;

/// <summary>
/// Grain storage on the <c>OrleansStorage</c> table that writes many grains' states in one transaction: what comes
/// while a batch is in flight goes out together in the next. No timer, so a lone write waits for nothing. Each caller
/// gets its own outcome: a version conflict fails only its grain, and a row that the database rejects only its own.
/// </summary>
internal sealed partial class GroupCommitStorage : IGrainStorage, IAsyncDisposable
{
    private static readonly int Workers = Environment.ProcessorCount;

    private readonly IStateStore store;
    private readonly StorageOptions options;
    private readonly ILogger logger;
    private readonly Channel<PendingWrite> writes;
    private readonly Channel<PendingRead> reads;
    private readonly Task[] lanes;

    public GroupCommitStorage(IStateStore store, IOptions<StorageOptions> options, ILogger<GroupCommitStorage> logger)
    {
        this.store = store;
        this.options = options.Value;
        this.logger = logger;
        writes = Channel.CreateBounded<PendingWrite>(this.options.MaxQueue);
        reads = Channel.CreateBounded<PendingRead>(this.options.MaxQueue);
        StorageMetrics.Meter.CreateObservableGauge("limocha.storage.queue", () => writes.Reader.Count, "{state}", "States that wait to be written");
        StorageMetrics.Meter.CreateObservableGauge("limocha.storage.read_queue", () => reads.Reader.Count, "{state}", "States that wait to be read");
        lanes =
        [
            .. Enumerable.Range(0, store.WriteLanes).Select(_ => Task.Run(() => DrainAsync(writes.Reader, WriteBatchAsync))),
            Task.Run(() => DrainAsync(reads.Reader, ReadBatchAsync)),
        ];
    }

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var key = GrainRowKey.Of(stateName, grainId);
        return store.TryRead(key, (Storage: this, State: grainState), static (payload, version, to) => to.Storage.Take(payload, version, to.State))
            ? Task.CompletedTask
            : ReadInTurnAsync(key, grainState);
    }

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var payload = StateSerializer.ToBytes(grainState.State);
        if (payload.Length > options.MaxStateBytes)
        {
            throw new StateTooLargeException($"The state of a {stateName} would have {payload.Length} bytes; {options.MaxStateBytes} are allowed.");
        }

        return CommitAsync(stateName, grainId, grainState, payload);
    }

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        if (grainState.ETag is not null)
        {
            await CommitAsync(stateName, grainId, grainState, payload: null).ConfigureAwait(false);
        }

        grainState.State = Activator.CreateInstance<T>();
        grainState.RecordExists = false;
    }

    /// <summary>The stored versions of grains, 0 for none, read together with what else waits. Waits for its place rather than to be refused.</summary>
    public async Task<IReadOnlyList<int>> VersionsAsync(string stateName, IEnumerable<GrainId> grains)
    {
        PendingRead[] asked = [.. grains.Select(grain => new PendingRead(GrainRowKey.Of(stateName, grain)))];
        foreach (var read in asked)
        {
            await reads.Writer.WriteAsync(read).ConfigureAwait(false);
        }

        return [.. (await Task.WhenAll(asked.Select(read => read.Done)).ConfigureAwait(false)).Select(row => row?.Version ?? 0)];
    }

    public async ValueTask DisposeAsync()
    {
        writes.Writer.TryComplete();
        reads.Writer.TryComplete();
        await Task.WhenAll(lanes);
    }

    private async Task ReadInTurnAsync<T>(GrainRowKey key, IGrainState<T> grainState)
    {
        using var span = Tracing.Start("read");
        var read = new PendingRead(key);
        Enqueue(reads.Writer, read);
        var row = await read.Done.ConfigureAwait(false);
        Take(row?.Payload, row?.Version ?? 0, grainState);
    }

    private void Take<T>(ReadOnlySpan<byte> payload, int version, IGrainState<T> grainState)
    {
        grainState.State = payload.IsEmpty ? Activator.CreateInstance<T>() : StateSerializer.FromBytes<T>(payload);
        grainState.ETag = version == 0 ? null : version.ToString(CultureInfo.InvariantCulture);
        grainState.RecordExists = !payload.IsEmpty;
    }

    private async Task CommitAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, byte[]? payload)
    {
        using var span = Tracing.Start("commit");
        var from = Stopwatch.GetTimestamp();
        int? expected = grainState.ETag is { } etag ? int.Parse(etag, CultureInfo.InvariantCulture) : null;
        var write = new PendingWrite(GrainRowKey.Of(stateName, grainId), expected, payload);
        Enqueue(writes.Writer, write);
        var version = await write.Done.ConfigureAwait(false);
        StorageMetrics.Commit.Record(Stopwatch.GetElapsedTime(from).TotalSeconds);
        grainState.ETag = version.ToString(CultureInfo.InvariantCulture);
        grainState.RecordExists = payload is not null;
    }

    private static void Enqueue<TItem>(ChannelWriter<TItem> queue, TItem item)
    {
        if (!queue.TryWrite(item))
        {
            throw new StorageUnavailableException("Too many states wait to be stored; try again in a moment.");
        }
    }

    /// <summary>Takes whatever waits, up to a batch, for as long as there is any.</summary>
    private async Task DrainAsync<TItem>(ChannelReader<TItem> queue, Func<List<TItem>, Task> handle)
    {
        while (await queue.WaitToReadAsync())
        {
            var batch = new List<TItem>(options.MaxBatch);
            while (batch.Count < options.MaxBatch && queue.TryRead(out var item))
            {
                batch.Add(item);
            }

            if (batch.Count > 0)
            {
                await handle(batch);
            }
        }
    }

    private async Task WriteBatchAsync(List<PendingWrite> batch)
    {
        // One row twice in a statement would be written once: the second of a kind goes alone, after the first.
        var keys = new HashSet<GrainRowKey>(batch.Count);
        var first = batch.FindAll(write => keys.Add(write.Key));
        await WriteOnceAsync(first);
        foreach (var write in first.Count < batch.Count ? batch.Except(first) : [])
        {
            await WriteOnceAsync([write]);
        }
    }

    private async Task WriteOnceAsync(List<PendingWrite> batch)
    {
        try
        {
            var versions = await store.WriteAsync(batch);
            StorageMetrics.Batch.Record(batch.Count);
            Complete(batch, versions, Tell);
        }
        catch (Exception error) when (batch.Count > 1 && StorageErrors.IsRowsFault(error))
        {
            // The transaction is rolled back, and one of the rows is to blame: each gets its own.
            LogSplit(logger, batch.Count, error.GetType().Name);
            foreach (var write in batch)
            {
                await WriteOnceAsync([write]);
            }
        }
        catch (Exception error)
        {
            LogFailed(logger, batch.Count, error.GetType().Name, StorageErrors.Describe(error));
            var why = new StorageUnavailableException($"The state could not be stored: {StorageErrors.Describe(error)}.");
            ThreadPool.UnsafeQueueUserWorkItem(_ => batch.ForEach(write => write.Fail(why)), null);
        }
    }

    /// <summary>
    /// Tells the callers, off this lane, which goes on with the next batch. A few workers each run many callers' next
    /// steps: a queue entry for each caller would wake threads for work of microseconds.
    /// </summary>
    private static void Complete<TItem, TResult>(List<TItem> batch, TResult[] results, Action<TItem, TResult> tell)
    {
        var share = (batch.Count + Workers - 1) / Workers;
        for (var from = 0; from < batch.Count; from += share)
        {
            ThreadPool.UnsafeQueueUserWorkItem(
                part =>
                {
                    for (var i = part.From; i < part.To; i++)
                    {
                        part.Tell(part.Batch[i], part.Results[i]);
                    }
                },
                (Batch: batch, Results: results, Tell: tell, From: from, To: Math.Min(from + share, batch.Count)),
                preferLocal: false);
        }
    }

    private static void Tell(PendingWrite write, int? version)
    {
        if (version is { } written)
        {
            write.Succeed(written);
        }
        else
        {
            write.Fail(new InconsistentStateException(
                $"The stored version of a {write.Key.Type} is not the expected {write.ExpectedVersion?.ToString(CultureInfo.InvariantCulture) ?? "none"}."));
        }
    }

    private async Task ReadBatchAsync(List<PendingRead> batch)
    {
        try
        {
            Complete(batch, await store.ReadAsync(batch), static (read, row) => read.Succeed(row));
        }
        catch (Exception error)
        {
            LogFailed(logger, batch.Count, error.GetType().Name, StorageErrors.Describe(error));
            var why = new StorageUnavailableException($"The state could not be read: {StorageErrors.Describe(error)}.");
            ThreadPool.UnsafeQueueUserWorkItem(_ => batch.ForEach(read => read.Fail(why)), null);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A batch of {Count} states was rejected ({Error}); writing them one by one")]
    private static partial void LogSplit(ILogger logger, int count, [NotPersonal] string error);

    [LoggerMessage(Level = LogLevel.Error, Message = "A batch of {Count} states failed ({Error}): {Why}")]
    private static partial void LogFailed(ILogger logger, int count, [NotPersonal] string error, [NotPersonal] string why);
}
