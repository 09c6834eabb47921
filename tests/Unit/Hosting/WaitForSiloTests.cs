using LimoCha.Actors.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace LimoCha.Actors.Unit.Hosting;

public sealed class WaitForSiloTests
{
    [Fact]
    public async Task A_process_without_a_silo_tries_again_after_a_pause_however_often()
    {
        var clock = new FakeTimeProvider();
        var filter = new WaitForSilo(clock, NullLogger<WaitForSilo>.Instance);
        for (var attempt = 0; attempt < 100; attempt++)
        {
            var again = filter.ShouldRetryConnectionAttempt(new TimeoutException(), CancellationToken.None);
            again.IsCompleted.Should().BeFalse();
            clock.Advance(WaitForSilo.Pause);
            (await again).Should().BeTrue();
        }
    }

    [Fact]
    public async Task It_stops_waiting_when_the_process_stops()
    {
        using var stopping = new CancellationTokenSource();
        var waiting = new WaitForSilo(new FakeTimeProvider(), NullLogger<WaitForSilo>.Instance).ShouldRetryConnectionAttempt(new TimeoutException(), stopping.Token);

        await stopping.CancelAsync();

        await waiting.Invoking(task => task).Should().ThrowAsync<OperationCanceledException>();
    }
}
