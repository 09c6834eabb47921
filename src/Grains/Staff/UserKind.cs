using LimoCha.Actors.Audit;
using LimoCha.Actors.Consent;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Notices;

namespace LimoCha.Actors.Staff;

/// <summary>Staff members: their facts and row.</summary>
public sealed class UserKind : EntityKind<UserState, UserEvent>
{
    /// <summary>The only one.</summary>
    public static readonly UserKind Instance = new();

    private UserKind() { }

    /// <inheritdoc />
    public override string Name => "user";

    /// <inheritdoc />
    public override UserState Apply(UserState state, UserEvent fact, DateTimeOffset at) => UserRules.Apply(state, fact, at);

    /// <inheritdoc />
    public override IReadOnlyList<IProjectedRow> Rows(Guid id, UserState state, int version, IReadOnlyList<Committed<UserEvent>> facts) =>
    [
        UserProjection.Row(id, state, version),
        // Without facts it is a recovery, and everything is said again.
        .. (facts.Count == 0 ? state.NoticesRead.Keys : facts.Select(fact => fact.Event).OfType<NoticeRead>().Select(read => read.NoticeId))
            .Where(state.NoticesRead.ContainsKey).Select(notice => NoticeProjection.Receipt(id, notice, state.NoticesRead[notice], version)),
        .. facts.Select(fact => fact.Event).OfType<UserConsentChanged>().Select(changed => changed.Receipt).OfType<ConsentReceipt>().Select(ConsentReceiptRow.Of),
    ];

    /// <summary>What of an account belongs into the audit trail: who it is, how it signs in, what it agreed to (E5).</summary>
    public override Task TellAsync(IGrainFactory grains, Guid id, UserState state, int version, IReadOnlyList<Committed<UserEvent>> facts)
    {
        ArgumentNullException.ThrowIfNull(facts);
        return grains.AuditAsync(id, facts
            .Where(fact => fact.Event is UserCreated or UserChanged or CredentialsChanged or SessionOpened or SessionElevated or SessionsEnded or UserConsentChanged)
            .Select(fact => fact.Event switch
            {
                UserConsentChanged f => AuditEntries.Of(Name, id, fact) with { Purpose = f.Flag.Purpose, Basis = f.Flag.State.ToString().ToLowerInvariant() },
                SessionsEnded f => AuditEntries.Of(Name, id, fact) with { Reason = f.Reason },
                _ => AuditEntries.Of(Name, id, fact),
            }));
    }
}
