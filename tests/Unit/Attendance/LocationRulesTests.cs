using System.Collections.Immutable;
using System.Text.Json;
using CsCheck;
using LimoCha.Actors.Attendance;
using LimoCha.Actors.Kernel;

namespace LimoCha.Actors.Unit.Attendance;

public sealed class LocationRulesTests
{
    private static readonly TimeZoneInfo Shanghai = TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai");
    private static readonly DateTimeOffset Now = new(2026, 3, 2, 1, 0, 0, TimeSpan.Zero);
    private static readonly GeoPoint Center = new() { Latitude = 31.2328, Longitude = 121.4737 };
    private static readonly Guid Me = Guid.NewGuid();
    private static readonly Guid Place = Guid.NewGuid();

    private static LocationState State => LocationRules.Apply(new(), new LocationSaved("Office", null, Center, 200), Now);

    [Theory]
    [InlineData(0, null, true)]
    [InlineData(190, null, true)]
    [InlineData(210, null, false)]
    [InlineData(260, 80d, true)]
    [InlineData(420, 400d, false)]
    public void The_geofence_decides_with_the_devices_accuracy_up_to_the_radius(double metresNorth, double? accuracy, bool inside)
    {
        var point = Center with { Latitude = Center.Latitude + metresNorth / 111_195, Accuracy = accuracy };
        var decision = LocationRules.CheckIn(State, new() { Kind = CheckInKind.In, Point = point }, Guid.NewGuid(), Me, Now, Shanghai);
        (decision.Refusal is null).Should().Be(inside);
        if (!inside)
        {
            decision.Refusal!.Problem.Should().Be("outside-geofence");
        }
    }

    [Fact]
    public void A_device_that_does_not_know_where_it_is_is_asked_again() =>
        In(State, Me, Center with { Accuracy = 501 }).Refusal!.Problem.Should().Be("position-unsure");

    [Fact]
    public void A_gcj02_point_is_compared_with_a_wgs84_place_as_the_same_ground() =>
        In(State, Me, Geodesy.ToGcj02(Center)).Refusal.Should().BeNull();

    [Fact]
    public void In_twice_and_out_without_in_are_conflicts()
    {
        var inside = Fold(State, In(State, Me, Center));
        In(inside, Me, Center).Refusal!.Problem.Should().Be("already-in");
        Out(State, Me).Refusal!.Problem.Should().Be("not-in");
    }

    [Theory]
    [InlineData(double.NaN, 0)]
    [InlineData(91, 0)]
    [InlineData(0, 181)]
    [InlineData(double.PositiveInfinity, 0)]
    public void A_point_that_is_none_is_invalid(double latitude, double longitude) =>
        In(State, Me, new() { Latitude = latitude, Longitude = longitude }).Refusal!.Kind.Should().Be(RefusalKind.Invalid);

    [Fact]
    public void The_day_turns_at_midnight_of_the_companys_zone()
    {
        var lateEvening = new DateTimeOffset(2026, 3, 2, 15, 59, 0, TimeSpan.Zero);
        var nextDay = lateEvening.AddMinutes(2);
        var state = Fold(State, LocationRules.CheckIn(State, new() { Kind = CheckInKind.In, Point = Center }, Guid.NewGuid(), Me, lateEvening, Shanghai), lateEvening);
        LocationRules.Today(Place, state, lateEvening, Shanghai).Should().BeEquivalentTo(new { Day = new DateOnly(2026, 3, 2), Ins = 1, People = 1 });
        LocationRules.Today(Place, state, nextDay, Shanghai).Should().BeEquivalentTo(new { Day = new DateOnly(2026, 3, 3), Ins = 0, People = 0 });
        LocationRules.Today(Place, state, nextDay, Shanghai).Present.Should().ContainSingle("who came yesterday evening is still there");
    }

    [Fact]
    public void Leaving_for_elsewhere_counts_only_for_who_was_here_before()
    {
        var inside = Fold(State, In(State, Me, Center));
        LocationRules.LeftFor(inside, Me, Guid.NewGuid(), Now.AddMinutes(-1)).Events.Should().BeEmpty();
        Fold(inside, LocationRules.LeftFor(inside, Me, Guid.NewGuid(), Now.AddMinutes(1))).Present.Should().BeEmpty();
    }

    /// <summary>Present = ins − outs of the accepted ones, for any history.</summary>
    [Fact]
    public void Presence_is_exactly_the_ins_without_outs()
    {
        var people = Enumerable.Range(0, 5).Select(_ => Guid.NewGuid()).ToArray();
        Gen.Select(Gen.Int[0, 4], Gen.Bool).Array[0, 60].Sample(moves =>
        {
            var state = State;
            var inside = new HashSet<Guid>();
            foreach (var (who, coming) in moves)
            {
                var decision = coming ? In(state, people[who], Center) : Out(state, people[who]);
                (decision.Refusal is null).Should().Be(coming ? inside.Add(people[who]) : inside.Remove(people[who]));
                state = Fold(state, decision);
            }

            var today = LocationRules.Today(Place, state, Now, Shanghai);
            today.Present.Select(p => p.UserId).Should().BeEquivalentTo(inside);
            (today.Ins - today.Outs).Should().Be(inside.Count);
        });
    }

    [Fact]
    public void People_are_kept_packed_and_lists_of_earlier_versions_are_read()
    {
        var (ann, bea) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        var state = State with { People = [ann, bea], Present = ImmutableDictionary<Guid, DateTimeOffset>.Empty.Add(ann, Now) };
        var json = JsonSerializer.Serialize(state, StateJson.Options);
        json.Should().NotContain(ann.ToString());
        var read = JsonSerializer.Deserialize<LocationState>(json, StateJson.Options)!;
        read.People.Should().BeEquivalentTo([ann, bea]);
        read.Present.Should().Equal(state.Present);

        var old = JsonSerializer.Deserialize<LocationState>($$$"""{"people":["{{{ann}}}","{{{bea}}}"],"present":{"{{{ann}}}":"2026-03-02T01:00:00+00:00"}}""", StateJson.Options)!;
        old.People.Should().BeEquivalentTo([ann, bea]);
        old.Present[ann].Should().Be(new DateTimeOffset(2026, 3, 2, 1, 0, 0, TimeSpan.Zero));
    }

    private static Decision<LocationEvent> In(LocationState state, Guid who, GeoPoint point) =>
        LocationRules.CheckIn(state, new() { Kind = CheckInKind.In, Point = point }, Guid.NewGuid(), who, Now, Shanghai);

    private static Decision<LocationEvent> Out(LocationState state, Guid who) =>
        LocationRules.CheckIn(state, new() { Kind = CheckInKind.Out, Point = Center }, Guid.NewGuid(), who, Now, Shanghai);

    private static LocationState Fold(LocationState state, Decision<LocationEvent> decision, DateTimeOffset? at = null) =>
        decision.Events.Aggregate(state, (current, fact) => LocationRules.Apply(current, fact, at ?? Now));
}
