using LimoCha.Actors.Devices;
using LimoCha.Actors.Privacy;
using LimoCha.Actors.Staff;

namespace LimoCha.Actors.Unit.Staff;

/// <summary>E8, F3: signs that an account is not used by its person, registration, identity numbers.</summary>
public sealed class RiskRulesTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 2, 1, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(31.2304, 121.4737, 60, true)]   // Shanghai an hour later: 1,068 km
    [InlineData(31.2304, 121.4737, 120, false)] // two hours: somebody flew
    [InlineData(39.95, 116.6, 1, false)]        // a bad fix of 18 km
    public void E8_nobody_gets_from_beijing_to_there_in_that_time(double latitude, double longitude, int minutes, bool impossible)
    {
        var beijing = new Whereabouts(new() { Latitude = 39.9042, Longitude = 116.4074 }, null, Now);
        var there = new Whereabouts(new() { Latitude = latitude, Longitude = longitude }, null, Now.AddMinutes(minutes));
        RiskRules.IsImpossible(beijing, there, new RiskOptions().FastestKmh).Should().Be(impossible);
        RiskRules.IsImpossible(there, beijing, new RiskOptions().FastestKmh).Should().Be(impossible);
    }

    [Fact]
    public void E8_the_first_device_is_no_sign_and_known_devices_stay_bounded()
    {
        var state = new UserState();
        RiskRules.IsNewDevice(state, "a").Should().BeFalse();
        state = state with { KnownDevices = RiskRules.Remember(state.KnownDevices, "a") };
        RiskRules.IsNewDevice(state, "a").Should().BeFalse();
        RiskRules.IsNewDevice(state, "b").Should().BeTrue();
        RiskRules.IsNewDevice(state, null).Should().BeFalse("a page has no device of its own");
        Enumerable.Range(0, 200).Aggregate(state.KnownDevices, (known, i) => RiskRules.Remember(known, $"d{i}")).Should().HaveCount(50).And.EndWith("d199");
    }

    [Fact]
    public void F3_five_wrong_codes_or_ten_minutes_end_a_registration_and_nothing_is_kept()
    {
        var state = Apply(new(), RegistrationRules.Begin(new(), new() { UserName = "a", Email = "a@example.com" }, "123456", Now).Events);
        for (var i = 0; i < 4; i++)
        {
            state = Apply(state, RegistrationRules.Confirm(state, "000000", Now).Events);
        }

        Apply(state, RegistrationRules.Confirm(state, "123456", Now).Events).Stage.Should().Be(RegistrationStage.Confirmed);
        var ended = Apply(state, RegistrationRules.Confirm(state, "000000", Now).Events);
        ended.Should().BeEquivalentTo(new { Stage = RegistrationStage.Ended, Code = (string?)null, Registration = (BeginRegistration?)null });
        RegistrationRules.Confirm(ended, "123456", Now).Refusal.Should().NotBeNull();
        Apply(state, RegistrationRules.Expire(state, Now + RegistrationRules.Good).Events).Stage.Should().Be(RegistrationStage.Ended);
    }

    [Theory]
    [InlineData("11010519491231002X", true)] // the example of GB 11643-1999
    [InlineData("11010519491231002x", true)]
    [InlineData("110105194912310021", false)]
    [InlineData("11010519491331002X", false)]
    [InlineData("1101051949123100２X", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void F3_an_identity_number_has_its_check_character(string? number, bool valid) => IdentityNumbers.IsValid(number).Should().Be(valid);

    private static RegistrationState Apply(RegistrationState state, IReadOnlyList<RegistrationEvent> facts) => facts.Aggregate(state, RegistrationRules.Apply);
}
