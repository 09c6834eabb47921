using System.Collections.Concurrent;
using LimoCha.Actors.Kernel;
using Microsoft.Extensions.Time.Testing;

namespace LimoCha.Actors.Unit.Kernel;

public sealed class IdsTests
{
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2026, 3, 1, 8, 0, 0, 123, TimeSpan.Zero));

    [Fact]
    public void An_id_is_a_UUIDv7_of_the_clocks_time()
    {
        var id = Ids.New(clock);

        id.Version.Should().Be(7);
        (id.Variant >> 2).Should().Be(0b10);
        Convert.ToInt64(id.ToString("N")[..12], 16).Should().Be(clock.GetUtcNow().ToUnixTimeMilliseconds());
    }

    [Fact]
    public void Later_ids_come_after_earlier_ones()
    {
        var before = Ids.New(clock);
        clock.Advance(TimeSpan.FromMilliseconds(1));

        string.CompareOrdinal(Ids.New(clock).ToString("N"), before.ToString("N")).Should().BePositive();
    }

    [Fact]
    public void No_two_ids_of_a_moment_are_alike_whichever_thread_makes_them()
    {
        var made = new ConcurrentBag<Guid>();
        var threads = Enumerable.Range(0, 8).Select(_ => new Thread(() =>
        {
            for (var i = 0; i < 10_000; i++)
            {
                made.Add(Ids.New(clock));
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());

        made.Should().HaveCount(80_000).And.OnlyHaveUniqueItems();
        // All 74 random bits vary.
        var (ever, always) = (new byte[16], Enumerable.Repeat((byte)0xFF, 16).ToArray());
        foreach (var bytes in made.Select(id => id.ToByteArray(bigEndian: true)))
        {
            for (var i = 0; i < 16; i++)
            {
                ever[i] |= bytes[i];
                always[i] &= bytes[i];
            }
        }

        ever.Zip(always, (one, all) => one ^ all).Skip(6).Should().Equal(0x0F, 0xFF, 0x3F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF);
    }

    [Fact]
    public void What_follows_from_the_same_has_the_same_id()
    {
        var (at, from) = (clock.GetUtcNow(), Ids.New(clock));

        var derived = Ids.Derived(at, from, "copy");

        derived.Version.Should().Be(7);
        Ids.Derived(at, from, "copy").Should().Be(derived);
        Ids.Derived(at, from, "other").Should().NotBe(derived);
        Ids.Derived(at.AddMilliseconds(1), from, "copy").Should().NotBe(derived);
    }
}
