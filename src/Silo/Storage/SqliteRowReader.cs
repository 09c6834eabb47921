using Microsoft.Data.Sqlite;

namespace LimoCha.Actors.Storage;

/// <summary>Rows of states on a connection of its own, so that reads go on while somebody writes. For one at a time.</summary>
internal sealed class SqliteRowReader(string serviceId) : IDisposable
{
    private static readonly string Select = $"SELECT PayloadBinary, Version FROM OrleansStorage {SqliteRow.Where}";

    private SqliteConnection? connection;
    private SqliteStatement? select;
    private string? type;

    /// <summary>How many reads in a row took long; counted by whoever reads with it.</summary>
    public int Slow { get; set; }

    /// <summary>Once, and after <see cref="Dispose"/> again.</summary>
    public void Open(Database database)
    {
        if (select is not null)
        {
            return;
        }

        connection ??= (SqliteConnection)database.Open();
        select = new(connection, Select);
        SqliteRow.SetService(select, serviceId);
        type = null;
    }

    /// <summary>What follows sees one state of the database, until it is disposed of.</summary>
    public IDisposable Snapshot() => connection!.BeginTransaction(deferred: true);

    /// <summary>Goes to the row; false when there is none. <see cref="Give"/> follows.</summary>
    public bool Find(GrainRowKey key)
    {
        SqliteRow.SetId(select!, key);
        // Values stay, and who comes up now is mostly of the same kind as who came before.
        if (type != key.Type)
        {
            SqliteRow.SetType(select!, key);
            type = key.Type;
        }

        return select!.Step();
    }

    /// <summary>Gives what was found, where it is: no copy of the payload is made.</summary>
    public void Give<TTarget>(bool found, TTarget target, RowTaker<TTarget> take)
    {
        try
        {
            take(found ? select!.Bytes(0) : [], found ? select!.Number(1) : 0, target);
        }
        finally
        {
            select!.Reset();
        }
    }

    /// <summary>A copy of a row.</summary>
    public (byte[]? Payload, int Version)? Read(GrainRowKey key)
    {
        (byte[]? Payload, int Version)? row = Find(key) ? (select!.Bytes(0) is { Length: > 0 } payload ? payload.ToArray() : null, select.Number(1)) : null;
        select!.Reset();
        return row;
    }

    public void Dispose()
    {
        select?.Dispose();
        select = null;
        connection?.Dispose();
        connection = null;
    }
}
