using LimoCha.Actors.Consent;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Staff;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace LimoCha.Actors.Attendance;

/// <inheritdoc cref="ICheckInLocationGrain" />
[GrainType("location")]
public sealed class CheckInLocationGrain(IServiceProvider services) : DurableGrain<LocationState, LocationEvent>(LocationKind.Instance, services), ICheckInLocationGrain
{
    private readonly TimeZoneInfo zone = TimeZoneInfo.FindSystemTimeZoneById(services.GetRequiredService<IOptions<KernelOptions>>().Value.TimeZone);

    public Task<Outcome<LocationView>> CreateAsync(SaveLocation command, CallContext context, CancellationToken cancellationToken = default) =>
        ExecuteAsync(context, state => state.Made ? Refusal.Conflict("already-exists", "There is a place with this id already.") : LocationRules.Save(command, context.By), View);

    public Task<Outcome<LocationView>> ChangeAsync(SaveLocation command, CallContext context, CancellationToken cancellationToken = default) =>
        ExecuteAsync(context, state => state.Made ? LocationRules.Save(command, context.By) : Refusal.NotFound("check-in location"), View);

    public Task<Outcome<LocationView>> GetAsync(CancellationToken cancellationToken = default) =>
        Task.FromResult(Exists ? Outcome.Of(View(State, Version), Version) : Refusal.NotFound("check-in location"));

    /// <remarks>Whereabouts are sensitive (B5, F2): the person's own actor is asked for consent at the moment of use.</remarks>
    public async Task<Outcome<CheckInView>> CheckInAsync(CheckIn command, CallContext context, CancellationToken cancellationToken = default)
    {
        var user = context.By.UserId;
        if (!await GrainFactory.Grain<IUserGrain>(user).AllowsAsync(Purposes.AttendanceLocation, cancellationToken))
        {
            return Refusal.Unprocessable("consent-required", $"Checking in records where you are; it needs your consent to {Purposes.AttendanceLocation}.", "point");
        }

        var now = Instants.Now(Clock);
        return await ExecuteAsync(
            context,
            state => LocationRules.CheckIn(state, command, context.OperationId, user, now, zone),
            (state, _) => new CheckInView
            {
                Id = context.OperationId, LocationId = Id, LocationName = state.Name, UserId = user, Kind = command.Kind!.Value, At = now,
                DistanceMetres = Math.Round(Geodesy.Distance(command.Point!, state.Center), 1),
            },
            now);
    }

    public Task LeftForAsync(Guid userId, Guid locationId, DateTimeOffset at, CancellationToken cancellationToken = default) =>
        ExecuteAsync(Itself, state => LocationRules.LeftFor(state, userId, locationId, at));

    public Task<Outcome<LocationToday>> TodayAsync(CancellationToken cancellationToken = default) =>
        Task.FromResult(Exists ? Outcome.Of(LocationRules.Today(Id, State, Clock.GetUtcNow(), zone), Version) : Refusal.NotFound("check-in location"));

    private LocationView View(LocationState state, int version) => LocationProjection.View(LocationProjection.Row(Id, state, version));
}
