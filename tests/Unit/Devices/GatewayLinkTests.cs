using LimoCha.Actors.Devices;

namespace LimoCha.Actors.Unit.Devices;

/// <summary>A person's way to one gateway.</summary>
public sealed class GatewayLinkTests
{
    private readonly Broken gateway = new();
    private int gone;

    [Theory, InlineData(typeof(TimeoutException)), InlineData(typeof(ObjectDisposedException)), InlineData(typeof(NotSupportedException))]
    public void A_push_that_fails_in_whatever_way_gives_the_gateway_up_with_all_that_waited(Type failure)
    {
        var link = new GatewayLink(Guid.CreateVersion7(), gateway, () => gone++);
        link.Send(new());
        link.Send(new());

        gateway.Fail((Exception)(failure == typeof(ObjectDisposedException) ? new ObjectDisposedException("") : Activator.CreateInstance(failure)!));

        gone.Should().Be(1);
        gateway.Pushes.Should().Be(1, "what waited is given up too: the devices come for the whole set");
    }

    private sealed class Broken : IPushTarget
    {
        private readonly TaskCompletionSource answer = new();

        public int Pushes { get; private set; }

        public Task PushAsync(Guid userId, IReadOnlyList<DeviceMessage> messages)
        {
            Pushes++;
            return answer.Task;
        }

        public void Fail(Exception why) => answer.SetException(why);
    }
}
