using LimoCha.Actors.Kernel;
using Microsoft.Extensions.Time.Testing;

namespace LimoCha.Actors.Unit.Kernel;

public sealed class RememberedTests
{
    private static readonly TimeSpan Good = TimeSpan.FromSeconds(1);
    private readonly FakeTimeProvider clock = new();
    private int asked;

    [Fact]
    public async Task An_answer_is_good_for_its_time_and_asked_anew_after_it()
    {
        var remembered = new Remembered<string, int>(Good, clock);
        (await remembered.GetAsync("a", AskAsync)).Should().Be(1);
        clock.Advance(Good - TimeSpan.FromTicks(1));
        (await remembered.GetAsync("a", AskAsync)).Should().Be(1);
        (await remembered.GetAsync("b", AskAsync)).Should().Be(2, "each key is asked for itself");
        clock.Advance(TimeSpan.FromTicks(1));
        (await remembered.GetAsync("a", AskAsync)).Should().Be(3);
    }

    [Fact]
    public async Task A_failed_question_is_not_remembered()
    {
        var remembered = new Remembered<string, int>(Good, clock);
        var failing = async () => await remembered.GetAsync("a", _ => Task.FromException<int>(new TimeoutException()));
        await failing.Should().ThrowAsync<TimeoutException>();
        (await remembered.GetAsync("a", AskAsync)).Should().Be(1);
    }

    [Fact]
    public async Task What_was_asked_before_a_change_is_not_remembered_after_it()
    {
        var remembered = new Remembered<string, int>(Good, clock);
        var before = new TaskCompletionSource<int>();
        var early = remembered.GetAsync("a", _ => before.Task);
        remembered.Forget("a");
        before.SetResult(-1);
        (await early).Should().Be(-1, "who asked before the change may hear of before it");
        (await remembered.GetAsync("a", AskAsync)).Should().Be(1);
        (await remembered.GetAsync("a", AskAsync)).Should().Be(1);
        remembered.Forget("a");
        (await remembered.GetAsync("a", AskAsync)).Should().Be(2);
    }

    private Task<int> AskAsync(string key) => Task.FromResult(++asked);
}
