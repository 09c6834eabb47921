using System.ComponentModel.DataAnnotations;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Privacy;

namespace LimoCha.Actors.Attendance;

/// <summary>Which datum a pair of coordinates is in.</summary>
public enum CoordinateSystem
{
    /// <summary>GPS and browsers.</summary>
    Wgs84 = 0,
    /// <summary>AMap and Tencent (GB 20263-2006's encryption).</summary>
    Gcj02 = 1,
    /// <summary>Baidu.</summary>
    Bd09 = 2,
}

/// <summary>A point on the ground.</summary>
[GenerateSerializer, Immutable, Alias("GeoPoint")]
public sealed record GeoPoint
{
    /// <summary>Degrees, −90 to 90.</summary>
    [Id(0), Range(-90d, 90d)] public double Latitude { get; init; }
    /// <summary>Degrees, −180 to 180.</summary>
    [Id(1), Range(-180d, 180d)] public double Longitude { get; init; }
    /// <summary>The datum; WGS-84 when left out.</summary>
    [Id(2), EnumDataType(typeof(CoordinateSystem))] public CoordinateSystem System { get; init; }
    /// <summary>Radius of 68 % confidence in metres, as the device says.</summary>
    [Id(3), Range(0d, 100_000d)] public double? Accuracy { get; init; }
}

/// <summary>Coming or going.</summary>
public enum CheckInKind
{
    /// <summary>签到.</summary>
    In = 0,
    /// <summary>签退.</summary>
    Out = 1,
}

/// <summary>Makes or changes a place.</summary>
[GenerateSerializer, Immutable, Alias("SaveLocation")]
[NotPersonal]
public sealed record SaveLocation
{
    /// <summary>1 to 80 characters.</summary>
    [Id(0), Required, StringLength(80, MinimumLength = 1)] public string Name { get; init; } = "";
    /// <summary>At most 200 characters.</summary>
    [Id(1), StringLength(200)] public string? Address { get; init; }
    /// <summary>The centre of the geofence.</summary>
    [Id(2), Required] public GeoPoint? Center { get; init; }
    /// <summary>The geofence's radius in metres, 20 to 5,000.</summary>
    [Id(3), Range(20, 5000)] public int RadiusMetres { get; init; } = 200;
}

/// <summary>A check-in (打卡签到) as a device sends it.</summary>
[GenerateSerializer, Immutable, Alias("CheckIn")]
public sealed record CheckIn
{
    /// <summary>In or out.</summary>
    [Id(0), Required, EnumDataType(typeof(CheckInKind))] public CheckInKind? Kind { get; init; }
    /// <summary>Where the device is.</summary>
    [Id(1), Required, Personal(DataClass.Whereabouts)] public GeoPoint? Point { get; init; }
    /// <summary>The place; the nearest one whose geofence holds the point when left out.</summary>
    [Id(2)] public Guid? LocationId { get; init; }
    /// <summary>The device's own clock; recorded, never trusted.</summary>
    [Id(3)] public DateTimeOffset? DeviceTime { get; init; }

    /// <inheritdoc/>
    public override string ToString() => nameof(CheckIn);
}

/// <summary>A check-in that was accepted.</summary>
[GenerateSerializer, Immutable, Alias("CheckInView")]
[NotPersonal]
public sealed record CheckInView
{
    /// <summary>UUIDv7.</summary>
    [Id(0)] public Guid Id { get; init; }
    /// <summary>The place.</summary>
    [Id(1)] public Guid LocationId { get; init; }
    /// <summary>The place's name.</summary>
    [Id(2)] public string LocationName { get; init; } = "";
    /// <summary>Who.</summary>
    [Id(3)] public Guid UserId { get; init; }
    /// <summary>In or out.</summary>
    [Id(4)] public CheckInKind Kind { get; init; }
    /// <summary>When, by the server's clock (UTC).</summary>
    [Id(5)] public DateTimeOffset At { get; init; }
    /// <summary>Metres between the point and the centre of the geofence.</summary>
    [Id(6)] public double DistanceMetres { get; init; }
}

/// <summary>Somebody who is at a place.</summary>
[GenerateSerializer, Immutable, Alias("PresentPerson")]
public sealed record PresentPerson(
    [property: Id(0)] Guid UserId,
    [property: Id(1)] DateTimeOffset Since);

/// <summary>A place.</summary>
[GenerateSerializer, Immutable, Alias("LocationView")]
[NotPersonal]
public sealed record LocationView
{
    /// <summary>UUIDv7.</summary>
    [Id(0)] public Guid Id { get; init; }
    /// <summary>Grows with each change; the ETag.</summary>
    [Id(1)] public int Version { get; init; }
    /// <summary>Its name.</summary>
    [Id(2)] public string Name { get; init; } = "";
    /// <summary>Its address.</summary>
    [Id(3)] public string? Address { get; init; }
    /// <summary>The centre of the geofence.</summary>
    [Id(4)] public GeoPoint Center { get; init; } = new();
    /// <summary>The geofence's radius in metres.</summary>
    [Id(5)] public int RadiusMetres { get; init; }
}

/// <summary>A place's attendance today, in the company's time zone.</summary>
[GenerateSerializer, Immutable, Alias("LocationToday")]
[NotPersonal]
public sealed record LocationToday
{
    /// <summary>The place.</summary>
    [Id(0)] public Guid LocationId { get; init; }
    /// <summary>The day, in the company's zone.</summary>
    [Id(1)] public DateOnly Day { get; init; }
    /// <summary>Check-ins (in) so far.</summary>
    [Id(2)] public int Ins { get; init; }
    /// <summary>Check-outs so far.</summary>
    [Id(3)] public int Outs { get; init; }
    /// <summary>Different people who checked in so far.</summary>
    [Id(4)] public int People { get; init; }
    /// <summary>Who is there now.</summary>
    [Id(5)] public IReadOnlyList<PresentPerson> Present { get; init; } = [];
}

/// <summary>A check-in place: its geofence, who is there now, today's counts; live and exact.</summary>
[Alias("ICheckInLocationGrain")]
public interface ICheckInLocationGrain : IDurableGrain
{
    /// <summary>Makes the place under the grain's key.</summary>
    [Alias("CreateAsync")]
    Task<Outcome<LocationView>> CreateAsync(SaveLocation command, CallContext context, CancellationToken cancellationToken = default);

    /// <summary>Changes the place.</summary>
    [Alias("ChangeAsync")]
    Task<Outcome<LocationView>> ChangeAsync(SaveLocation command, CallContext context, CancellationToken cancellationToken = default);

    /// <summary>The place.</summary>
    [Alias("GetAsync")]
    Task<Outcome<LocationView>> GetAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Somebody checks in or out. Many may be in flight: those that wait while a write is under way share the next one.
    /// </summary>
    [Alias("CheckInAsync"), Orleans.Concurrency.AlwaysInterleave]
    Task<Outcome<CheckInView>> CheckInAsync(CheckIn command, CallContext context, CancellationToken cancellationToken = default);

    /// <summary>Somebody who was here has checked in elsewhere at that time. Repeating it changes nothing.</summary>
    [Alias("LeftForAsync")]
    Task LeftForAsync(Guid userId, Guid locationId, DateTimeOffset at, CancellationToken cancellationToken = default);

    /// <summary>Today so far.</summary>
    [Alias("TodayAsync")]
    Task<Outcome<LocationToday>> TodayAsync(CancellationToken cancellationToken = default);
}
