using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace LimoCha.Actors.Storage;

/// <summary>Batches as compiled statements inside one immediate transaction on one connection.</summary>
internal sealed class SqliteStateStore(Database database, IOptions<ClusterOptions> cluster) : IStateStore, IAsyncDisposable
{
    // Values by position: 1 hash, 2 and 3 the halves of the id, 4 hash of the type, 5 type, 6 service, 7 extension, 8 payload, 9 version.
    private static readonly string Where = $"""
        WHERE {GrainRowKey.TimeOf("GrainIdN0")} = {GrainRowKey.TimeOf("?2")} AND GrainIdHash = ?1 AND GrainIdN0 = ?2 AND GrainIdN1 = ?3 AND GrainTypeHash = ?4 AND GrainTypeString = ?5
          AND ServiceId = ?6 AND COALESCE(GrainIdExtensionString, '') = COALESCE(?7, '')
        """;

    private const string Insert = """
        INSERT INTO OrleansStorage (GrainIdHash, GrainIdN0, GrainIdN1, GrainTypeHash, GrainTypeString, ServiceId, GrainIdExtensionString, PayloadBinary, Version)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 1) ON CONFLICT DO NOTHING
        """;

    private static readonly string Update = $"UPDATE OrleansStorage SET PayloadBinary = ?8, ModifiedOn = datetime('now'), Version = Version + 1 {Where} AND Version = ?9";

    private static readonly string Select = $"SELECT PayloadBinary, Version FROM OrleansStorage {Where}";

    private const int PayloadAt = 8;
    private const int VersionAt = 9;

    // Reads go on while somebody writes: a connection of their own.
    private SqliteConnection? reader;
    private SqliteStatement? select;

    public int WriteLanes => 1;

    public Task<int?[]> WriteAsync(IReadOnlyList<PendingWrite> batch) => database.Sqlite.CommitAsync(durable: true, writer =>
    {
        var (insert, update) = (writer.Prepared(Insert), writer.Prepared(Update));
        var versions = new int?[batch.Count];
        for (var i = 0; i < batch.Count; i++)
        {
            var write = batch[i];
            var statement = write.ExpectedVersion is null ? insert : update;
            Set(statement, write.Key);
            statement.Set(PayloadAt, write.Payload);
            if (write.ExpectedVersion is { } expected)
            {
                statement.Set(VersionAt, expected);
            }

            versions[i] = statement.Run() == 1 ? (write.ExpectedVersion ?? 0) + 1 : null;
        }

        return versions;
    });

    /// <summary>One snapshot and one compiled statement for the batch: each row costs its look-up and nothing else.</summary>
    public async Task<(byte[]? Payload, int Version)?[]> ReadAsync(IReadOnlyList<PendingRead> batch)
    {
        try
        {
            reader ??= (SqliteConnection)await database.OpenAsync();
            select ??= new(reader, Select);
            using var snapshot = reader.BeginTransaction(deferred: true);
            var rows = new (byte[]? Payload, int Version)?[batch.Count];
            for (var i = 0; i < batch.Count; i++)
            {
                Set(select, batch[i].Key);
                if (select.Step())
                {
                    rows[i] = (select.Bytes(0), select.Number(1));
                }

                select.Reset();
            }

            return rows;
        }
        catch
        {
            await CloseReaderAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync() => await CloseReaderAsync();

    private async Task CloseReaderAsync()
    {
        select?.Dispose();
        select = null;
        if (reader is { } old)
        {
            reader = null;
            await old.DisposeAsync();
        }
    }

    private void Set(SqliteStatement statement, GrainRowKey key)
    {
        statement.Set(1, key.IdHash);
        statement.Set(2, key.N0);
        statement.Set(3, key.N1);
        statement.Set(4, key.TypeHash);
        statement.Set(5, key.Type);
        statement.Set(6, cluster.Value.ServiceId);
        statement.Set(7, key.Extension);
    }
}
