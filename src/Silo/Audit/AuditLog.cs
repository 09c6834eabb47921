using System.Data.Common;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using LimoCha.Actors.Privacy;
using LimoCha.Actors.Storage;

namespace LimoCha.Actors.Audit;

/// <summary>An entry as the database keeps it.</summary>
public sealed record AuditRow
{
    public int Partition { get; init; }
    public long Seq { get; init; }
    public Guid Id { get; init; }
    public DateTimeOffset At { get; init; }
    public Guid ActorId { get; init; }
    [NotPersonal] public string Action { get; init; } = "";
    public Guid? SubjectId { get; init; }
    [NotPersonal] public string? Purpose { get; init; }
    [NotPersonal] public string Classes { get; init; } = "";
    public bool Allowed { get; init; }
    [NotPersonal] public string? Basis { get; init; }
    [NotPersonal] public string? Recipient { get; init; }
    [Personal(DataClass.Content)] public string? Reason { get; init; }
    [NotPersonal] public string? ReasonHash { get; init; }
    public int? Subjects { get; init; }
    [NotPersonal] public string Hash { get; init; } = "";

    /// <summary>The entry at its place.</summary>
    public ChainedEntry Chained => new(Seq, Entry, ReasonHash, Hash);

    /// <summary>The entry.</summary>
    public AuditEntry Entry => new()
    {
        Id = Id, At = At, ActorId = ActorId, Action = Action, SubjectId = SubjectId, Purpose = Purpose, Allowed = Allowed, Basis = Basis, Recipient = Recipient, Reason = Reason, Count = Subjects,
        Classes = [.. Classes.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(Enum.Parse<DataClass>)],
    };
}

/// <inheritdoc cref="IAuditLog" />
/// <remarks>
/// The table takes inserts only (a trigger refuses everything else but the redaction of a reason). A head a partition, under a MAC
/// of the deployment, shows when entries at the end are missing.
/// </remarks>
internal sealed class AuditLog(Database database, ISubjectKeys keys) : IAuditLog
{
    public const string Columns = "partition, seq, id, at, actor_id, action, subject_id, purpose, classes, allowed, basis, recipient, reason, reason_hash, subjects, hash";
    private const string HeadMoves = "ON CONFLICT (partition) DO UPDATE SET seq = excluded.seq, hash = excluded.hash, mac = excluded.mac";
    private const string MacKey = "audit-head/1";

    public async Task<AuditHead> HeadAsync(int partition, CancellationToken cancellationToken = default)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return await connection.QuerySingleOrDefaultAsync<HeadRow>(new CommandDefinition(
            "SELECT seq, hash FROM audit_entry WHERE partition = @partition ORDER BY seq DESC LIMIT 1", new { partition }, cancellationToken: cancellationToken)) is { } row
            ? new(row.Seq, row.Hash)
            : AuditHead.Start;
    }

    public async Task<IReadOnlySet<Guid>> KnownAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken = default)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return (await connection.QueryAsync<Guid>(new CommandDefinition($"SELECT id FROM audit_entry WHERE {database.In("id", "ids")}", database.Keys("ids", ids), cancellationToken: cancellationToken))).ToHashSet();
    }

    public async Task AppendAsync(int partition, IReadOnlyList<ChainedEntry> entries, CancellationToken cancellationToken = default)
    {
        var last = entries[^1];
        var mac = await MacAsync(partition, last.Seq, last.Hash, cancellationToken);
        AuditRow[] rows = [.. entries.Select(entry => Row(partition, entry))];
        await database.WriteAsync(
            async connection =>
            {
                if (database.Kind == DatabaseKind.PostgreSql)
                {
                    return await AppendAsync(connection, rows, mac, cancellationToken);
                }

                await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
                await connection.ExecuteAsync(new CommandDefinition(
                    $"""
                    INSERT INTO audit_entry ({Columns})
                    VALUES (@Partition, @Seq, @Id, @At, @ActorId, @Action, @SubjectId, @Purpose, @Classes, @Allowed, @Basis, @Recipient, @Reason, @ReasonHash, @Subjects, @Hash)
                    """, rows, transaction, cancellationToken: cancellationToken));
                await connection.ExecuteAsync(new CommandDefinition($"INSERT INTO audit_head (partition, seq, hash, mac) VALUES (@partition, @Seq, @Hash, @mac) {HeadMoves}", new { partition, last.Seq, last.Hash, mac }, transaction, cancellationToken: cancellationToken));
                await transaction.CommitAsync(cancellationToken);
                return 0;
            }, cancellationToken);
    }

    /// <summary>Entries and head in one statement, which is its own transaction: one round trip a batch.</summary>
    private static Task<int> AppendAsync(DbConnection connection, AuditRow[] rows, string mac, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(new CommandDefinition(
            $"""
            WITH entry AS (
                INSERT INTO audit_entry ({Columns})
                SELECT @partition, * FROM unnest(@seqs::bigint[], @ids::uuid[], @ats::timestamptz[], @actors::uuid[], @actions::text[], @subjects::uuid[], @purposes::text[], @classes::text[],
                    @allowed::boolean[], @bases::text[], @recipients::text[], @reasons::text[], @reasonHashes::text[], @counts::integer[], @hashes::text[]))
            INSERT INTO audit_head (partition, seq, hash, mac) VALUES (@partition, @seq, @hash, @mac) {HeadMoves}
            """,
            new
            {
                partition = rows[0].Partition, seqs = Array.ConvertAll(rows, row => row.Seq), ids = Array.ConvertAll(rows, row => row.Id), ats = Array.ConvertAll(rows, row => row.At.UtcDateTime),
                actors = Array.ConvertAll(rows, row => row.ActorId), actions = Array.ConvertAll(rows, row => row.Action), subjects = Array.ConvertAll(rows, row => row.SubjectId),
                purposes = Array.ConvertAll(rows, row => row.Purpose), classes = Array.ConvertAll(rows, row => row.Classes), allowed = Array.ConvertAll(rows, row => row.Allowed),
                bases = Array.ConvertAll(rows, row => row.Basis), recipients = Array.ConvertAll(rows, row => row.Recipient), reasons = Array.ConvertAll(rows, row => row.Reason),
                reasonHashes = Array.ConvertAll(rows, row => row.ReasonHash), counts = Array.ConvertAll(rows, row => row.Subjects), hashes = Array.ConvertAll(rows, row => row.Hash),
                seq = rows[^1].Seq, hash = rows[^1].Hash, mac,
            }, cancellationToken: cancellationToken));

    /// <summary>What a head is authenticated with.</summary>
    public async Task<string> MacAsync(int partition, long seq, string hash, CancellationToken cancellationToken)
    {
        var key = await keys.DeploymentKeyAsync(MacKey, cancellationToken);
        return Convert.ToHexStringLower(HMACSHA256.HashData(key.Bytes, Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{partition}/{seq}/{hash}"))));
    }

    private static AuditRow Row(int partition, ChainedEntry chained) => new()
    {
        Partition = partition, Seq = chained.Seq, Id = chained.Entry.Id, At = chained.Entry.At, ActorId = chained.Entry.ActorId, Action = chained.Entry.Action, SubjectId = chained.Entry.SubjectId,
        Purpose = chained.Entry.Purpose, Classes = string.Join(',', chained.Entry.Classes), Allowed = chained.Entry.Allowed, Basis = chained.Entry.Basis, Recipient = chained.Entry.Recipient,
        Reason = chained.Entry.Reason, ReasonHash = chained.ReasonHash, Subjects = chained.Entry.Count, Hash = chained.Hash,
    };

    private sealed record HeadRow
    {
        public long Seq { get; init; }
        public string Hash { get; init; } = "";
    }
}
