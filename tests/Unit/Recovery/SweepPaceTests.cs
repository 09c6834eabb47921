using FluentAssertions;
using LimoCha.Actors.Recovery;
using Xunit;

namespace LimoCha.Actors.Unit.Recovery;

public sealed class SweepPaceTests
{
    /// <summary>Somebody waits for what was left behind; a pass that is only due finds nothing, as a rule, and there may be millions of rows.</summary>
    [Theory]
    [InlineData(10, true, 30)]
    [InlineData(10, false, 190)]
    [InlineData(5_000, true, 1_000)]
    [InlineData(5_000, false, 10_000)]
    public void A_pass_leaves_most_of_the_time_to_others(int page, bool wanted, int pause) =>
        RecoverySweep.PauseAfter(TimeSpan.FromMilliseconds(page), wanted).Should().BeCloseTo(TimeSpan.FromMilliseconds(pause), TimeSpan.FromMilliseconds(1));

    [Fact]
    public void The_first_pass_is_wanted_and_a_later_one_when_somebody_has_asked_since()
    {
        var signal = new RecoverySignal();

        signal.Begin().Should().BeTrue("the one before may have crashed");
        signal.Begin().Should().BeFalse();
        signal.Want();
        signal.Wanted.IsCompleted.Should().BeTrue();
        signal.Begin().Should().BeTrue();
        signal.Wanted.IsCompleted.Should().BeFalse("what was wanted is under way");
    }
}
