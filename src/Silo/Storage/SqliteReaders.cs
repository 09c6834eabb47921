using Microsoft.Data.Sqlite;

namespace LimoCha.Actors.Storage;

/// <summary>Connections on which a row is read at once, by the thread that wants it.</summary>
internal sealed class SqliteReaders(Database database, string serviceId, TimeProvider clock) : IDisposable
{
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

    // Each in its place while nobody has it.
    private readonly SqliteRowReader?[] places = [.. Enumerable.Range(0, Math.Min(2 * Environment.ProcessorCount, MostReaders)).Select(_ => new SqliteRowReader(serviceId))];

    private long slowAt;
    private bool slow;

    /// <summary>How many may read at once.</summary>
    public int Count => places.Length;

    /// <summary>
    /// A row that is in memory takes less than to wait for a turn and to be told. Rows that have to come from the disk would hold up the threads
    /// that everybody needs: then they are read in turns, by one thread.
    /// </summary>
    public bool TryRead<TTarget>(GrainRowKey key, TTarget target, RowTaker<TTarget> take)
    {
        if ((Volatile.Read(ref slow) && clock.GetElapsedTime(Volatile.Read(ref slowAt)) < InTurns) || Take(out var place) is not { } reader)
        {
            return false;
        }

        try
        {
            var began = clock.GetTimestamp();
            reader.Open(database);
            var found = reader.Find(key);
            Note(reader, began, clock.GetTimestamp());
            reader.Give(found, target, take);
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
            Volatile.Write(ref places[place], reader);
        }
    }

    public void Dispose()
    {
        for (var place = 0; place < places.Length; place++)
        {
            // Who still has it reads one row.
            SqliteRowReader? reader;
            var spinner = new SpinWait();
            while ((reader = Interlocked.Exchange(ref places[place], null)) is null)
            {
                spinner.SpinOnce();
            }

            reader.Dispose();
            Volatile.Write(ref places[place], reader);
        }
    }

    /// <summary>A reader that nobody has, to be put back; null when all are taken.</summary>
    private SqliteRowReader? Take(out int place)
    {
        var spinner = new SpinWait();
        do
        {
            var mine = Thread.GetCurrentProcessorId();
            for (var i = 0; i < places.Length; i++)
            {
                place = (mine + i) % places.Length;
                if (Interlocked.Exchange(ref places[place], null) is { } reader)
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
