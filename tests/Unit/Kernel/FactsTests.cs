using System.Text;
using System.Text.Json;
using CsCheck;
using LimoCha.Actors.Tasks;

namespace LimoCha.Actors.Kernel;

/// <summary>What the rows and the log keep of facts says all that the facts said.</summary>
public sealed class FactsTests
{
    private static readonly Guid Ann = Guid.Parse("01900000-0000-7000-8000-00000000000a");
    private static readonly DateTimeOffset Noon = new(2026, 11, 30, 4, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_fact_leaves_out_what_it_shares_with_the_one_before() =>
        Text([new(1, 0, Noon, Ann, new TaskAssigned(Ann, null, null, null, null)), new(1, 1, Noon, Ann, new TaskStarted(null))]).Should().Be(
            """[{"version":1,"at":"2026-11-30T04:00:00+00:00","by":"01900000-0000-7000-8000-00000000000a","event":{"$type":"taskAssigned","to":"01900000-0000-7000-8000-00000000000a"}},{"event":{"$type":"taskStarted"}}]""");

    [Fact]
    public void What_was_written_whole_is_read() =>
        Facts.Read<TaskEvent>("""
            [{"version":3,"seq":0,"at":"2026-11-30T04:00:00+00:00","by":"01900000-0000-7000-8000-00000000000a","event":{"$type":"taskStarted"}},
             {"version":3,"seq":1,"at":"2026-11-30T04:00:00+00:00","by":"01900000-0000-7000-8000-00000000000a","event":{"$type":"taskAccepted"}}]
            """).Should().Equal(new(3, 0, Noon, Ann, new TaskStarted(null)), new Committed<TaskEvent>(3, 1, Noon, Ann, new TaskAccepted(null)));

    [Theory]
    [InlineData("""[{"at":"2026-11-30T04:00:00Z","by":"01900000-0000-7000-8000-00000000000a","event":{}}]""", "version")]
    [InlineData("""[{"version":1,"by":"01900000-0000-7000-8000-00000000000a","event":{}}]""", "at")]
    [InlineData("""[{"version":1,"at":"2026-11-30T04:00:00Z","event":{}}]""", "by")]
    public void A_first_fact_has_nothing_to_follow(string json, string lacking) =>
        FluentActions.Invoking(() => Facts.Read<JsonElement>(json)).Should().Throw<JsonException>().WithMessage($"*{lacking}*");

    [Fact]
    public void Whatever_was_written_is_read() =>
        Gen.Select(Gen.Int[1, 3], Gen.Int[0, 3], Gen.Int[0, 2], Gen.Int[0, 1])
            .Select((version, seq, minute, who) => new Committed<TaskEvent>(version, seq, Noon.AddMinutes(minute), who == 0 ? Guid.Empty : Ann, new TaskStarted(null)))
            .Array[0, 6]
            .Sample(facts => Facts.Read<TaskEvent>(Text(facts)).SequenceEqual(facts));

    private static string Text(Committed<TaskEvent>[] facts) => Encoding.UTF8.GetString(Facts.Write(facts));
}
