using LimoCha.Actors.Kernel;
using LimoCha.Actors.Staff;

namespace LimoCha.Actors.Attendance;

/// <summary>Check-in places: their facts, rows, and whom they tell.</summary>
public sealed class LocationKind : EntityKind<LocationState, LocationEvent>
{
    /// <summary>The only one.</summary>
    public static readonly LocationKind Instance = new();

    private LocationKind() { }

    /// <inheritdoc />
    public override string Name => "location";

    /// <inheritdoc />
    public override LocationState Apply(LocationState state, LocationEvent fact, DateTimeOffset at) => LocationRules.Apply(state, fact, at);

    /// <inheritdoc />
    public override IReadOnlyList<IProjectedRow> Rows(Guid id, LocationState state, int version, IReadOnlyList<Committed<LocationEvent>> facts) =>
    [
        LocationProjection.Row(id, state, version),
        .. facts.Where(f => f.Event is CheckedIn).Select(f => (Fact: f, Event: (CheckedIn)f.Event)).Select(f => new CheckInRow
        {
            Id = f.Event.CheckInId, Version = f.Fact.Version, LocationId = id, UserId = f.Event.UserId, Kind = f.Event.Kind,
            At = f.Fact.At, DistanceMetres = f.Event.DistanceMetres,
        }),
    ];

    /// <summary>Each person learns where they are, so that the place they were at before can let them go.</summary>
    public override Task TellAsync(Others others, Guid id, LocationState state, int version, IReadOnlyList<Committed<LocationEvent>> facts) =>
        Task.WhenAll(facts.Where(f => f.Event is CheckedIn).Select(f =>
        {
            var fact = (CheckedIn)f.Event;
            return others.Grains.Grain<IUserGrain>(fact.UserId).PlacedAsync(id, state.Center, fact.Kind == CheckInKind.In, f.At);
        }));
}
