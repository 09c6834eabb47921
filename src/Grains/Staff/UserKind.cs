using LimoCha.Actors.Kernel;

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
        [UserProjection.Row(id, state, version)];
}
