using LimoCha.Actors.Kernel;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;
using Orleans.Configuration;

namespace LimoCha.Actors.Storage;

/// <summary>Batches as arrays: one statement inserts, one updates, both in one round trip and one transaction.</summary>
internal sealed class PostgresStateStore(Database database, IOptions<StorageOptions> options, IOptions<ClusterOptions> cluster) : IStateStore
{
    private const string KeyArrays = "unnest($2::integer[], $3::bigint[], $4::bigint[], $5::integer[], $6::varchar[], $7::varchar[]";

    private const string Insert = $"""
        INSERT INTO OrleansStorage (ServiceId, GrainIdHash, GrainIdN0, GrainIdN1, GrainTypeHash, GrainTypeString, GrainIdExtensionString, PayloadBinary, Version)
        SELECT $1, h, n0, n1, th, t, e, p, 1 FROM {KeyArrays}, $8::bytea[]) AS i(h, n0, n1, th, t, e, p)
        """;

    /// <summary>A quarter dearer, and the answer has to be read.</summary>
    private const string InsertWhatIsNew = $"""
        {Insert}
        ON CONFLICT DO NOTHING
        RETURNING GrainIdN0, GrainIdN1, GrainTypeHash, GrainIdExtensionString, Version
        """;

    // The row of a key, found by the index whatever the planner thinks of the table's size: OFFSET 0 keeps the look-up a query of its own, once
    // for each key. A join is turned round while the table is small (its rows against all keys), and that plan stays when it has grown.
    private static readonly string Row = $"""
        FROM OrleansStorage s
        WHERE {GrainRowKey.TimeOf("s.GrainIdN0")} = {GrainRowKey.TimeOf("i.n0")} AND s.ServiceId = $1 AND s.GrainIdHash = i.h AND s.GrainIdN0 = i.n0 AND s.GrainIdN1 = i.n1 AND s.GrainTypeHash = i.th
          AND s.GrainTypeString = i.t AND COALESCE(s.GrainIdExtensionString, '') = COALESCE(i.e, '')
        """;

    internal static readonly string Update = $"""
        UPDATE OrleansStorage o
        SET PayloadBinary = i.p, ModifiedOn = now() AT TIME ZONE 'utc', Version = o.Version + 1
        FROM {KeyArrays}, $8::bytea[], $9::integer[]) AS i(h, n0, n1, th, t, e, p, v), LATERAL (SELECT s.ctid AS place {Row} AND s.Version = i.v OFFSET 0) found
        WHERE o.ctid = found.place AND o.Version = i.v
        RETURNING o.GrainIdN0, o.GrainIdN1, o.GrainTypeHash, o.GrainIdExtensionString, o.Version
        """;

    internal static readonly string Select = $"""
        SELECT i.place, found.* FROM {KeyArrays}) WITH ORDINALITY AS i(h, n0, n1, th, t, e, place), LATERAL (SELECT s.Version, s.PayloadBinary {Row} OFFSET 0) found
        """;

    public int WriteLanes => options.Value.Lanes;

    public async Task<int?[]> WriteAsync(IReadOnlyList<PendingWrite> batch)
    {
        try
        {
            return await WriteAsync(batch, mayBeThere: false);
        }
        catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            // Two made the same grain, which hardly ever happens: nothing of the batch was written, and it is found out which.
            return await WriteAsync(batch, mayBeThere: true);
        }
    }

    /// <summary>Never: a row by itself is a round trip like a batch.</summary>
    public bool TryRead<TTarget>(GrainRowKey key, TTarget target, RowTaker<TTarget> take) => false;

    public async Task<(byte[]? Payload, int Version)?[]> ReadAsync(IReadOnlyList<PendingRead> batch)
    {
        await using var connection = await database.OpenWriterAsync();
        await using var command = new NpgsqlCommand(Select, connection);
        AddKeys(command.Parameters, [.. batch.Select(read => read.Key)]);
        var rows = new (byte[]? Payload, int Version)?[batch.Count];
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            rows[reader.GetInt64(0) - 1] = (reader.IsDBNull(2) ? null : reader.GetFieldValue<byte[]>(2), reader.GetInt32(1));
        }

        return rows;
    }

    private async Task<int?[]> WriteAsync(IReadOnlyList<PendingWrite> batch, bool mayBeThere)
    {
        await using var connection = await database.OpenWriterAsync();
        await using var command = new NpgsqlBatch(connection);
        // In key order, so that two batches never wait for each other's rows in a circle.
        var ordered = batch.OrderBy(write => write.Key.N0).ThenBy(write => write.Key.N1).ThenBy(write => write.Key.IdHash).ToList();
        AddWrite(command, mayBeThere ? InsertWhatIsNew : Insert, [.. ordered.Where(write => write.ExpectedVersion is null)]);
        AddWrite(command, Update, [.. ordered.Where(write => write.ExpectedVersion is not null)]);

        var versions = new Dictionary<(long, long, int, string?), int>();
        await using (var reader = await command.ExecuteReaderAsync())
        {
            do
            {
                while (await reader.ReadAsync())
                {
                    versions[ReadKey(reader)] = reader.GetInt32(4);
                }
            }
            while (await reader.NextResultAsync());
        }

        return [.. batch.Select(write => !mayBeThere && write.ExpectedVersion is null ? 1 : versions.TryGetValue(Key(write.Key), out var version) ? version : (int?)null)];
    }

    private void AddWrite(NpgsqlBatch batch, string sql, PendingWrite[] writes)
    {
        if (writes.Length == 0)
        {
            return;
        }

        var command = new NpgsqlBatchCommand(sql);
        AddKeys(command.Parameters, [.. writes.Select(write => write.Key)]);
        command.Parameters.Add(new NpgsqlParameter<byte[]?[]> { TypedValue = [.. writes.Select(write => write.Payload)], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea });
        if (ReferenceEquals(sql, Update))
        {
            command.Parameters.Add(new NpgsqlParameter<int[]> { TypedValue = [.. writes.Select(write => write.ExpectedVersion!.Value)] });
        }

        batch.BatchCommands.Add(command);
    }

    private void AddKeys(NpgsqlParameterCollection parameters, GrainRowKey[] keys)
    {
        parameters.Add(new NpgsqlParameter<string> { TypedValue = cluster.Value.ServiceId });
        parameters.Add(new NpgsqlParameter<int[]> { TypedValue = [.. keys.Select(key => key.IdHash)] });
        parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. keys.Select(key => key.N0)] });
        parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. keys.Select(key => key.N1)] });
        parameters.Add(new NpgsqlParameter<int[]> { TypedValue = [.. keys.Select(key => key.TypeHash)] });
        parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. keys.Select(key => key.Type)], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Varchar });
        parameters.Add(new NpgsqlParameter<string?[]> { TypedValue = [.. keys.Select(key => key.Extension)], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Varchar });
    }

    private static (long, long, int, string?) Key(GrainRowKey key) => (key.N0, key.N1, key.TypeHash, key.Extension);

    private static (long, long, int, string?) ReadKey(NpgsqlDataReader reader) =>
        (reader.GetInt64(0), reader.GetInt64(1), reader.GetInt32(2), reader.IsDBNull(3) ? null : reader.GetString(3));
}
