using System.Collections.Immutable;
using LimoCha.Actors.Kernel;

namespace LimoCha.Actors.Attendance;

/// <summary>Geofence decisions, who is present, and today's counts.</summary>
public static class LocationRules
{
    /// <summary>A device less sure of its position than this is asked to try again.</summary>
    public const double WorstAccuracyMetres = 500;

    /// <summary>Somebody who never checked out counts as gone after this.</summary>
    public static readonly TimeSpan LongestPresence = TimeSpan.FromHours(24);

    /// <summary>Makes or changes the place.</summary>
    public static Decision<LocationEvent> Save(SaveLocation command, Actor by) =>
        by.Role is not (Role.Admin or Role.Manager) ? Refusal.Forbidden("Only managers and admins change places.")
        : string.IsNullOrWhiteSpace(command.Name) ? Refusal.Invalid("name", "Name has 1 to 80 characters.")
        : command.Center is not { } center ? Refusal.Invalid("center", "Center is required.")
        : command.RadiusMetres is < 20 or > 5000 ? Refusal.Invalid("radiusMetres", "RadiusMetres is 20 to 5,000.")
        : CheckPoint(center, "center") is { } bad ? bad
        : new LocationSaved(command.Name.Trim(), command.Address, center, command.RadiusMetres);

    /// <summary>
    /// Decides on a check-in. The device's accuracy counts in its favour up to the radius itself, so that an honest
    /// device at the fence's edge is not refused, and a very unsure one gains nothing.
    /// </summary>
    public static Decision<LocationEvent> CheckIn(LocationState state, CheckIn command, Guid checkInId, Guid userId, DateTimeOffset now, TimeZoneInfo zone)
    {
        if (!state.Made)
        {
            return Refusal.NotFound("check-in location");
        }

        if (command.Point is not { } point)
        {
            return Refusal.Invalid("point", "Point is required.");
        }

        if (command.Kind is not { } kind)
        {
            return Refusal.Invalid("kind", "Kind is in or out.");
        }

        if (CheckPoint(point, "point") is { } bad)
        {
            return bad;
        }

        if (point.Accuracy > WorstAccuracyMetres)
        {
            return Refusal.Unprocessable("position-unsure", "The device is not sure enough of its position; try again outside or with Wi-Fi on.", "point.accuracy");
        }

        var distance = Geodesy.Distance(point, state.Center);
        if (distance - Math.Min(point.Accuracy ?? 0, state.RadiusMetres) > state.RadiusMetres)
        {
            return Refusal.Unprocessable("outside-geofence", $"The point is {distance:F0} m from the place, outside its {state.RadiusMetres} m geofence.", "point");
        }

        var present = IsPresent(state, userId, now);
        return (kind, present) switch
        {
            (CheckInKind.In, true) => Refusal.Conflict("already-in", "You are checked in here already."),
            (CheckInKind.Out, false) => Refusal.Conflict("not-in", "You are not checked in here."),
            _ => new CheckedIn(checkInId, userId, kind, CompanyDays.Of(now, zone), Math.Round(distance, 1), point.Accuracy, command.DeviceTime?.ToUniversalTime()),
        };
    }

    /// <summary>Somebody checked in elsewhere; nothing to do unless they were here before that.</summary>
    public static Decision<LocationEvent> LeftFor(LocationState state, Guid userId, Guid locationId, DateTimeOffset at) =>
        state.Present.TryGetValue(userId, out var since) && since < at
            ? new LeftForElsewhere(userId, locationId)
            : Decision<LocationEvent>.Nothing;

    /// <summary>The state with a fact added.</summary>
    public static LocationState Apply(LocationState state, LocationEvent fact, DateTimeOffset at) => fact switch
    {
        LocationSaved f => state with { Made = true, Name = f.Name, Address = f.Address, Center = f.Center, RadiusMetres = f.RadiusMetres },
        CheckedIn f => Count(Turn(state, f.Day, at), f, at),
        LeftForElsewhere f => state with { Present = state.Present.Remove(f.UserId) },
        _ => state,
    };

    /// <summary>Today so far.</summary>
    public static LocationToday Today(Guid id, LocationState state, DateTimeOffset now, TimeZoneInfo zone)
    {
        var today = CompanyDays.Of(now, zone);
        var counted = state.Day == today;
        return new()
        {
            LocationId = id, Day = today,
            Ins = counted ? state.Ins : 0, Outs = counted ? state.Outs : 0, People = counted ? state.People.Count : 0,
            Present = [.. state.Present.Where(p => now - p.Value < LongestPresence).OrderBy(p => p.Value).Select(p => new PresentPerson(p.Key, p.Value))],
        };
    }

    private static bool IsPresent(LocationState state, Guid userId, DateTimeOffset now) =>
        state.Present.TryGetValue(userId, out var since) && now - since < LongestPresence;

    private static LocationState Turn(LocationState state, DateOnly day, DateTimeOffset now) => state.Day == day ? state : state with
    {
        Day = day, Ins = 0, Outs = 0, People = [],
        Present = state.Present.Where(p => now - p.Value < LongestPresence).ToImmutableDictionary(),
    };

    private static LocationState Count(LocationState state, CheckedIn fact, DateTimeOffset at) => fact.Kind == CheckInKind.In
        ? state with { Ins = state.Ins + 1, People = state.People.Add(fact.UserId), Present = state.Present.SetItem(fact.UserId, at) }
        : state with { Outs = state.Outs + 1, Present = state.Present.Remove(fact.UserId) };

    /// <summary>True for coordinates that are some.</summary>
    public static bool IsOnEarth(GeoPoint point)
    {
        ArgumentNullException.ThrowIfNull(point);
        return double.IsFinite(point.Latitude) && double.IsFinite(point.Longitude)
            && point.Latitude is >= -90 and <= 90 && point.Longitude is >= -180 and <= 180;
    }

    private static Refusal? CheckPoint(GeoPoint point, string field) =>
        IsOnEarth(point)
            ? null
            : Refusal.Invalid(field, "Latitude is -90 to 90, longitude -180 to 180, in degrees.");
}
