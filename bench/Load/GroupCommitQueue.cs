namespace LimoCha.Bench;

/// <summary>
/// The group commit's queue as a discrete-event simulation: writers that go on when their write is durable, one lane that takes whatever
/// waits, up to a batch, and needs a time for the transaction and some for each row. A disk's times are skewed, so the transaction's is
/// drawn from a log-normal distribution. It is fitted to two measurements, a lone writer (median and mean) and a full batch; what it says in
/// between, and beyond, is prediction.
/// </summary>
/// <param name="median">Of the transaction's time, µs.</param>
/// <param name="mean">Of the transaction's time, µs; not less than the median.</param>
/// <param name="row">A row's time in a batch, µs.</param>
/// <param name="between">What a writer does until its next write, µs.</param>
/// <param name="cores">How many writers do so at once.</param>
/// <param name="mostInBatch">Rows in a full batch.</param>
internal sealed class GroupCommitQueue(double median, double mean, double row, double between, int cores = 2, int mostInBatch = 128)
{
    private const int Seed = 1;

    public sealed record Outcome(double PerSecond, double MiddleMicros, double MeanBatch);

    /// <summary>Fits a queue to measured lines: the lone writer's median and rate, and the rate of so many that every batch is full.</summary>
    public static GroupCommitQueue Fit(double loneMedian, double lonePerSecond, double fullPerSecond, double between, int cores = 2, int mostInBatch = 128)
    {
        // One row: transaction + row = lone. A full batch: transaction + 128 rows = its share of a second.
        var lone = Math.Max(loneMedian, 1_000_000 / lonePerSecond - between / cores);
        var full = mostInBatch / fullPerSecond * 1_000_000;
        var row = Math.Max(0.1, (full - lone) / (mostInBatch - 1));
        return new(loneMedian - row, lone - row, row, between, cores, mostInBatch);
    }

    public Outcome Run(int writers, int commits = 200_000)
    {
        var (arriving, waiting, times) = (new PriorityQueue<double, double>(), new Queue<double>(), new List<double>(commits));
        for (var writer = 0; writer < writers; writer++)
        {
            arriving.Enqueue(0, writer * 0.001);
        }

        var (now, done, batches) = (0.0, 0, 0);
        var (random, deviation) = (new Random(Seed), Math.Sqrt(2 * Math.Log(mean / median)));
        while (done < commits)
        {
            while (arriving.TryPeek(out _, out var at) && at <= now)
            {
                arriving.Dequeue();
                waiting.Enqueue(at);
            }

            if (waiting.Count == 0)
            {
                arriving.TryPeek(out _, out now);
                continue;
            }

            var many = Math.Min(waiting.Count, mostInBatch);
            var normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
            var end = now + median * Math.Exp(deviation * normal) + row * many;
            for (var i = 0; i < many; i++)
            {
                times.Add(end - waiting.Dequeue());
                // Whoever was told goes on one after the other, on so many cores.
                arriving.Enqueue(0, end + (i + 1) * between / cores);
            }

            (now, done, batches) = (end, done + many, batches + 1);
        }

        times.Sort();
        return new(done / now * 1_000_000, times[times.Count / 2], done / (double)batches);
    }

    /// <summary>Lines that compare with measured ones: the measure's name ends with the number of writers.</summary>
    public static IEnumerable<Line> Compare(IReadOnlyList<Line> measured)
    {
        foreach (var kind in measured.Where(line => line.Measure.StartsWith("Group commit on ", StringComparison.Ordinal)).GroupBy(line => line.Measure.Split(' ')[3].TrimEnd(',')))
        {
            var points = kind.GroupBy(line => (int)line.Extras!["writers"]).OrderBy(group => group.Key)
                .Select(group => (Writers: group.Key, Rate: Report.Middle(group.Select(line => line.Value)), Lone: Report.Middle(group.Select(line => line.Extras!["p50 µs"])), Between: Report.Middle(group.Select(line => line.Extras!["process CPU µs each"])))).ToList();
            var queue = Fit(points[0].Lone, points[0].Rate, points[^1].Rate, points[^1].Between);
            foreach (var point in points)
            {
                var said = queue.Run(point.Writers);
                yield return new($"Group commit on {kind.Key}, {point.Writers} writers", "simulated", "rows/s", "more", Math.Round(said.PerSecond), new() { ["writers"] = point.Writers, ["p50 µs"] = Math.Round(said.MiddleMicros), ["rows in a batch"] = Math.Round(said.MeanBatch, 1) });
            }
        }
    }
}
