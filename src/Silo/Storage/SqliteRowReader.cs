using Microsoft.Data.Sqlite;

namespace LimoCha.Actors.Storage;

/// <summary>Rows of states on a connection of its own, so that reads go on while somebody writes. For one at a time.</summary>
internal sealed class SqliteRowReader(string serviceId) : IDisposable
{
    private static readonly string Select = $"SELECT PayloadBinary, Version FROM OrleansStorage {SqliteRow.Where}";

    private SqliteConnection? connection;
    private SqliteStatement? select;

    /// <summary>Once, and after <see cref="Dispose"/> again.</summary>
    public void Open(Database database)
    {
        connection ??= (SqliteConnection)database.Open();
        select ??= new(connection, Select);
    }

    /// <summary>What follows sees one state of the database, until it is disposed of.</summary>
    public IDisposable Snapshot() => connection!.BeginTransaction(deferred: true);

    public (byte[]? Payload, int Version)? Read(GrainRowKey key)
    {
        SqliteRow.Set(select!, key, serviceId);
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
