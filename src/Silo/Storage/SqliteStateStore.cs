using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace LimoCha.Actors.Storage;

/// <summary>Batches as prepared statements inside one immediate transaction on one connection.</summary>
internal sealed class SqliteStateStore(Database database, IOptions<ClusterOptions> cluster) : IStateStore, IAsyncDisposable
{
    private static readonly string Where = $"""
        WHERE {GrainRowKey.TimeOf("GrainIdN0")} = {GrainRowKey.TimeOf("@n0")} AND GrainIdHash = @h AND GrainIdN0 = @n0 AND GrainIdN1 = @n1 AND GrainTypeHash = @th AND GrainTypeString = @t
          AND ServiceId = @s AND COALESCE(GrainIdExtensionString, '') = COALESCE(@e, '')
        """;

    private const string Insert = """
        INSERT INTO OrleansStorage (GrainIdHash, GrainIdN0, GrainIdN1, GrainTypeHash, GrainTypeString, ServiceId, GrainIdExtensionString, PayloadBinary, Version)
        VALUES (@h, @n0, @n1, @th, @t, @s, @e, @p, 1) ON CONFLICT DO NOTHING
        """;

    private static readonly string Update = $"UPDATE OrleansStorage SET PayloadBinary = @p, ModifiedOn = datetime('now'), Version = Version + 1 {Where} AND Version = @v";

    private static readonly string Select = $"SELECT PayloadBinary, Version FROM OrleansStorage {Where}";

    private SqliteConnection? writer;
    private SqliteConnection? reader;

    public int WriteLanes => 1;

    public async Task<int?[]> WriteAsync(IReadOnlyList<PendingWrite> batch)
    {
        await database.SqliteWriter.WaitAsync();
        try
        {
            writer ??= (SqliteConnection)await database.OpenWriterAsync();
            await using var transaction = writer.BeginTransaction(deferred: false);
            await using var insert = Prepare(writer, transaction, Insert, payload: true, version: false);
            await using var update = Prepare(writer, transaction, Update, payload: true, version: true);
            var versions = new int?[batch.Count];
            for (var i = 0; i < batch.Count; i++)
            {
                var write = batch[i];
                var command = write.ExpectedVersion is null ? insert : update;
                Fill(command, write.Key);
                command.Parameters["@p"].Value = (object?)write.Payload ?? DBNull.Value;
                if (write.ExpectedVersion is { } expected)
                {
                    command.Parameters["@v"].Value = expected;
                }

                versions[i] = await command.ExecuteNonQueryAsync() == 1 ? (write.ExpectedVersion ?? 0) + 1 : null;
            }

            await transaction.CommitAsync();
            return versions;
        }
        catch
        {
            await CloseAsync();
            throw;
        }
        finally
        {
            database.SqliteWriter.Release();
        }
    }

    public async Task<(byte[]? Payload, int Version)?[]> ReadAsync(IReadOnlyList<PendingRead> batch)
    {
        reader ??= (SqliteConnection)await database.OpenAsync();
        await using var select = Prepare(reader, null, Select, payload: false, version: false);
        var rows = new (byte[]? Payload, int Version)?[batch.Count];
        for (var i = 0; i < batch.Count; i++)
        {
            Fill(select, batch[i].Key);
            await using var row = await select.ExecuteReaderAsync();
            if (await row.ReadAsync())
            {
                rows[i] = (await row.IsDBNullAsync(0) ? null : row.GetFieldValue<byte[]>(0), row.GetInt32(1));
            }
        }

        return rows;
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        if (reader is not null)
        {
            await reader.DisposeAsync();
        }
    }

    private async Task CloseAsync()
    {
        if (writer is { } old)
        {
            writer = null;
            await old.DisposeAsync();
        }
    }

    private SqliteCommand Prepare(SqliteConnection connection, SqliteTransaction? transaction, string sql, bool payload, bool version)
    {
        var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = sql;
        foreach (var name in (string[])["@h", "@n0", "@n1", "@th"])
        {
            command.Parameters.Add(name, SqliteType.Integer);
        }

        command.Parameters.Add("@t", SqliteType.Text);
        command.Parameters.Add("@e", SqliteType.Text);
        command.Parameters.AddWithValue("@s", cluster.Value.ServiceId);
        if (payload)
        {
            command.Parameters.Add("@p", SqliteType.Blob);
        }

        if (version)
        {
            command.Parameters.Add("@v", SqliteType.Integer);
        }

        command.Prepare();
        return command;
    }

    private static void Fill(SqliteCommand command, GrainRowKey key)
    {
        command.Parameters["@h"].Value = key.IdHash;
        command.Parameters["@n0"].Value = key.N0;
        command.Parameters["@n1"].Value = key.N1;
        command.Parameters["@th"].Value = key.TypeHash;
        command.Parameters["@t"].Value = key.Type;
        command.Parameters["@e"].Value = (object?)key.Extension ?? DBNull.Value;
    }
}
