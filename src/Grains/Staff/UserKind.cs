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
    ];
}
