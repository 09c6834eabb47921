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
        .. facts.Where(fact => fact.Event is RiskRaised).Select(fact => RiskSignalRow.Of(id, fact)),
        .. facts.Select(fact => fact.Event).OfType<UserConsentChanged>().Select(changed => changed.Receipt).OfType<ConsentReceipt>().Select(ConsentReceiptRow.Of),
    ];

    /// <summary>What of an account belongs into the audit trail: who it is, how it signs in, what it agreed to (E5).</summary>
    public override Task TellAsync(Others others, Guid id, UserState state, int version, IReadOnlyList<Committed<UserEvent>> facts)
    {
        ArgumentNullException.ThrowIfNull(facts);
        return others.Grains.AuditAsync(id, facts
            .Where(fact => fact.Event is UserCreated or UserChanged or CredentialsChanged or SessionOpened or SessionElevated or SessionsEnded or UserConsentChanged or RiskRaised or RealNameRecorded or UserDataUsed)
            .Select(fact => fact.Event switch
            {
                UserConsentChanged f => AuditEntries.Of(Name, id, fact) with { Purpose = f.Flag.Purpose, Basis = f.Flag.State.ToString().ToLowerInvariant() },
                RiskRaised f => AuditEntries.Of(Name, id, fact) with { Purpose = Purposes.AccountSecurity, Basis = f.Kind.ToString(), Allowed = !f.Challenge },
                UserDataUsed f => AuditEntries.Used(AuditEntries.Of(Name, id, fact), Name, f.Use, f.Decision),
                SessionsEnded f => AuditEntries.Of(Name, id, fact) with { Reason = f.Reason },
                _ => AuditEntries.Of(Name, id, fact),
            }));
    }
}

/// <summary>A risk signal in the read model.</summary>
public sealed record RiskSignalRow : IProjectedRow
{
    public Guid Id { get; init; }
    public int Version { get; init; }
    public Guid UserId { get; init; }
    public RiskKind Kind { get; init; }
    public Guid? SessionId { get; init; }
    public bool Challenged { get; init; }
    public DateTimeOffset At { get; init; }

    /// <summary>The row of a fact.</summary>
    internal static RiskSignalRow Of(Guid userId, Committed<UserEvent> fact)
    {
        var raised = (RiskRaised)fact.Event;
        return new()
        {
            Id = Ids.Derived(fact.At, userId, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"risk/{fact.Version}/{fact.Seq}")), Version = 1, UserId = userId, Kind = raised.Kind, SessionId = raised.SessionId,
            Challenged = raised.Challenge, At = fact.At,
        };
    }
}
