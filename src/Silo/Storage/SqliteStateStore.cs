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

    /// <summary>So many say that the disk is slow. One by itself is a thread that lost its processor, or that the collector stopped.</summary>
    private const int SlowInARow = 3;

    /// <summary>How often one who finds all readers taken lets others go on before it reads in its turn.</summary>
    private const int MostSpins = 50;

    /// <summary>Connections that read at once: twice as many as threads run, because one may lose its processor while it has one.</summary>
    private const int MostReaders = 16;

    /// <summary>From memory a row takes some microseconds. What took as long as this came from the disk.</summary>
    private static readonly TimeSpan FromDisk = TimeSpan.FromMilliseconds(0.25);

    /// <summary>How long rows are read in turns after some that came from the disk.</summary>
    private static readonly TimeSpan InTurns = TimeSpan.FromMilliseconds(10);

    private readonly string serviceId = cluster.Value.ServiceId;
    private readonly SqliteRowReader inTurn = new(cluster.Value.ServiceId);

    // Each in its place while nobody has it.
    private readonly SqliteRowReader?[] atOnce =
        [.. Enumerable.Range(0, Math.Min(2 * Environment.ProcessorCount, MostReaders)).Select(_ => new SqliteRowReader(cluster.Value.ServiceId))];

    private long slowAt;
    private bool slow;

    public int WriteLanes => 1;

    /// <summary>How many may read at once.</summary>
    public int Readers => atOnce.Length;

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
    /// A row that is in memory takes less than to wait for a turn and to be told. Rows that have to come from the disk would hold up the threads
    /// that everybody needs: then they are read in turns, by one thread.
    /// </summary>
    public bool TryRead(GrainRowKey key, out (byte[]? Payload, int Version)? row)
    {
        row = null;
        if ((Volatile.Read(ref slow) && clock.GetElapsedTime(Volatile.Read(ref slowAt)) < InTurns) || Take(out var place) is not { } reader)
        {
            return false;
        }

        try
        {
            var began = clock.GetTimestamp();
            reader.Open(database);
            row = reader.Read(key);
            Note(reader, began, clock.GetTimestamp());
            return true;
        }
        catch (SqliteException)
        {
            // In its turn it is read again, and told if it fails again.
            reader.Dispose();
            return false;
        }
        finally
        {
            Volatile.Write(ref atOnce[place], reader);
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
        for (var place = 0; place < atOnce.Length; place++)
        {
            // Who still has it reads one row.
            SqliteRowReader? reader;
            var spinner = new SpinWait();
            while ((reader = Interlocked.Exchange(ref atOnce[place], null)) is null)
            {
                spinner.SpinOnce();
            }

            reader.Dispose();
            Volatile.Write(ref atOnce[place], reader);
        }
    }

    /// <summary>A reader that nobody has, to be put back; null when all are taken.</summary>
    private SqliteRowReader? Take(out int place)
    {
        var spinner = new SpinWait();
        do
        {
            var mine = Thread.GetCurrentProcessorId();
            for (var i = 0; i < atOnce.Length; i++)
            {
                place = (mine + i) % atOnce.Length;
                if (Interlocked.Exchange(ref atOnce[place], null) is { } reader)
                {
                    return reader;
                }
            }

            spinner.SpinOnce(sleep1Threshold: -1);
        }
        while (spinner.Count < MostSpins);

        place = -1;
        return null;
    }

    private void Note(SqliteRowReader reader, long began, long ended)
    {
        if (clock.GetElapsedTime(began, ended) < FromDisk)
        {
            reader.Slow = 0;
            if (slow)
            {
                slow = false;
            }
        }
        else if (++reader.Slow >= SlowInARow)
        {
            Volatile.Write(ref slowAt, ended);
            Volatile.Write(ref slow, true);
        }
    }
}
