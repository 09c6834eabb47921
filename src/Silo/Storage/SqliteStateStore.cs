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

    private const int PayloadAt = 7;
    private const int VersionAt = 8;

    // Reads go on while somebody writes: a connection of their own.
    private SqliteConnection? reader;
    private SqliteCommand? select;

    public int WriteLanes => 1;

    public Task<int?[]> WriteAsync(IReadOnlyList<PendingWrite> batch) => database.Sqlite.CommitAsync(durable: true, writer =>
    {
        var insert = writer.Prepared(Insert, parameters => Shape(parameters, payload: true, version: false));
        var update = writer.Prepared(Update, parameters => Shape(parameters, payload: true, version: true));
        var versions = new int?[batch.Count];
        for (var i = 0; i < batch.Count; i++)
        {
            var write = batch[i];
            var command = write.ExpectedVersion is null ? insert : update;
            Fill(command, write.Key);
            command.Parameters[PayloadAt].Value = (object?)write.Payload ?? DBNull.Value;
            if (write.ExpectedVersion is { } expected)
            {
                command.Parameters[VersionAt].Value = expected;
            }

            versions[i] = command.ExecuteNonQuery() == 1 ? (write.ExpectedVersion ?? 0) + 1 : null;
        }

        return versions;
    });

    /// <summary>One snapshot and one prepared statement for the batch: each row costs its look-up and nothing else.</summary>
    public async Task<(byte[]? Payload, int Version)?[]> ReadAsync(IReadOnlyList<PendingRead> batch)
    {
        reader ??= (SqliteConnection)await database.OpenAsync();
        if (select is null)
        {
            select = reader.CreateCommand();
            select.CommandText = Select;
            Shape(select.Parameters, payload: false, version: false);
        }

        try
        {
            using var snapshot = reader.BeginTransaction(deferred: true);
            select.Transaction = snapshot;
            var rows = new (byte[]? Payload, int Version)?[batch.Count];
            for (var i = 0; i < batch.Count; i++)
            {
                Fill(select, batch[i].Key);
                using var row = select.ExecuteReader();
                if (row.Read())
                {
                    rows[i] = (row.IsDBNull(0) ? null : row.GetFieldValue<byte[]>(0), row.GetInt32(1));
                }
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
        if (reader is { } old)
        {
            await (select?.DisposeAsync() ?? ValueTask.CompletedTask);
            (reader, select) = (null, null);
            await old.DisposeAsync();
        }
    }

    private void Shape(SqliteParameterCollection parameters, bool payload, bool version)
    {
        foreach (var name in (string[])["@h", "@n0", "@n1", "@th"])
        {
            parameters.Add(name, SqliteType.Integer);
        }

        parameters.Add("@t", SqliteType.Text);
        parameters.Add("@e", SqliteType.Text);
        parameters.AddWithValue("@s", cluster.Value.ServiceId);
        if (payload)
        {
            parameters.Add("@p", SqliteType.Blob);
        }

        if (version)
        {
            parameters.Add("@v", SqliteType.Integer);
        }
    }

    /// <summary>By position, in the order of <see cref="Shape"/>: a look-up by name is a search through the list.</summary>
    private static void Fill(SqliteCommand command, GrainRowKey key)
    {
        command.Parameters[0].Value = key.IdHash;
        command.Parameters[1].Value = key.N0;
        command.Parameters[2].Value = key.N1;
        command.Parameters[3].Value = key.TypeHash;
        command.Parameters[4].Value = key.Type;
        command.Parameters[5].Value = (object?)key.Extension ?? DBNull.Value;
    }
}
