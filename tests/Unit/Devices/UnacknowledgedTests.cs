using LimoCha.Actors.Devices;

namespace LimoCha.Actors.Unit.Devices;

public sealed class UnacknowledgedTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 2, 1, 0, 0, TimeSpan.Zero);
    private static readonly Guid Id = Guid.NewGuid();
    private readonly Unacknowledged waiting = new();

    [Fact]
    public void What_is_not_acknowledged_is_sent_again_with_growing_pauses_and_what_is_is_not()
    {
        waiting.Sent(Upsert(1), null, Now);
        waiting.Due(Now, 0).Should().BeEmpty();
        var pauses = new List<double>();
        var last = Now;
        for (var second = 1; second <= 200; second++)
        {
            if (waiting.Due(Now.AddSeconds(second), 0).Count > 0)
            {
                pauses.Add((Now.AddSeconds(second) - last).TotalSeconds);
                last = Now.AddSeconds(second);
            }
        }

        pauses.Should().StartWith([2d, 4d, 8d, 16d, 32d]).And.OnlyContain(pause => pause <= 60);
        waiting.Acknowledge([Ref(1)]);
        waiting.Count.Should().Be(0);
        waiting.Due(Now.AddHours(1), 0).Should().BeEmpty();
    }

    [Fact]
    public void Jitter_spreads_repeats_by_up_to_a_quarter()
    {
        waiting.Sent(Upsert(1), null, Now);
        waiting.Due(Now.AddSeconds(2), jitter: 1).Should().ContainSingle();
        waiting.Due(Now.AddSeconds(2 + 4.9), jitter: 1).Should().BeEmpty();
        waiting.Due(Now.AddSeconds(2 + 5), jitter: 1).Should().ContainSingle();
    }

    [Fact]
    public void An_acknowledgement_of_an_old_version_does_not_settle_the_new_one()
    {
        waiting.Sent(Upsert(1), null, Now);
        waiting.Sent(Upsert(2), null, Now);
        waiting.Acknowledge([Ref(1)]);
        waiting.Due(Now.AddSeconds(2), 0).Should().ContainSingle().Which.Upsert!.Version.Should().Be(2);
    }

    [Fact]
    public void A_removal_replaces_the_card_it_removes()
    {
        waiting.Sent(Upsert(1), null, Now);
        waiting.Sent(new() { Remove = Ref(2) }, null, Now);
        waiting.Due(Now.AddSeconds(2), 0).Should().ContainSingle().Which.Remove!.Version.Should().Be(2);
    }

    [Fact]
    public void A_sync_waits_only_for_what_the_device_did_not_say_it_has()
    {
        var other = Guid.NewGuid();
        waiting.Sent(new() { Sync = [new() { Id = Id, Version = 3 }, new() { Id = other, Version = 1 }] }, [Ref(3), Ref(2)], Now);
        waiting.Due(Now.AddSeconds(2), 0).Should().ContainSingle().Which.Upsert!.Id.Should().Be(other);
    }

    [Fact]
    public void A_sync_makes_what_waited_before_it_pointless()
    {
        waiting.Sent(new() { Remove = Ref(2) }, null, Now);
        waiting.Sent(new() { Sync = [] }, null, Now);
        waiting.Count.Should().Be(0);
    }

    private static DeviceMessage Upsert(int version) => new() { Upsert = new() { Id = Id, Version = version } };

    private static CardRef Ref(int version) => new() { Id = Id, Version = version };
}
