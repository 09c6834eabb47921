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

    private readonly string serviceId = cluster.Value.ServiceId;
    private readonly SqliteRowReader inTurn = new(cluster.Value.ServiceId);
    private readonly SqliteReaders atOnce = new(database, cluster.Value.ServiceId, clock);

    public int WriteLanes => 1;

    /// <summary>How many may read at once.</summary>
    public int Readers => atOnce.Count;

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

    public bool TryRead<TTarget>(GrainRowKey key, TTarget target, RowTaker<TTarget> take) => atOnce.TryRead(key, target, take);

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
        atOnce.Dispose();
    }
}
