using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using LimoCha.Actors.Consent;
using LimoCha.Actors.Kernel;

namespace LimoCha.Actors.Audit;

/// <summary>An entry at its place in the chain.</summary>
/// <param name="Seq">1, 2, 3, … in its partition, without gaps.</param>
/// <param name="Entry">The entry.</param>
/// <param name="ReasonHash">SHA-256 of the reason, hexadecimal; null when there is none.</param>
/// <param name="Hash">SHA-256 over everything and the hash of the entry before, hexadecimal.</param>
public sealed record ChainedEntry(long Seq, AuditEntry Entry, string? ReasonHash, string Hash);

/// <summary>The end of a chain.</summary>
public sealed record AuditHead(long Seq, string Hash)
{
    /// <summary>The end of a chain that has not begun.</summary>
    public static readonly AuditHead Start = new(0, "");
}

/// <summary>The hash chain of the audit trail: what is altered, removed or put elsewhere does not fit any more.</summary>
public static class AuditChain
{
    /// <summary>Links entries to the end of a chain.</summary>
    public static IReadOnlyList<ChainedEntry> Link(AuditHead head, IEnumerable<AuditEntry> entries)
    {
        ArgumentNullException.ThrowIfNull(head);
        ArgumentNullException.ThrowIfNull(entries);
        List<ChainedEntry> linked = [];
        foreach (var entry in entries)
        {
            // What the databases keep of an instant.
            var kept = entry with { At = new(entry.At.UtcTicks - entry.At.UtcTicks % 10, TimeSpan.Zero) };
            var reason = ReasonHash(kept.Reason);
            var hash = Hash(head.Seq + 1, kept, reason, head.Hash);
            linked.Add(new(head.Seq + 1, kept, reason, hash));
            head = new(head.Seq + 1, hash);
        }

        return linked;
    }

    /// <summary>What is wrong with an entry that should follow; null when nothing is.</summary>
    public static string? Check(AuditHead before, ChainedEntry next)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(next);
        return next.Seq != before.Seq + 1 ? $"entry {before.Seq + 1} is missing; the next one is {next.Seq}"
            : next.Entry.Reason is not null && ReasonHash(next.Entry.Reason) != next.ReasonHash ? $"the reason of entry {next.Seq} is not the one that was written"
            : Hash(next.Seq, next.Entry, next.ReasonHash, before.Hash) != next.Hash ? $"entry {next.Seq} is not as it was written, or not in its place"
            : null;
    }

    private static string? ReasonHash(string? reason) => reason is null ? null : Hex(reason);

    private static string Hash(long seq, AuditEntry entry, string? reasonHash, string before)
    {
        string?[] parts =
        [
            seq.ToString(CultureInfo.InvariantCulture), entry.Id.ToString(), entry.At.UtcTicks.ToString(CultureInfo.InvariantCulture), entry.ActorId.ToString(), entry.Action,
            entry.SubjectId?.ToString(), entry.Purpose, string.Join(',', entry.Classes), entry.Allowed ? "1" : "0", entry.Basis, entry.Recipient, reasonHash,
            entry.Count?.ToString(CultureInfo.InvariantCulture), before,
        ];
        // Each part with its length, so that no two entries give the same text.
        return Hex(string.Concat(parts.Select(part => part is null ? "-" : $"{part.Length}:{part}")));
    }

    private static string Hex(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}

/// <summary>Where the audit trail is kept.</summary>
public interface IAuditLog
{
    /// <summary>The end of a partition's chain.</summary>
    Task<AuditHead> HeadAsync(int partition, CancellationToken cancellationToken = default);

    /// <summary>Those of these entries that are there already.</summary>
    Task<IReadOnlySet<Guid>> KnownAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken = default);

    /// <summary>Appends in one transaction; fails when somebody else has appended meanwhile.</summary>
    Task AppendAsync(int partition, IReadOnlyList<ChainedEntry> entries, CancellationToken cancellationToken = default);
}

/// <summary>Makes audit entries of facts.</summary>
public static class AuditEntries
{
    /// <summary>The entry of a fact: its id follows from the fact's place, its action from the fact's name.</summary>
    public static AuditEntry Of<TEvent>(string kind, Guid id, Committed<TEvent> fact)
        where TEvent : class
    {
        ArgumentNullException.ThrowIfNull(fact);
        var name = fact.Event.GetType().Name;
        var prefix = kind.Replace("-", "", StringComparison.Ordinal);
        name = name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) ? name[prefix.Length..] : name;
        return new()
        {
            Id = Ids.Derived(fact.At, id, string.Create(CultureInfo.InvariantCulture, $"audit/{fact.Version}/{fact.Seq}")), At = fact.At, ActorId = fact.By,
            Action = $"{kind}.{System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(name)}", SubjectId = id,
        };
    }

    /// <summary>The entry of a use of a person's data, with its decision.</summary>
    public static AuditEntry Used(AuditEntry entry, string kind, DataUse use, UseDecision decision)
    {
        ArgumentNullException.ThrowIfNull(entry);
        ArgumentNullException.ThrowIfNull(use);
        ArgumentNullException.ThrowIfNull(decision);
        return entry with
        {
            Action = $"{kind}.{use.Kind.ToString().ToLowerInvariant()}", Purpose = use.Purpose, Classes = decision.Classes, Recipient = use.Recipient,
            Reason = use.Fields is { Count: > 0 } fields ? $"{string.Join(',', fields)} {use.Reason}".Trim() : use.Reason, Allowed = decision.Allowed, Basis = decision.Basis ?? decision.Problem,
        };
    }
}
