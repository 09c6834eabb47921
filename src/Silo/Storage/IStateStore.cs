namespace LimoCha.Actors.Storage;

/// <summary>A write that waits for its turn. Whoever waits goes on inside <see cref="Succeed"/> or <see cref="Fail"/>.</summary>
internal sealed class PendingWrite(GrainRowKey key, int? expectedVersion, byte[]? payload)
{
    private readonly TaskCompletionSource<int> done = new();

    public GrainRowKey Key => key;

    /// <summary>The version the row must have; null when there must be no row.</summary>
    public int? ExpectedVersion => expectedVersion;

    /// <summary>The state; null clears it.</summary>
    public byte[]? Payload => payload;

    /// <summary>The new version.</summary>
    public Task<int> Done => done.Task;

    /// <summary>Written.</summary>
    public void Succeed(int version) => done.TrySetResult(version);

    /// <summary>Not written, or not known.</summary>
    public void Fail(Exception error) => done.TrySetException(error);
}

/// <summary>A read that waits for its turn.</summary>
internal sealed class PendingRead(GrainRowKey key)
{
    private readonly TaskCompletionSource<(byte[]? Payload, int Version)?> done = new();

    public GrainRowKey Key => key;

    /// <summary>The row, or null when there is none.</summary>
    public Task<(byte[]? Payload, int Version)?> Done => done.Task;

    public void Succeed((byte[]? Payload, int Version)? row) => done.TrySetResult(row);

    public void Fail(Exception error) => done.TrySetException(error);
}

/// <summary>Takes a row where the database has it: the payload, there as long as the call lasts and empty where there is none, and the version, 0 for no row.</summary>
internal delegate void RowTaker<in TTarget>(ReadOnlySpan<byte> payload, int version, TTarget target);

/// <summary>Batches against one kind of database.</summary>
internal interface IStateStore
{
    /// <summary>How many batches of writes may run at the same time.</summary>
    int WriteLanes { get; }

    /// <summary>
    /// Writes all in one transaction and answers the new versions in order; null where the expected version was not
    /// the stored one. Throws when nothing was written or it is not known.
    /// </summary>
    Task<int?[]> WriteAsync(IReadOnlyList<PendingWrite> batch);

    /// <summary>Reads one at once, without waiting for anybody; false where that cannot be done just now, and then nothing was taken.</summary>
    bool TryRead<TTarget>(GrainRowKey key, TTarget target, RowTaker<TTarget> take);

    /// <summary>Reads all in one round trip.</summary>
    Task<(byte[]? Payload, int Version)?[]> ReadAsync(IReadOnlyList<PendingRead> batch);
}
