using System.Globalization;
using System.Text.Json;

namespace LimoCha.Bench;

/// <summary>Medians over the rounds, and ratios to the conventional stack.</summary>
internal static class Report
{
    public static void Print(IEnumerable<string> lines)
    {
        var rows = lines.Where(line => line.StartsWith('{')).Select(line => JsonSerializer.Deserialize<JsonElement>(line)).ToList();
        foreach (var mode in rows.GroupBy(row => Text(row, "mode")))
        {
            var contenders = mode.GroupBy(row => Text(row, "contender")).Select(group => new
            {
                Name = group.Key, Rounds = group.Count(), Rate = Median(group, "rate"), Low = group.Min(row => Value(row, "rate")), High = group.Max(row => Value(row, "rate")),
                P50 = Median(group, "shownP50"), P99 = Median(group, "shownP99"), Answer99 = Median(group, "answeredP99"),
                Server = Median(group, "serverCpuMicros"), Database = Median(group, "databaseCpuMicros"), Generator = Median(group, "generatorCpuMicros"),
                Lost = group.Sum(row => Value(row, "lost")), Resent = group.Sum(row => Value(row, "again")), Errors = group.Sum(row => Value(row, "errors")),
            }).ToList();
            var baseline = contenders.FirstOrDefault(contender => contender.Name == "conventional");
            Console.WriteLine(mode.Key == "closed" ? "\n### As fast as the answers come\n" : $"\n### At a fixed rate of {Value(mode.First(), "load"):F0}/s\n");
            Console.WriteLine("| contender | rounds | dispatches/s (spread) | ratio | shown p50 ms | shown p99 ms | answered p99 ms | server CPU µs each | database CPU µs each | generator CPU µs each | lost | sent again | errors |");
            Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|---|---|---|");
            foreach (var c in contenders.OrderByDescending(c => c.Rate))
            {
                var ratio = baseline is null ? 0 : mode.Key == "closed" ? c.Rate / baseline.Rate : c.P99 / baseline.P99;
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"| {c.Name} | {c.Rounds} | {c.Rate:F0} ({c.Low:F0}–{c.High:F0}) | {ratio:F2}{(mode.Key == "closed" ? "" : " (p99)")} | {c.P50:F1} | {c.P99:F1} | {c.Answer99:F1} | {c.Server:F0} | {c.Database:F0} | {c.Generator:F0} | {c.Lost} | {c.Resent} | {c.Errors} |"));
            }
        }
    }

    private static string Text(JsonElement row, string name) => row.GetProperty(name).GetString()!;

    private static double Value(JsonElement row, string name) => row.TryGetProperty(name, out var value) ? value.GetDouble() : 0;

    private static double Median(IEnumerable<JsonElement> rows, string name)
    {
        var values = rows.Select(row => Value(row, name)).Order().ToList();
        return values.Count % 2 == 1 ? values[values.Count / 2] : (values[values.Count / 2 - 1] + values[values.Count / 2]) / 2;
    }
}
