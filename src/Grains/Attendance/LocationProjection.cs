using LimoCha.Actors.Kernel;
using LimoCha.Actors.Privacy;

namespace LimoCha.Actors.Attendance;

/// <summary>A place in the read model, with its live counts.</summary>
[NotPersonal]
public sealed record LocationRow : IProjectedRow
{
    public Guid Id { get; init; }
    public int Version { get; init; }
    public string Name { get; init; } = "";
    public string? Address { get; init; }
    public double Latitude { get; init; }
    public double Longitude { get; init; }
    public CoordinateSystem System { get; init; }
    public int RadiusMetres { get; init; }
    public int PresentCount { get; init; }
    public string Day { get; init; } = "";
    public int Ins { get; init; }
    public int Outs { get; init; }
    public int People { get; init; }
}

/// <summary>A check-in in the read model; never changes.</summary>
public sealed record CheckInRow : IProjectedRow
{
    public Guid Id { get; init; }
    public int Version { get; init; }
    public Guid LocationId { get; init; }
    public Guid UserId { get; init; }
    public CheckInKind Kind { get; init; }
    public DateTimeOffset At { get; init; }
    public double DistanceMetres { get; init; }
}

/// <summary>A place's shapes downstream.</summary>
public static class LocationProjection
{
    /// <summary>The row of a state.</summary>
    public static LocationRow Row(Guid id, LocationState state, int version) => new()
    {
        Id = id, Version = version, Name = state.Name, Address = state.Address, Latitude = state.Center.Latitude,
        Longitude = state.Center.Longitude, System = state.Center.System, RadiusMetres = state.RadiusMetres,
        PresentCount = state.Present.Count, Day = state.Day.ToString("O", global::System.Globalization.CultureInfo.InvariantCulture),
        Ins = state.Ins, Outs = state.Outs, People = state.People.Count,
    };

    /// <summary>The answer of a row.</summary>
    public static LocationView View(LocationRow row) => new()
    {
        Id = row.Id, Version = row.Version, Name = row.Name, Address = row.Address, RadiusMetres = row.RadiusMetres,
        Center = new() { Latitude = row.Latitude, Longitude = row.Longitude, System = row.System },
    };
}
