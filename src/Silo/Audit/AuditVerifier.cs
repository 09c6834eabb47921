using Dapper;
using LimoCha.Actors.Privacy;
using LimoCha.Actors.Storage;

namespace LimoCha.Actors.Audit;

/// <summary>What a verification of the audit trail found.</summary>
[NotPersonal]
public sealed record AuditVerification
{
    /// <summary>Entries read.</summary>
    public long Entries { get; init; }
    /// <summary>Anchors compared.</summary>
    public int Anchors { get; init; }
    /// <summary>What does not fit; empty when the trail is whole.</summary>
    public IReadOnlyList<string> Findings { get; init; } = [];
}

/// <summary>Reads the whole trail and finds any entry that was altered, removed or put elsewhere.</summary>
internal sealed class AuditVerifier(Database database, AuditLog log, SigningKeys signing)
{
    private const int Page = 2_000;
    private const int MostFindings = 100;

    public async Task<AuditVerification> VerifyAsync(CancellationToken cancellationToken)
    {
        List<string> findings = [];
        await using var connection = await database.OpenAsync(cancellationToken);
        var anchors = (await connection.QueryAsync<AnchorRow>($"SELECT {AnchorRow.Columns} FROM audit_anchor ORDER BY partition, seq")).ToLookup(anchor => anchor.Partition);
        long entries = 0;
        for (var partition = 0; partition < AuditPartitions.Count && findings.Count < MostFindings; partition++)
        {
            var hashes = new Dictionary<long, string>();
            var wanted = anchors[partition].Select(anchor => anchor.Seq).ToHashSet();
            var head = AuditHead.Start;
            while (true)
            {
                var page = await connection.QueryAsync<AuditRow>(new CommandDefinition(
                    $"SELECT {AuditLog.Columns} FROM audit_entry WHERE partition = @partition AND seq > @Seq ORDER BY seq LIMIT {Page}", new { partition, head.Seq }, cancellationToken: cancellationToken));
                foreach (var row in page)
                {
                    if (AuditChain.Check(head, row.Chained) is { } wrong)
                    {
                        findings.Add($"partition {partition}: {wrong}");
                    }

                    head = new(row.Seq, row.Hash);
                    if (wanted.Contains(row.Seq))
                    {
                        hashes[row.Seq] = row.Hash;
                    }
                }

                entries += page.Count;
                if (page.Count < Page || findings.Count >= MostFindings)
                {
                    break;
                }
            }

            findings.AddRange(await HeadAsync(connection, partition, head, cancellationToken));
            foreach (var anchor in anchors[partition])
            {
                if (!await signing.VerifiesAsync(anchor.Jws, cancellationToken) || !SigningKeys.PayloadOf(anchor.Jws).Contains($"\"{anchor.Hash}\"", StringComparison.Ordinal))
                {
                    findings.Add($"partition {partition}: the anchor of {anchor.Day} is not as it was signed");
                }
                else if (hashes.GetValueOrDefault(anchor.Seq) != anchor.Hash)
                {
                    findings.Add($"partition {partition}: entry {anchor.Seq} is not the one that was anchored on {anchor.Day}");
                }
            }
        }

        return new() { Entries = entries, Anchors = anchors.Sum(group => group.Count()), Findings = [.. findings.Take(MostFindings)] };
    }

    private async Task<IEnumerable<string>> HeadAsync(System.Data.Common.DbConnection connection, int partition, AuditHead end, CancellationToken cancellationToken)
    {
        var head = await connection.QuerySingleOrDefaultAsync<StoredHead>("SELECT seq, hash, mac FROM audit_head WHERE partition = @partition", new { partition });
        return (head, end.Seq) switch
        {
            (null, 0) => [],
            (null, _) => [$"partition {partition}: the head is missing"],
            _ when head.Mac != await log.MacAsync(partition, head.Seq, head.Hash, cancellationToken) => [$"partition {partition}: the head is not as it was written"],
            _ when head.Seq > end.Seq => [$"partition {partition}: entries {end.Seq + 1} to {head.Seq} are missing at the end"],
            // Entries beyond the head were written after it was read.
            _ => [],
        };
    }

    private sealed record StoredHead
    {
        public long Seq { get; init; }
        public string Hash { get; init; } = "";
        public string Mac { get; init; } = "";
    }
}
