using Dapper;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.ReadModel;
using LimoCha.Actors.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace LimoCha.Actors.Attendance;

/// <summary>A list of check-ins.</summary>
public sealed class CheckInFilter
{
    /// <summary>At this place.</summary>
    [FromQuery(Name = "locationId")] public Guid? LocationId { get; init; }
    /// <summary>Of this person; the caller's own for staff.</summary>
    [FromQuery(Name = "userId")] public Guid? UserId { get; init; }
    /// <summary>From this instant on (UTC).</summary>
    [FromQuery(Name = "from")] public DateTimeOffset? From { get; init; }
    /// <summary>Before this instant (UTC).</summary>
    [FromQuery(Name = "to")] public DateTimeOffset? To { get; init; }
}

/// <summary>Finds the place a check-in belongs to, for the API and the phone page alike.</summary>
public sealed class CheckInService(IGrainFactory grains, Database database)
{
    /// <summary>Checks in at the named place, or at the nearest one whose geofence holds the point.</summary>
    public async Task<Outcome<CheckInView>> CheckInAsync(CheckIn command, CallContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(command);
        var place = command.LocationId ?? await NearestAsync(command.Point!, cancellationToken);
        return place is { } id
            ? await grains.Grain<ICheckInLocationGrain>(id).CheckInAsync(command, context, cancellationToken)
            : Refusal.Unprocessable("no-place-here", "There is no check-in place whose geofence holds this point.", "point");
    }

    private async Task<Guid?> NearestAsync(GeoPoint point, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var places = await connection.QueryAsync<LocationRow>($"SELECT {ReadTables.Location.Columns} FROM check_in_location");
        return places.Select(row => (row.Id, row.RadiusMetres, Distance: Geodesy.Distance(point, LocationProjection.View(row).Center)))
            .Where(place => place.Distance - Math.Min(point.Accuracy ?? 0, place.RadiusMetres) <= place.RadiusMetres)
            .OrderBy(place => place.Distance).Select(place => (Guid?)place.Id).FirstOrDefault();
    }
}

/// <summary>Places and check-ins: /check-in-locations, /check-ins.</summary>
public static class AttendanceApi
{
    private static readonly Dictionary<string, SortKey<LocationRow>> LocationSorts = new() { ["name"] = new("name", row => row.Name) };

    private static readonly Dictionary<string, SortKey<CheckInRow>> CheckInSorts = new() { ["at"] = new("at", row => row.At) };

    /// <summary>Maps the paths.</summary>
    public static RouteGroupBuilder MapAttendanceApi(this RouteGroupBuilder api)
    {
        var locations = api.MapGroup("/check-in-locations").WithTags("Attendance").RequireAuthorization(Policies.Staff);
        locations.MapPost("", CreateAsync).RequireAuthorization(Policies.Manager).WithSummary("Makes a check-in place with its geofence.");
        locations.MapGet("", ListAsync).WithSummary("The places.");
        locations.MapGet("/{id:guid}", GetAsync).WithSummary("A place.");
        locations.MapPut("/{id:guid}", ChangeAsync).RequireAuthorization(Policies.Manager).WithSummary("Changes a place.");
        locations.MapGet("/{id:guid}/today", TodayAsync).RequireAuthorization(Policies.Manager).WithSummary("Who is there now and today's counts, exact as of this moment.");

        var checkIns = api.MapGroup("/check-ins").WithTags("Attendance").RequireAuthorization(Policies.Staff);
        checkIns.MapPost("", CheckInAsync).WithSummary("Checks in or out (打卡签到); needs the caller's consent to attendance.location.");
        checkIns.MapGet("", ListCheckInsAsync).WithSummary("Check-ins: own for staff, the department's for managers.");
        return api;
    }

    private static async Task<Results<Created<LocationView>, ProblemHttpResult>> CreateAsync(SaveLocation command, Call call, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        (await grains.Grain<ICheckInLocationGrain>(call.NewId()).CreateAsync(command, call.Context, cancellationToken)).Created(context, place => $"/api/v1/check-in-locations/{place.Id}");

    private static async Task<Results<Ok<Page<LocationView>>, ProblemHttpResult>> ListAsync([AsParameters] ListRequest request, HttpContext context, Database database, TimeProvider clock, CancellationToken cancellationToken) =>
        (await new ListQuery<LocationRow>(database, "check_in_location", ReadTables.Location.Columns, LocationSorts).Search(request.Q, "name", "address")
            .ReadAsync(request, "name", LocationProjection.View, clock, cancellationToken)).Ok(context);

    private static async Task<Results<Ok<LocationView>, ProblemHttpResult>> GetAsync(Guid id, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        (await grains.Grain<ICheckInLocationGrain>(id).GetAsync(cancellationToken)).Ok(context);

    private static async Task<Results<Ok<LocationView>, ProblemHttpResult>> ChangeAsync(Guid id, SaveLocation command, Call call, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        (await grains.Grain<ICheckInLocationGrain>(id).ChangeAsync(command, call.Context, cancellationToken)).Ok(context);

    private static async Task<Results<Ok<LocationToday>, ProblemHttpResult>> TodayAsync(Guid id, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        (await grains.Grain<ICheckInLocationGrain>(id).TodayAsync(cancellationToken)).Ok(context);

    private static async Task<Results<Created<CheckInView>, ProblemHttpResult>> CheckInAsync(CheckIn command, Call call, HttpContext context, CheckInService service, CancellationToken cancellationToken) =>
        (await service.CheckInAsync(command, call.Context, cancellationToken)).Created(context, checkIn => $"/api/v1/check-ins?userId={checkIn.UserId}");

    private static async Task<Results<Ok<Page<CheckInView>>, ProblemHttpResult>> ListCheckInsAsync(
        [AsParameters] CheckInFilter filter, [AsParameters] ListRequest request, Call call, HttpContext context, Database database, TimeProvider clock, CancellationToken cancellationToken)
    {
        var query = new ListQuery<CheckInRow>(database, "check_in", ReadTables.CheckIn.Columns, CheckInSorts)
            .WhereIf(filter.LocationId, "location_id = @locationId", "locationId")
            .WhereIf(filter.UserId, "user_id = @userId", "userId")
            .WhereIf(filter.From, "at >= @from", "from")
            .WhereIf(filter.To, "at < @to", "to");
        if (call.By is { Role: Role.Manager, DepartmentId: { } department })
        {
            query.Where("user_id IN (SELECT id FROM staff_user WHERE department_id = @mine)", "mine", department);
        }
        else if (!call.By.SeesAll)
        {
            query.Where("user_id = @me", "me", call.By.UserId);
        }

        return (await query.ReadAsync(request, "-at", View, clock, cancellationToken)).Ok(context);
    }

    private static CheckInView View(CheckInRow row) => new()
    {
        Id = row.Id, LocationId = row.LocationId, UserId = row.UserId, Kind = row.Kind, At = row.At, DistanceMetres = row.DistanceMetres,
    };
}
