using LimoCha.Actors.Attendance;
using LimoCha.Actors.Consent;
using LimoCha.Actors.Devices;
using LimoCha.Actors.Kernel;

namespace LimoCha.Actors.Staff;

/// <summary>Where the person is: the place they are checked in at, and what they share under consent. In memory only.</summary>
public sealed partial class UserGrain
{
    /// <summary>A location is of use, and kept, for so long.</summary>
    private static readonly TimeSpan LocationKept = TimeSpan.FromMinutes(30);

    public async Task PlacedAsync(Guid locationId, GeoPoint center, bool present, DateTimeOffset at, CancellationToken cancellationToken = default)
    {
        await WatchTravelAsync(new(Geodesy.ToWgs84(center), locationId, at), cancellationToken);
        var before = place;
        if (before is { } known && known.LocationId != locationId)
        {
            var (left, entered, when) = known.At <= at ? (known.LocationId, locationId, at) : (locationId, known.LocationId, known.At);
            if (present || known.At > at)
            {
                await GrainFactory.Grain<ICheckInLocationGrain>(left).LeftForAsync(Id, entered, when, cancellationToken);
            }
        }

        if (before is null || before.Value.At <= at)
        {
            place = present ? (locationId, at) : before?.LocationId == locationId ? null : before;
        }
    }

    public async Task<Outcome<Whereabouts>> LocateAsync(GeoPoint point, DateTimeOffset at, CancellationToken cancellationToken = default)
    {
        var now = Clock.GetUtcNow();
        if (!LocationRules.IsOnEarth(point))
        {
            return Refusal.Invalid("point", "Latitude is -90 to 90, longitude -180 to 180, in degrees.");
        }

        // The device's clock is not trusted: nothing comes from the future, and what is old is not new.
        var when = at > now ? now : at.ToUniversalTime();
        var here = new Whereabouts(Geodesy.ToWgs84(point), null, when);
        await WatchTravelAsync(here, cancellationToken);
        if (!await AllowsAsync(Purposes.DispatchLocation, cancellationToken))
        {
            return Refusal.Unprocessable("consent-required", $"Your location is looked at only under your consent to {Purposes.DispatchLocation}.", "point");
        }

        if (now - when < LocationKept && (this.point is null || this.point.At <= when))
        {
            this.point = here;
        }

        return Outcome.Of(new Whereabouts(null, null, when), Version);
    }

    public async Task<Whereabouts?> WhereAsync(CancellationToken cancellationToken = default)
    {
        var now = Clock.GetUtcNow();
        if (!await AllowsAsync(Purposes.DispatchLocation, cancellationToken))
        {
            return null;
        }

        point = point is { } known && now - known.At < LocationKept ? known : null;
        return point ?? (place is { } at && CompanyDays.Of(at.At, Zone) == CompanyDays.Of(now, Zone) ? new Whereabouts(null, at.LocationId, at.At) : null);
    }
}
