using CsCheck;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Staff;

namespace LimoCha.Actors.Unit.Staff;

public sealed class UserRulesTests
{
    private static readonly RiskOptions Risk = new();
    private static readonly DateTimeOffset Now = new(2026, 3, 2, 1, 0, 0, TimeSpan.Zero);
    private static readonly Guid Id = Guid.NewGuid();
    private static readonly UserState Made = UserRules.Apply(new(), new UserCreated("ann", "Ann", Role.Staff, null), Now);

    [Fact]
    public void Only_an_admin_takes_people_on()
    {
        var command = new CreateUser { UserName = "bob", DisplayName = "Bob" };
        UserRules.Create(new(), command, new(), new(Id, Role.Manager, null)).Refusal!.Kind.Should().Be(RefusalKind.Forbidden);
        UserRules.Create(new(), command, new(), Actor.System).Refusal.Should().BeNull();
    }

    [Fact]
    public void Using_an_old_refresh_generation_ends_the_session()
    {
        var session = Guid.NewGuid();
        var state = Fold(Made, UserRules.Open(Made, session, "phone", Now, Risk));
        state = Fold(state, UserRules.Rotate(state, session, 1, Now));
        state.Sessions.Should().ContainSingle().Which.Generation.Should().Be(2);
        state = Fold(state, UserRules.Rotate(state, session, 1, Now));
        state.Sessions.Should().BeEmpty();
        UserRules.Rotate(state, session, 2, Now).Refusal!.Problem.Should().Be("session-over");
    }

    [Fact]
    public void Disabling_ends_every_session_and_admins_cannot_lock_themselves_out()
    {
        var state = Fold(Made, UserRules.Open(Made, Guid.NewGuid(), null, Now, Risk));
        Fold(state, UserRules.Change(Id, state, new() { Enabled = false }, Actor.System)).Sessions.Should().BeEmpty();
        UserRules.Change(Id, state, new() { Enabled = false }, new(Id, Role.Admin, null)).Refusal!.Problem.Should().Be("own-account");
    }

    [Fact]
    public void A_session_ends_by_itself_when_unused()
    {
        var session = Guid.NewGuid();
        var state = Fold(Made, UserRules.Open(Made, session, null, Now, Risk));
        UserRules.Find(state, session, Now + UserRules.SessionLifetime - TimeSpan.FromSeconds(1)).Should().NotBeNull();
        UserRules.Find(state, session, Now + UserRules.SessionLifetime).Should().BeNull();
    }

    [Fact]
    public void Sessions_stay_bounded_and_a_device_has_one() =>
        Gen.Int[0, 30].Array[0, 60].Sample(devices =>
        {
            var state = Made;
            var at = Now;
            foreach (var device in devices)
            {
                at = at.AddMinutes(1);
                state = Fold(state, UserRules.Open(state, Guid.NewGuid(), $"d{device}", at, Risk), at);
            }

            state.Sessions.Length.Should().BeLessThanOrEqualTo(20);
            state.Sessions.Select(session => session.DeviceId).Should().OnlyHaveUniqueItems();
        });

    private static UserState Fold(UserState state, Decision<UserEvent> decision, DateTimeOffset? at = null) =>
        decision.Events.Aggregate(state, (current, fact) => UserRules.Apply(current, fact, at ?? Now));
}
