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

    public (byte[]? Payload, int Version)? Read(GrainRowKey key)
    {
        SqliteRow.SetId(select!, key);
        // Values stay, and who comes up now is mostly of the same kind as who came before.
        if (type != key.Type)
        {
            SqliteRow.SetType(select!, key);
            type = key.Type;
        }

        (byte[]? Payload, int Version)? row = select!.Step() ? (select.Bytes(0), select.Number(1)) : null;
        select.Reset();
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
