using System.Diagnostics.Metrics;
using LimoCha.Actors.Kernel;

namespace LimoCha.Actors.Storage;

/// <summary>What storage and projection measure; meter <c>LimoCha.Actors</c>.</summary>
public static class StorageMetrics
{
    /// <summary>The meter, for other parts of the silo.</summary>
    internal static readonly Meter Meter = new(Meters.Name);

    /// <summary>From a hundred microseconds to ten seconds; for what takes milliseconds when all is well.</summary>
    internal static readonly InstrumentAdvice<double> Times = new() { HistogramBucketBoundaries = [.0001, .0002, .0005, .001, .002, .005, .01, .02, .05, .1, .2, .5, 1, 2, 5, 10] };

    /// <summary>How long a command's state waited until it was durable: the queue, the transaction and the disk.</summary>
    public static readonly Histogram<double> Commit = Meter.CreateHistogram("limocha.storage.commit", "s", "Time from a state's handing over to its commit", null, Times);

    /// <summary>States in a transaction.</summary>
    public static readonly Histogram<int> Batch = Meter.CreateHistogram<int>("limocha.storage.batch", "{state}", "States written in one transaction");

    /// <summary>Entries in a projection transaction.</summary>
    public static readonly Histogram<int> ProjectionBatch = Meter.CreateHistogram<int>("limocha.projection.batch", "{entry}", "Entries projected in one transaction");

    /// <summary>How far the read model is behind.</summary>
    public static readonly Histogram<double> ProjectionLag = Meter.CreateHistogram("limocha.projection.lag", "s", "Time from a fact's commit to its row", null, Times);

    /// <summary>What the sweep had to recover.</summary>
    public static readonly Counter<int> Recovered = Meter.CreateCounter<int>("limocha.recovery.recovered", "{actor}", "Actors brought up to date by the recovery sweep");
}
