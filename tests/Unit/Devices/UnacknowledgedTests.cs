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
        waiting.Acknowledge([Ref(1)], Now);
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
        waiting.Acknowledge([Ref(1)], Now);
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

    [Fact]
    public void A_connection_that_acknowledges_late_but_in_order_is_sent_nothing_again()
    {
        // A card a second for five minutes, each acknowledged after ten: the first waits are too long for a timeout of two seconds.
        var again = 0;
        for (var second = 0; second < 300; second++)
        {
            var now = Now.AddSeconds(second);
            waiting.Sent(Upsert(1, Card(second)), null, now);
            if (second >= 10)
            {
                waiting.Acknowledge([Ref(1, Card(second - 10))], now);
            }

            again += waiting.Due(now, 0).Count;
        }

        again.Should().BeLessThan(20, "a probe or two went out before the first acknowledgement came, and nothing after it");
        waiting.Count.Should().Be(10);
    }

    [Fact]
    public void What_is_passed_over_is_sent_again_and_a_card_that_is_never_shown_ever_more_rarely()
    {
        var times = new List<int>();
        waiting.Sent(Upsert(1), null, Now);
        for (var second = 1; second <= 120; second++)
        {
            var now = Now.AddSeconds(second);
            waiting.Sent(Upsert(1, Card(second)), null, now);
            waiting.Acknowledge([Ref(1, Card(second))], now);
            if (waiting.Due(now, 0).Count > 0)
            {
                times.Add(second);
            }
        }

        times.Should().Equal(3, 8, 17, 34, 67);
        waiting.Count.Should().Be(1);
    }

    [Fact]
    public void A_silent_connection_gets_a_few_of_its_oldest_messages_as_a_probe_and_the_rest_once_it_answers()
    {
        for (var i = 0; i < 100; i++)
        {
            waiting.Sent(Upsert(1, Card(i)), null, Now.AddMilliseconds(i));
        }

        var probe = waiting.Due(Now.AddSeconds(3), 0);
        probe.Select(message => message.Upsert!.Id).Should().Equal(Enumerable.Range(0, Unacknowledged.Probe).Select(Card));

        // It has lost all of them and shows the next: what it was sent well before that was passed over.
        waiting.Sent(Upsert(1, Card(100)), null, Now.AddSeconds(20));
        waiting.Acknowledge([Ref(1, Card(100))], Now.AddSeconds(20));
        waiting.Due(Now.AddSeconds(21), 0).Should().HaveCount(100);
    }

    [Fact]
    public void Old_time_outs_are_forgotten_when_a_connection_answers_again()
    {
        waiting.Sent(Upsert(1), null, Now);
        waiting.Due(Now.AddSeconds(2), 0).Should().ContainSingle();
        waiting.Due(Now.AddSeconds(6), 0).Should().ContainSingle();
        waiting.Acknowledge([Ref(1)], Now.AddSeconds(6.1));
        for (var i = 0; i < 60; i++)
        {
            waiting.Sent(Upsert(1, Card(i)), null, Now.AddSeconds(7 + i));
            waiting.Acknowledge([Ref(1, Card(i))], Now.AddSeconds(7.01 + i));
        }

        waiting.Sent(Upsert(1), null, Now.AddSeconds(70));
        waiting.Due(Now.AddSeconds(72), 0).Should().ContainSingle();
    }

    private static Guid Card(int i) => new($"01900000-0000-7000-8000-{i:D12}");

    private static DeviceMessage Upsert(int version, Guid? id = null) => new() { Upsert = new() { Id = id ?? Id, Version = version } };

    private static CardRef Ref(int version, Guid? id = null) => new() { Id = id ?? Id, Version = version };
}
