using System.Diagnostics;
using HdrHistogram;

namespace LimoCha.Bench;

/// <summary>Lists, as a manager's client asks for them: pages, filters, sorts, searches. One that begins with "own " is asked for by somebody of the staff.</summary>
internal static class Lists
{
    private const int Callers = 4;
    private const string Own = "own ";

    public static async Task RunAsync(Uri address, string usersFile, int seconds, string size, IEnumerable<string> paths)
    {
        var users = await CheckIns.UsersAsync(usersFile);
        using var http = new HttpClient { BaseAddress = address };
        foreach (var asked in paths)
        {
            var own = asked.StartsWith(Own, StringComparison.Ordinal);
            var path = own ? asked[Own.Length..] : asked;
            http.DefaultRequestHeaders.Authorization = new("Bearer", users[own ? 1 : 0].Token);
            var actual = path.Replace("{user}", users[1].Id.ToString(), StringComparison.Ordinal);
            // Unrecorded: the runtime compiles what this list runs through.
            await AskAsync(http, actual, TimeSpan.FromSeconds(Math.Min(seconds, 5)));
            var (histogram, failed) = await AskAsync(http, actual, TimeSpan.FromSeconds(seconds));
            Console.WriteLine(new Line($"Lists over {size}", $"GET /{Uri.UnescapeDataString(path)}{(own ? ", one's own" : "")}", "p99 ms", "less", Math.Round(histogram.GetValueAtPercentile(99) / 1000.0, 1), new()
            {
                ["p50 ms"] = Math.Round(histogram.GetValueAtPercentile(50) / 1000.0, 1), ["answers/s"] = Math.Round(histogram.TotalCount / (double)seconds, 1), ["errors"] = failed,
            }, Floor: 50));
        }
    }

    private static async Task<(LongConcurrentHistogram Answers, int Failed)> AskAsync(HttpClient http, string path, TimeSpan during)
    {
        var histogram = new LongConcurrentHistogram(1, 120_000_000, 3);
        var failed = 0;
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Run(async () =>
        {
            while (watch.Elapsed < during)
            {
                var from = Stopwatch.GetTimestamp();
                using var answer = await http.GetAsync(new Uri($"api/v1/{path}", UriKind.Relative));
                await answer.Content.ReadAsByteArrayAsync();
                if (!answer.IsSuccessStatusCode)
                {
                    Interlocked.Increment(ref failed);
                }

                histogram.RecordValue(Math.Max(1, (Stopwatch.GetTimestamp() - from) * 1_000_000 / Stopwatch.Frequency));
            }
        })));
        return (histogram, failed);
    }
}
