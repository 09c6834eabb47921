using CsCheck;
using LimoCha.Actors.Audit;
using LimoCha.Actors.Privacy;

namespace LimoCha.Actors.Unit.Audit;

/// <summary>E5: the audit trail cannot be altered unnoticed.</summary>
public sealed class AuditChainTests
{
    private static readonly Func<ChainedEntry, ChainedEntry>[] Alterations =
    [
        entry => entry with { Entry = entry.Entry with { ActorId = Guid.NewGuid() } },
        entry => entry with { Entry = entry.Entry with { At = entry.Entry.At.AddSeconds(1) } },
        entry => entry with { Entry = entry.Entry with { Action = "customer.delete" } },
        entry => entry with { Entry = entry.Entry with { SubjectId = null } },
        entry => entry with { Entry = entry.Entry with { Allowed = !entry.Entry.Allowed } },
        entry => entry with { Entry = entry.Entry with { Classes = [] } },
        entry => entry with { Entry = entry.Entry with { Purpose = "x", Basis = null } },
        entry => entry with { Entry = entry.Entry with { Reason = "another" } },
        entry => entry with { ReasonHash = new('0', 64) },
        entry => entry with { Hash = new('0', 64) },
    ];

    [Fact]
    public void E5_a_whole_chain_has_no_finding_and_a_redacted_reason_breaks_nothing()
    {
        var chain = Chain(20);
        Findings(chain).Should().BeEmpty();
        Findings([.. chain.Select(entry => entry with { Entry = entry.Entry with { Reason = null } })]).Should().BeEmpty();
    }

    [Fact]
    public void E5_any_altered_removed_or_moved_entry_is_found() =>
        Gen.Select(Gen.Int[0, 18], Gen.Int[0, Alterations.Length + 1]).Sample((at, how) =>
        {
            var chain = Chain(20).ToList();
            if (how < Alterations.Length)
            {
                chain[at] = Alterations[how](chain[at]);
            }
            else if (how == Alterations.Length)
            {
                chain.RemoveAt(at);
            }
            else
            {
                (chain[at], chain[at + 1]) = (chain[at + 1] with { Seq = chain[at].Seq }, chain[at] with { Seq = chain[at + 1].Seq });
            }

            Findings(chain).Should().NotBeEmpty("alteration {0} at {1}", how, at);
        });

    private static IReadOnlyList<ChainedEntry> Chain(int count) => AuditChain.Link(AuditHead.Start, Enumerable.Range(0, count).Select(i => new AuditEntry
    {
        Id = Guid.CreateVersion7(), At = DateTimeOffset.UnixEpoch.AddSeconds(i), ActorId = Guid.NewGuid(), Action = "customer.view", SubjectId = Guid.NewGuid(), Purpose = "customer.contact",
        Classes = [DataClass.Contact], Basis = "consent", Reason = $"call {i}",
    }));

    private static List<string> Findings(IReadOnlyList<ChainedEntry> chain)
    {
        List<string> findings = [];
        var head = AuditHead.Start;
        foreach (var entry in chain)
        {
            if (AuditChain.Check(head, entry) is { } wrong)
            {
                findings.Add(wrong);
            }

            head = new(entry.Seq, entry.Hash);
        }

        return findings;
    }
}
