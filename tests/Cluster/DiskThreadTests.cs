using LimoCha.Actors.Storage;

namespace LimoCha.Actors.Cluster;

/// <summary>The thread that may wait for the disk.</summary>
public sealed class DiskThreadTests
{
    [Fact]
    public async Task What_waits_there_keeps_no_thread_of_the_pool_and_all_of_it_is_done_in_order_before_it_ends()
    {
        using var disk = new ManualResetEventSlim();
        var thread = new DiskThread("disk");
        var order = new List<int>();
        var first = thread.RunAsync(() =>
        {
            disk.Wait();
            order.Add(1);
            return Thread.CurrentThread.IsThreadPoolThread;
        });
        var second = thread.RunAsync<int>(() => throw new IOException("x"));
        var third = thread.RunAsync(() =>
        {
            order.Add(3);
            return Thread.CurrentThread.Name;
        });

        var ended = thread.DisposeAsync().AsTask();
        ended.IsCompleted.Should().BeFalse();
        await FluentActions.Awaiting(() => thread.RunAsync(() => 4)).Should().ThrowAsync<ObjectDisposedException>();

        disk.Set();
        await ended;
        (await first).Should().BeFalse();
        await FluentActions.Awaiting(() => second).Should().ThrowAsync<IOException>();
        (await third).Should().Be("disk");
        order.Should().Equal(1, 3);
    }

    [Fact]
    public async Task One_that_was_never_asked_ends_at_once()
    {
        var thread = new DiskThread("disk");
        await thread.DisposeAsync();
    }
}
