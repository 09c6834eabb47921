using LimoCha.Actors.Kernel;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace LimoCha.Actors.Storage;

/// <summary>Batches as compiled statements inside one immediate transaction on one connection.</summary>
internal sealed class SqliteStateStore(Database database, IOptions<ClusterOptions> cluster, TimeProvider clock) : IStateStore, IDisposable
{
    // Values by position as SqliteRow's, and 8 payload, 9 version.
    private const string Insert = """
        INSERT INTO OrleansStorage (GrainIdHash, GrainIdN0, GrainIdN1, GrainTypeHash, GrainTypeString, ServiceId, GrainIdExtensionString, PayloadBinary, Version)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 1) ON CONFLICT DO NOTHING
        """;

    private static readonly string Update = $"UPDATE OrleansStorage SET PayloadBinary = ?8, ModifiedOn = datetime('now'), Version = Version + 1 {SqliteRow.Where} AND Version = ?9";

    private const int PayloadAt = 8;
    private const int VersionAt = 9;

    /// <summary>From memory a row takes some microseconds. What took as long as this came from the disk.</summary>
    private static readonly TimeSpan FromDisk = TimeSpan.FromMilliseconds(0.25);

    /// <summary>How long rows are read in turns after one that came from the disk.</summary>
    private static readonly TimeSpan InTurns = TimeSpan.FromMilliseconds(10);

    /// <summary>How long one waits for the one that reads. Some microseconds are usual.</summary>
    private static readonly TimeSpan MaxWait = TimeSpan.FromMilliseconds(1);

    private readonly string serviceId = cluster.Value.ServiceId;
    private readonly SqliteRowReader inTurn = new(cluster.Value.ServiceId);
    private readonly SqliteRowReader atOnce = new(cluster.Value.ServiceId);
    private readonly Lock reading = new();
    private long readAt;
    private bool slow;

    public int WriteLanes => 1;

    public Task<int?[]> WriteAsync(IReadOnlyList<PendingWrite> batch) => database.Sqlite.CommitAsync(durable: true, writer =>
    {
        var (insert, update) = (writer.Prepared(Insert), writer.Prepared(Update));
        var versions = new int?[batch.Count];
        for (var i = 0; i < batch.Count; i++)
        {
            var write = batch[i];
            var statement = write.ExpectedVersion is null ? insert : update;
            SqliteRow.Set(statement, write.Key, serviceId);
            statement.Set(PayloadAt, write.Payload);
            if (write.ExpectedVersion is { } expected)
            {
                statement.Set(VersionAt, expected);
            }

            versions[i] = statement.Run() == 1 ? (write.ExpectedVersion ?? 0) + 1 : null;
        }

        return versions;
    });

    /// <summary>
    /// A row that is in memory takes less than to wait for a turn and to be told. One that has to come from the disk would hold up the threads
    /// that everybody needs, as one waits for the other: then rows are read in turns, by one thread.
    /// </summary>
    public bool TryRead(GrainRowKey key, out (byte[]? Payload, int Version)? row)
    {
        row = null;
        if (!reading.TryEnter(MaxWait))
        {
            return false;
        }

        try
        {
            var from = clock.GetTimestamp();
            if (slow && clock.GetElapsedTime(readAt, from) < InTurns)
            {
                return false;
            }

            atOnce.Open(database);
            row = atOnce.Read(key);
            readAt = clock.GetTimestamp();
            slow = clock.GetElapsedTime(from, readAt) >= FromDisk;
            return true;
        }
        catch (SqliteException)
        {
            // In its turn it is read again, and told if it fails again.
            atOnce.Dispose();
            return false;
        }
        finally
        {
            reading.Exit();
        }
    }

    /// <summary>One snapshot and one compiled statement for the batch: each row costs its look-up and nothing else.</summary>
    public Task<(byte[]? Payload, int Version)?[]> ReadAsync(IReadOnlyList<PendingRead> batch)
    {
        try
        {
            inTurn.Open(database);
            using var snapshot = inTurn.Snapshot();
            return Task.FromResult(batch.Select(read => inTurn.Read(read.Key)).ToArray());
        }
        catch
        {
            inTurn.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        inTurn.Dispose();
        lock (reading)
        {
            atOnce.Dispose();
        }
    }
}
