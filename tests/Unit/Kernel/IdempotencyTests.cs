using LimoCha.Actors.Kernel;

namespace LimoCha.Actors.Unit.Kernel;

public sealed class IdempotencyTests
{
    [Theory]
    [InlineData(200, false, true)]
    [InlineData(201, false, true)]
    [InlineData(409, false, true)]
    [InlineData(422, false, true)]
    [InlineData(200, true, false)] // half a body, or none
    [InlineData(401, false, false)]
    [InlineData(403, false, false)]
    [InlineData(429, false, false)]
    [InlineData(500, false, false)]
    [InlineData(503, false, false)]
    public void What_was_written_while_the_caller_left_or_failed_is_no_answer_to_keep(int status, bool aborted, bool kept) =>
        IdempotencyMiddleware.IsAnswer(status, aborted).Should().Be(kept);
}
