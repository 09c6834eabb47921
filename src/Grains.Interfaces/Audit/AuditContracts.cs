using LimoCha.Actors.Privacy;

namespace LimoCha.Actors.Audit;

/// <summary>Who did what with whose data, when, why, and on which basis (E5). Ids only: no name, number or address.</summary>
[GenerateSerializer, Immutable, Alias("AuditEntry")]
public sealed record AuditEntry
{
    /// <summary>Follows from what happened, so that a repeat adds nothing.</summary>
    [Id(0)] public Guid Id { get; init; }
    /// <summary>When (UTC).</summary>
    [Id(1)] public DateTimeOffset At { get; init; }
    /// <summary>Who; the empty id is the engine itself.</summary>
    [Id(2)] public Guid ActorId { get; init; }
    /// <summary>What, like <c>customer.view</c>.</summary>
    [Id(3), NotPersonal] public string Action { get; init; } = "";
    /// <summary>Whose data; null when it is nobody's in particular.</summary>
    [Id(4)] public Guid? SubjectId { get; init; }
    /// <summary>For which purpose.</summary>
    [Id(5), NotPersonal] public string? Purpose { get; init; }
    /// <summary>Which classes of data.</summary>
    [Id(6)] public IReadOnlyList<DataClass> Classes { get; init; } = [];
    /// <summary>False when it was refused.</summary>
    [Id(7)] public bool Allowed { get; init; } = true;
    /// <summary>The legal basis, or the problem for which it was refused.</summary>
    [Id(8), NotPersonal] public string? Basis { get; init; }
    /// <summary>Who outside received it.</summary>
    [Id(9), NotPersonal] public string? Recipient { get; init; }
    /// <summary>Why, in the actor's words. May be redacted without breaking the chain, which holds its hash.</summary>
    [Id(10), Personal(DataClass.Content)] public string? Reason { get; init; }
    /// <summary>How many subjects, for lists.</summary>
    [Id(11)] public int? Count { get; init; }

    /// <inheritdoc/>
    public override string ToString() => nameof(AuditEntry);
}

/// <summary>
/// A partition of the audit trail: appends in one chain, each entry holding the hash of the one before, many callers' entries in
/// one write.
/// </summary>
[Alias("IAuditGrain")]
public interface IAuditGrain : IGrainWithIntegerKey
{
    /// <summary>Completes when the entries are durable. Entries that are there already are left as they are.</summary>
    [Alias("AppendAsync")]
    Task AppendAsync(IReadOnlyList<AuditEntry> entries, CancellationToken cancellationToken = default);
}

/// <summary>Reaches the partition of a subject.</summary>
public static class AuditPartitions
{
    /// <summary>How many chains there are. Fixed: a subject's entries are in one.</summary>
    public const int Count = 8;

    /// <summary>The partition of a subject.</summary>
    public static int Of(Guid subjectId) => subjectId.ToByteArray()[15] % Count;

    /// <summary>Appends entries about one subject (or of one actor).</summary>
    public static Task AuditAsync(this IGrainFactory grains, Guid subjectId, IEnumerable<AuditEntry> entries, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(grains);
        AuditEntry[] all = [.. entries];
        return all.Length == 0 ? Task.CompletedTask : grains.GetGrain<IAuditGrain>(Of(subjectId)).AppendAsync(all, cancellationToken);
    }
}
