using LimoCha.Actors.Attendance;
using LimoCha.Actors.Consent;
using LimoCha.Actors.Devices;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Staff;
using LimoCha.Actors.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace LimoCha.Actors.Cluster;

/// <summary>Checking in at a place, and the consent to it.</summary>
public sealed class CheckInTests
{
    public static TheoryData<DatabaseKind> Kinds => [DatabaseKind.Sqlite, DatabaseKind.PostgreSql];

    [Theory, MemberData(nameof(Kinds))]
    public async Task Check_ins_at_a_hot_place_are_exact_and_share_writes(DatabaseKind kind)
    {
        const int People = 300;
        await using var host = await TestHost.StartAsync(kind);
        var place = Ids.New(host.Clock);
        var center = new GeoPoint { Latitude = 31.2328, Longitude = 121.4737 };
        await host.Grains.GetGrain<ICheckInLocationGrain>(place).CreateAsync(new() { Name = "Gate", Center = center }, host.Admin());
        var people = await Task.WhenAll(Enumerable.Range(0, People).Select(_ => host.UserAsync()));
        await Task.WhenAll(people.Select(person => host.Grains.GetGrain<IUserGrain>(person.UserId)
            .SetConsentAsync(Purposes.AttendanceLocation, new() { State = ConsentState.Granted }, host.As(person))));

        var outcomes = await Task.WhenAll(people.Select(person => host.Grains.GetGrain<ICheckInLocationGrain>(place)
            .CheckInAsync(new() { Kind = CheckInKind.In, Point = center }, host.As(person))));

        outcomes.Should().OnlyContain(outcome => outcome.Ok);
        var today = (await host.Grains.GetGrain<ICheckInLocationGrain>(place).TodayAsync()).Value!;
        (today.Ins, today.People, today.Present.Count).Should().Be((People, People, People));
        (await host.StoredVersionAsync("location", place)).Should().BeLessThan(People / 2, "check-ins that wait share the next write");
        await Eventually.TrueAsync(async () => await host.QueryAsync<int>("SELECT count(*) FROM check_in") == People, "every check-in has its row");
    }

    [Fact]
    public async Task Checking_in_elsewhere_ends_the_presence_before()
    {
        await using var host = await TestHost.StartAsync();
        var ann = await host.UserAsync();
        await host.Grains.GetGrain<IUserGrain>(ann.UserId).SetConsentAsync(Purposes.AttendanceLocation, new() { State = ConsentState.Granted }, host.As(ann));
        var center = new GeoPoint { Latitude = 31.2328, Longitude = 121.4737 };
        var (first, second) = (host.Grains.GetGrain<ICheckInLocationGrain>(Ids.New(host.Clock)), host.Grains.GetGrain<ICheckInLocationGrain>(Ids.New(host.Clock)));
        foreach (var place in new[] { first, second })
        {
            await place.CreateAsync(new() { Name = "Gate", Center = center }, host.Admin());
            (await place.CheckInAsync(new() { Kind = CheckInKind.In, Point = center }, host.As(ann))).Refusal.Should().BeNull();
        }

        await Eventually.TrueAsync(async () => (await first.TodayAsync()).Value!.Present.Count == 0, "nobody is at two places");
        (await second.TodayAsync()).Value!.Present.Should().ContainSingle();
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Where_and_when_somebody_was_last_is_known_after_their_actor_has_slept(DatabaseKind kind)
    {
        await using var host = await TestHost.StartAsync(kind);
        var ann = await host.UserAsync();
        var user = host.Grains.GetGrain<IUserGrain>(ann.UserId);
        var last = host.Services.GetRequiredService<IUserReadModel>();
        (await last.LastKnownAsync(ann.UserId, default)).Should().Be(new LastKnown(null, null));
        await user.SetConsentAsync(Purposes.AttendanceLocation, new() { State = ConsentState.Granted }, host.As(ann));
        var center = new GeoPoint { Latitude = 31.2328, Longitude = 121.4737 };
        var (first, second) = (Ids.New(host.Clock), Ids.New(host.Clock));
        Task<Outcome<CheckInView>> GoAsync(Guid place, CheckInKind which) => host.Grains.GetGrain<ICheckInLocationGrain>(place).CheckInAsync(new() { Kind = which, Point = center }, host.As(ann));
        foreach (var place in new[] { first, second })
        {
            await host.Grains.GetGrain<ICheckInLocationGrain>(place).CreateAsync(new() { Name = "Gate", Center = center }, host.Admin());
        }

        var device = await host.ConnectAsync(ann);
        await user.DetachAsync(Guid.Empty, device.ConnectionId);
        var checkedIn = (await GoAsync(first, CheckInKind.In)).Value!;
        await Eventually.TrueAsync(async () => await last.LastKnownAsync(ann.UserId, default) is { SeenAt: not null, Place: not null }, "both are projected");
        (await last.LastKnownAsync(ann.UserId, default)).Place.Should().Be((first, checkedIn.At));

        await host.Grains.GetGrain<IManagementGrain>(0).ForceActivationCollection(TimeSpan.Zero);
        (await user.PresenceAsync()).LastSeenAt.Should().NotBeNull();
        await GoAsync(second, CheckInKind.In);
        await Eventually.TrueAsync(async () => (await host.Grains.GetGrain<ICheckInLocationGrain>(first).TodayAsync()).Value!.Present.Count == 0, "nobody is at two places");

        await GoAsync(second, CheckInKind.Out);
        await Eventually.TrueAsync(async () => (await last.LastKnownAsync(ann.UserId, default)).Place is null, "who has checked out is nowhere");
    }

    [Fact]
    public async Task F2_a_check_in_without_consent_is_refused_and_after_a_withdrawal_again()
    {
        await using var host = await TestHost.StartAsync();
        var ann = await host.UserAsync();
        var user = host.Grains.GetGrain<IUserGrain>(ann.UserId);
        var place = host.Grains.GetGrain<ICheckInLocationGrain>(Ids.New(host.Clock));
        var center = new GeoPoint { Latitude = 31.2328, Longitude = 121.4737 };
        await place.CreateAsync(new() { Name = "Gate", Center = center }, host.Admin());
        Task<Outcome<CheckInView>> GoAsync(CheckInKind kind) => place.CheckInAsync(new() { Kind = kind, Point = center }, host.As(ann));

        (await GoAsync(CheckInKind.In)).Refusal!.Problem.Should().Be("consent-required");
        await user.SetConsentAsync(Purposes.AttendanceLocation, new() { State = ConsentState.Granted }, host.As(ann));
        (await GoAsync(CheckInKind.In)).Ok.Should().BeTrue();
        await user.SetConsentAsync(Purposes.AttendanceLocation, new() { State = ConsentState.Withdrawn }, host.As(ann));
        (await GoAsync(CheckInKind.Out)).Refusal!.Problem.Should().Be("consent-required");
    }

    [Fact]
    public async Task Consent_is_the_persons_own_act()
    {
        await using var host = await TestHost.StartAsync();
        var (ann, bob) = (await host.UserAsync(), await host.UserAsync());
        var outcome = await host.Grains.GetGrain<IUserGrain>(ann.UserId).SetConsentAsync(Purposes.AttendanceLocation, new() { State = ConsentState.Granted }, host.As(bob));
        outcome.Refusal!.Kind.Should().Be(RefusalKind.Forbidden);
    }
}
