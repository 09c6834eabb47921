using System.Diagnostics.Metrics;

namespace LimoCha.Actors.Storage;

/// <summary>What storage and projection measure; meter <c>LimoCha.Actors</c>.</summary>
public static class StorageMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "LimoCha.Actors";

    /// <summary>The meter, for other parts of the silo.</summary>
    internal static readonly Meter Meter = new(MeterName);

    /// <summary>States in a transaction.</summary>
    public static readonly Histogram<int> Batch = Meter.CreateHistogram<int>("limocha.storage.batch", "{state}", "States written in one transaction");

    /// <summary>Entries in a projection transaction.</summary>
    public static readonly Histogram<int> ProjectionBatch = Meter.CreateHistogram<int>("limocha.projection.batch", "{entry}", "Entries projected in one transaction");

    /// <summary>How far the read model is behind.</summary>
    public static readonly Histogram<double> ProjectionLag = Meter.CreateHistogram<double>("limocha.projection.lag", "s", "Time from a fact's commit to its row");

    /// <summary>What the sweep had to recover.</summary>
    public static readonly Counter<int> Recovered = Meter.CreateCounter<int>("limocha.recovery.recovered", "{actor}", "Actors brought up to date by the recovery sweep");
}
