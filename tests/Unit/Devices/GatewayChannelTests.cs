using System.Threading.Channels;
using LimoCha.Actors.Devices;
using Microsoft.Extensions.Time.Testing;

namespace LimoCha.Actors.Unit.Devices;

/// <summary>The way to a gateway in another process, which all actors of a silo share.</summary>
public sealed class GatewayChannelTests
{
    private readonly SlowGateway gateway = new();
    private readonly FakeTimeProvider clock = new();
    private readonly Gateways ways;

    public GatewayChannelTests() => ways = new(clock);

    [Fact]
    public async Task What_comes_while_a_call_is_under_way_goes_out_together_in_the_next()
    {
        var way = To(gateway);
        var first = Push(way, 1);
        var underWay = await gateway.NextAsync();
        Task[] others = [Push(way, 2), Push(way, 3), Push(way, 4)];

        underWay.Answer.SetResult();
        await first;
        var next = await gateway.NextAsync();

        underWay.Users.Should().Equal(User(1));
        next.Users.Should().Equal(User(2), User(3), User(4));
        others.Should().OnlyContain(push => !push.IsCompleted);
        next.Answer.SetResult();
        await Task.WhenAll(others);
    }

    [Fact]
    public async Task A_call_that_fails_fails_those_in_it_and_the_next_goes_out()
    {
        var way = To(gateway);
        var first = Push(way, 1);
        var underWay = await gateway.NextAsync();
        var behind = Push(way, 2);

        underWay.Answer.SetException(new TimeoutException());
        await first.Invoking(push => push).Should().ThrowAsync<TimeoutException>();
        var next = await gateway.NextAsync();
        next.Answer.SetResult();

        await behind;
        next.Users.Should().Equal(User(2));
    }

    [Fact]
    public async Task A_call_that_is_not_answered_holds_others_up_for_a_moment_only()
    {
        var way = To(gateway);
        var lost = Push(way, 1);
        await gateway.NextAsync();
        var behind = Push(way, 2);
        var next = gateway.NextAsync().AsTask();

        next.IsCompleted.Should().BeFalse();
        while (!next.IsCompleted)
        {
            // It may not wait yet.
            clock.Advance(GatewayChannel.Patience);
            await Task.Yield();
        }

        (await next).Answer.SetResult();

        await behind;
        lost.IsCompleted.Should().BeFalse();
    }

    [Fact]
    public async Task A_call_takes_no_more_than_enough_cards()
    {
        var way = To(gateway);
        var first = Push(way, 1);
        var underWay = await gateway.NextAsync();
        Card[] many = [.. Enumerable.Repeat(new Card(), GatewayChannel.Enough)];
        Task[] behind = [way.PushAsync(User(2), [new() { Sync = many }]), Push(way, 3), Push(way, 4)];

        underWay.Answer.SetResult();
        var large = await gateway.NextAsync();
        large.Answer.SetResult();
        var rest = await gateway.NextAsync();
        rest.Answer.SetResult();

        await Task.WhenAll([first, .. behind]);
        large.Users.Should().Equal(User(2));
        rest.Users.Should().Equal(User(3), User(4));
    }

    [Fact]
    public async Task A_gateway_of_an_older_version_is_sent_one_users_messages_at_a_time()
    {
        var way = ways.To(new(Guid.CreateVersion7(), gateway));

        await Push(way, 1);

        gateway.Alone.Should().Equal(User(1));
    }

    [Fact]
    public void A_gateway_of_this_process_is_called_and_others_are_shared()
    {
        var here = new GatewayRef(Guid.CreateVersion7(), gateway) { TakesMany = true };
        var target = new GatewayChannel(gateway, clock);
        ways.Add(here.Epoch, target);
        var there = new GatewayRef(Guid.CreateVersion7(), gateway) { TakesMany = true };
        var shared = ways.To(there);

        ways.To(here).Should().BeSameAs(target);
        ways.To(there).Should().BeSameAs(shared);
        ways.Remove(here.Epoch);
        ways.To(here).Should().NotBeSameAs(target);
    }

    private IPushTarget To(SlowGateway to) => ways.To(new(Guid.CreateVersion7(), to) { TakesMany = true });

    private static Guid User(int number) => new(number, 0, 0, new byte[8]);

    private static Task Push(IPushTarget way, int user) => way.PushAsync(User(user), [new() { Upsert = new() }]);

    /// <summary>Answers a call when the test says so.</summary>
    private sealed class SlowGateway : IDeviceGateway
    {
        private readonly Channel<Call> calls = Channel.CreateUnbounded<Call>();

        public List<Guid> Alone { get; } = [];

        public ValueTask<Call> NextAsync() => calls.Reader.ReadAsync();

        public Task PushManyAsync(IReadOnlyList<UserPush> pushes)
        {
            var call = new Call([.. pushes.Select(push => push.UserId)], new(TaskCreationOptions.RunContinuationsAsynchronously));
            calls.Writer.TryWrite(call).Should().BeTrue();
            return call.Answer.Task;
        }

        public Task PushAsync(Guid userId, IReadOnlyList<DeviceMessage> messages)
        {
            Alone.Add(userId);
            return Task.CompletedTask;
        }

        public Task<IReadOnlyList<DeviceConnection>> ConnectionsAsync(Guid userId) => throw new NotSupportedException();

        public Task<IReadOnlyList<OnlineUser>> OnlineAsync() => throw new NotSupportedException();

        public Task ChangedAsync(IReadOnlyList<ReadModelChange> changes) => throw new NotSupportedException();

        public sealed record Call(IReadOnlyList<Guid> Users, TaskCompletionSource Answer);
    }
}
