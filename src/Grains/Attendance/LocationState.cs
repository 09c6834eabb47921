using System.Collections.Immutable;
using System.Text.Json.Serialization;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Privacy;

namespace LimoCha.Actors.Attendance;

/// <summary>A place's state: the geofence, who is there, today's counts. Bounded by the head count.</summary>
[NotPersonal]
public sealed record LocationState : StateRecord
{
    public bool Made { get; init; }
    public string Name { get; init; } = "";
    public string? Address { get; init; }
    public GeoPoint Center { get; init; } = new();
    public int RadiusMetres { get; init; }
    [JsonConverter(typeof(PackedPresence))] public ImmutableDictionary<Guid, DateTimeOffset> Present { get; init; } = ImmutableDictionary<Guid, DateTimeOffset>.Empty;

    /// <summary>The day the counts are of, in the company's zone.</summary>
    public DateOnly Day { get; init; }
    public int Ins { get; init; }
    public int Outs { get; init; }
    [JsonConverter(typeof(PackedPeople))] public ImmutableHashSet<Guid> People { get; init; } = [];
}

/// <summary>A fact about a place.</summary>
[JsonDerivedType(typeof(LocationSaved), "locationSaved")]
[JsonDerivedType(typeof(CheckedIn), "checkedIn")]
[JsonDerivedType(typeof(LeftForElsewhere), "leftForElsewhere")]
public abstract record LocationEvent;

/// <summary>It is here, with this geofence.</summary>
[NotPersonal]
public sealed record LocationSaved(string Name, string? Address, GeoPoint Center, int RadiusMetres) : LocationEvent;

/// <summary>Somebody came or went. The point itself is not kept: the distance is what the decision rested on.</summary>
[NotPersonal]
public sealed record CheckedIn(Guid CheckInId, Guid UserId, CheckInKind Kind, DateOnly Day, double DistanceMetres, double? Accuracy, DateTimeOffset? DeviceTime) : LocationEvent;

/// <summary>Somebody who was here checked in at another place.</summary>
public sealed record LeftForElsewhere(Guid UserId, Guid LocationId) : LocationEvent;
