using System.Diagnostics;
using LimoCha.Actors.Kernel;

namespace LimoCha.Actors.Unit.Kernel;

public sealed class RequestSamplerTests
{
    private const int Requests = 4_000;

    [Theory]
    [InlineData(null, null, 1, 1, 0)]
    [InlineData("nonsense", "0.1", 1, 1, 0)]
    [InlineData("always_on", "0.1", 1, 1, 1)]
    [InlineData("always_off", null, 0, 0, 0)]
    [InlineData("parentbased_always_on", null, 1, 1, 0)]
    [InlineData("parentbased_always_off", null, 0, 1, 0)]
    [InlineData("traceidratio", "0.25", 0.25, 0.25, 0.25)]
    [InlineData("traceidratio", "more", 1, 1, 1)]
    [InlineData("traceidratio", "-1", 1, 1, 1)]
    [InlineData("parentbased_traceidratio", "0.25", 0.25, 1, 0)]
    [InlineData("parentbased_traceidratio", "0", 0, 1, 0)]
    public void A_request_is_chosen_as_the_standard_says(string? name, string? argument, double alone, double inRecorded, double inUnrecorded)
    {
        var sampler = new RequestSampler(name, argument);

        Part(() => default).Should().BeApproximately(alone, 0.05);
        Part(() => Caller(ActivityTraceFlags.Recorded)).Should().BeApproximately(inRecorded, 0.05);
        Part(() => Caller(ActivityTraceFlags.None)).Should().BeApproximately(inUnrecorded, 0.05);

        double Part(Func<ActivityContext> caller) => Enumerable.Range(0, Requests).Count(_ => sampler.Chooses(caller())) / (double)Requests;
    }

    private static ActivityContext Caller(ActivityTraceFlags flags) => new(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), flags, traceState: null, isRemote: true);
}
