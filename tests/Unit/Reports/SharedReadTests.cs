using LimoCha.Actors.Reports;
using Microsoft.Extensions.Time.Testing;

namespace LimoCha.Actors.Unit.Reports;

public sealed class SharedReadTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly FakeTimeProvider clock = new();
    private readonly SharedRead<string, int> shared;
    private int reads;

    public SharedReadTests() => shared = new(clock);

    [Fact]
    public async Task Whoever_asks_while_it_is_read_gets_the_same_answer()
    {
        var under = new TaskCompletionSource<int>();
        var asked = Enumerable.Range(0, 10).Select(_ => Get("a", () => under.Task)).ToList();
        under.SetResult(7);

        (await Task.WhenAll(asked)).Should().OnlyContain(answer => answer == 7);
        reads.Should().Be(1);
    }

    [Fact]
    public async Task An_answer_is_good_for_four_times_as_long_as_it_took()
    {
        await Get("a", () => Took(Second));
        clock.Advance(3.9 * Second);
        (await Get("a", () => Took(Second))).Should().Be(1);
        clock.Advance(0.2 * Second);

        (await Get("a", () => Took(Second))).Should().Be(2);
    }

    [Fact]
    public async Task What_takes_no_time_is_always_read_anew()
    {
        await Get("a", () => Took(TimeSpan.Zero));

        (await Get("a", () => Took(TimeSpan.Zero))).Should().Be(2);
    }

    [Fact]
    public async Task Other_keys_have_other_answers()
    {
        await Get("a", () => Took(Second));

        (await Get("b", () => Took(Second))).Should().Be(2);
    }

    [Fact]
    public async Task It_says_when_the_read_began()
    {
        var began = clock.GetUtcNow();
        await Get("a", () => Took(Second));
        clock.Advance(Second);

        (await shared.GetAsync("a", () => Took(Second), default)).AsOf.Should().Be(began);
    }

    [Fact]
    public async Task A_failure_is_told_and_not_kept()
    {
        await FluentActions.Awaiting(() => Get("a", () => Task.FromException<int>(new TimeoutException()))).Should().ThrowAsync<TimeoutException>();

        (await Get("a", () => Took(Second))).Should().Be(2);
    }

    [Fact]
    public async Task Who_goes_away_takes_the_answer_from_nobody()
    {
        var under = new TaskCompletionSource<int>();
        using var gone = new CancellationTokenSource();
        var first = shared.GetAsync("a", () => under.Task, gone.Token);
        var second = Get("a", () => under.Task);
        await gone.CancelAsync();
        await FluentActions.Awaiting(() => first).Should().ThrowAsync<OperationCanceledException>();
        under.SetResult(7);

        (await second).Should().Be(7);
    }

    [Fact]
    public async Task Who_asks_is_not_held_up_by_a_read_that_never_waits()
    {
        using var goOn = new ManualResetEventSlim();
        var asked = Get("a", () =>
        {
            goOn.Wait();
            return Task.FromResult(7);
        });
        goOn.Set();

        (await asked).Should().Be(7);
    }

    private async Task<int> Get(string key, Func<Task<int>> read) => (await shared.GetAsync(key, () => { reads++; return read(); }, default)).Answer;

    private Task<int> Took(TimeSpan time)
    {
        clock.Advance(time);
        return Task.FromResult(reads);
    }
}
