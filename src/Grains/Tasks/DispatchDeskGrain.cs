using LimoCha.Actors.Attendance;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Staff;
using Orleans.Configuration;

namespace LimoCha.Actors.Tasks;

/// <inheritdoc cref="IDispatchDeskGrain" />
/// <remarks>
/// The read model lags by a batch, so what this desk chose counts on top of it until the read model has surely seen it. For
/// that moment a task may count twice: a person is then passed over early, never given more than their capacity.
/// </remarks>
[GrainType("dispatch-desk"), CollectionAgeLimit(Days = 1)]
public sealed class DispatchDeskGrain(IStaffReadModel staff, TimeProvider clock) : Grain, IDispatchDeskGrain
{
    private const int AskedForLocation = 200;
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(5);

    private readonly Dictionary<Guid, (Guid UserId, DateTimeOffset At)> recent = [];
    private readonly Dictionary<Guid, DateTimeOffset> chosenAt = [];
    private readonly Dictionary<Guid, LocationView?> places = [];
    private IReadOnlyList<Candidate> people = [];
    private DateTimeOffset readAt;

    public async Task<AssignmentChoice> ChooseAsync(AssignmentRequest request, CancellationToken cancellationToken = default)
    {
        var now = clock.GetUtcNow();
        // A clock that was set back does not keep what was read.
        if (now - readAt > Fresh || now < readAt)
        {
            people = await staff.CandidatesAsync(this.GetPrimaryKey() is var department && department != Guid.Empty ? department : null, cancellationToken);
            places.Clear();
            readAt = now;
            foreach (var (task, _) in recent.Where(pair => now - pair.Value.At > Settled || now < pair.Value.At).ToList())
            {
                recent.Remove(task);
            }
        }

        var busy = recent.Where(pair => pair.Key != request.TaskId).GroupBy(pair => pair.Value.UserId).ToDictionary(group => group.Key, group => group.Count());
        IReadOnlyList<Candidate> candidates =
        [
            .. people.Select(person => person with
            {
                Open = person.Open + busy.GetValueOrDefault(person.UserId),
                ChosenAt = chosenAt.TryGetValue(person.UserId, out var at) ? at : null,
            }),
        ];
        if (request.How.Strategy == AssignmentStrategy.Nearest || request.How.WithinMetres is not null)
        {
            candidates = await LocateAsync(request, candidates, cancellationToken);
        }

        var choice = AssignmentRules.Choose(request, candidates);
        if (!request.How.Offer && choice.People is [var chosen, ..])
        {
            recent[request.TaskId] = (chosen.UserId, now);
            chosenAt[chosen.UserId] = now;
        }

        return choice;
    }

    /// <summary>
    /// Each person's own actor says where they are, if they consent to it now (B4, F2): no copy of anybody's whereabouts is kept
    /// elsewhere. Only those are asked who could have the task.
    /// </summary>
    private async Task<IReadOnlyList<Candidate>> LocateAsync(AssignmentRequest request, IReadOnlyList<Candidate> candidates, CancellationToken cancellationToken)
    {
        if (request.Near is not { } near)
        {
            return candidates;
        }

        var asked = candidates.Where(person => AssignmentRules.HasSkills(person.Skills, request.How.Skills) && person.Open < person.Capacity && !request.Tried.Contains(person.UserId))
            .OrderBy(person => person.Open).Take(AskedForLocation).Select(person => person.UserId).ToHashSet();
        return await Task.WhenAll(candidates.Select(async person => asked.Contains(person.UserId)
            ? person with { DistanceMetres = await PointAsync(person.UserId, cancellationToken) is { } point ? Geodesy.Distance(point, near) : null }
            : person));
    }

    private async Task<GeoPoint?> PointAsync(Guid userId, CancellationToken cancellationToken)
    {
        var whereabouts = await GrainFactory.Grain<IUserGrain>(userId).WhereAsync(cancellationToken);
        if (whereabouts?.Point is { } point || whereabouts?.PlaceId is not { } placeId)
        {
            return whereabouts?.Point;
        }

        if (!places.TryGetValue(placeId, out var place))
        {
            places[placeId] = place = (await GrainFactory.Grain<ICheckInLocationGrain>(placeId).GetAsync(cancellationToken)).Value;
        }

        return place?.Center;
    }
}
