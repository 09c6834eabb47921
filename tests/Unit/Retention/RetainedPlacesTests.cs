using FluentAssertions;
using LimoCha.Actors.Retention;
using Xunit;

namespace LimoCha.Actors.Unit.Retention;

public sealed class RetainedPlacesTests
{
    [Theory]
    [InlineData("""[{"at":"2026-01-02T03:04:05Z","event":{"$type":"taskStarted","note":"到了","proofs":[{"step":"arrive","kind":3,"point":{"latitude":31.2,"longitude":121.5,"accuracy":8},"at":"2026-01-02T03:04:05Z"}]}}]""",
        """[{"at":"2026-01-02T03:04:05Z","event":{"$type":"taskStarted","note":"到了","proofs":[{"step":"arrive","kind":3,"at":"2026-01-02T03:04:05Z"}]}}]""")]
    [InlineData("""[{"event":{"$type":"taskCompleted","note":"\"point\": 点","proofs":[]}},null]""", """[{"event":{"$type":"taskCompleted","note":"\"point\": 点","proofs":[]}},null]""")]
    public void Places_go_and_everything_else_stays_as_it_was_written(string facts, string without) => RetainedPlaces.Without(facts).Should().Be(without);
}
