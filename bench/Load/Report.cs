using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace LimoCha.Bench;

/// <summary>One measurement, as a JSON line.</summary>
/// <param name="Measure">What was measured; contenders of one measure are compared.</param>
/// <param name="Contender">Who.</param>
/// <param name="Unit">Of the value.</param>
/// <param name="Better">more or less.</param>
/// <param name="Value">What counts.</param>
/// <param name="Extras">What else was seen, by column.</param>
/// <param name="Goals">Ratios to reach against others, by contender.</param>
/// <param name="Floor">A value to reach.</param>
internal sealed record Line(
    string Measure, string Contender, string Unit, string Better, double Value, Dictionary<string, double>? Extras = null, Dictionary<string, double>? Goals = null, double? Floor = null)
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public static Line Of(string json) => JsonSerializer.Deserialize<Line>(json, Options)!;

    public override string ToString() => JsonSerializer.Serialize(this, Options);
}

/// <summary>Medians over the rounds with spread, ratios, and whether goals are reached.</summary>
internal static class Report
{
    private sealed record Contender(string Name, List<Line> Lines)
    {
        public double Median { get; } = Middle(Lines.Select(line => line.Value));
        public double Low => Lines.Min(line => line.Value);
        public double High => Lines.Max(line => line.Value);

        /// <summary>How many times the other's, round by round: contenders take turns, so what the machine does meanwhile is in both.</summary>
        public IReadOnlyList<double> Within(Contender other) => Lines.Count == other.Lines.Count && Lines.Count > 1 ? [.. Lines.Zip(other.Lines, (own, its) => own.Value / its.Value)] : [];

        public double Extra(string column) => Middle(Lines.Where(line => line.Extras?.ContainsKey(column) == true).Select(line => line.Extras![column]));
    }

    public static void Print(IEnumerable<string> lines)
    {
        foreach (var (measure, unit, better, contenders) in Measures(lines))
        {
            string[] columns = [.. contenders.SelectMany(contender => contender.Lines).SelectMany(line => line.Extras?.Keys ?? Enumerable.Empty<string>()).Distinct()];
            Console.WriteLine($"\n### {measure}\n");
            Console.WriteLine($"| contender | rounds | {unit} (spread) |{string.Concat(columns.Select(column => $" {column} |"))}");
            Console.WriteLine($"|---|---|---|{string.Concat(columns.Select(_ => "---|"))}");
            foreach (var contender in contenders)
            {
                Console.WriteLine($"| {contender.Name} | {contender.Lines.Count} | {Text(contender.Median)} ({Text(contender.Low)}–{Text(contender.High)}) |{string.Concat(columns.Select(column => $" {Text(contender.Extra(column))} |"))}");
            }

            Console.WriteLine();
            foreach (var contender in contenders)
            {
                foreach (var (against, goal) in contender.Lines[0].Goals ?? [])
                {
                    if (contenders.Find(other => other.Name == against) is { } other)
                    {
                        var ratio = contender.Median / other.Median;
                        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"- {contender.Name}: **{ratio:F2} ×** {against} (goal {(better == "more" ? "≥" : "≤")} {goal} ×: {Reached(better == "more" ? ratio >= goal : ratio <= goal)}){Rounds(contender.Within(other))}"));
                    }
                }

                if (contender.Lines[0].Floor is { } floor)
                {
                    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"- {contender.Name}: **{Text(contender.Median)}** {unit} (goal {(better == "more" ? "≥" : "≤")} {floor}: {Reached(better == "more" ? contender.Median >= floor : contender.Median <= floor)})"));
                }
            }
        }
    }

    /// <summary>Bars, a group a measure, each as long as its share of the group's longest.</summary>
    public static string Plot(IEnumerable<string> lines)
    {
        const int width = 820, name = 220, bar = 440, row = 24;
        var svg = new StringBuilder();
        var y = 10;
        foreach (var (measure, unit, _, contenders) in Measures(lines))
        {
            var most = contenders.Max(contender => contender.High);
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"10\" y=\"{y + 16}\" font-weight=\"600\">{Escape(measure)} ({Escape(unit)})</text>");
            y += 28;
            foreach (var contender in contenders)
            {
                double Length(double value) => most == 0 ? 0 : Math.Round(value / most * bar, 1);
                svg.Append(CultureInfo.InvariantCulture, $"<text x=\"10\" y=\"{y + 15}\">{Escape(contender.Name)}</text><rect x=\"{name}\" y=\"{y + 3}\" width=\"{Length(contender.Median)}\" height=\"15\" fill=\"{(contender.Lines[0].Goals is null && contender.Lines[0].Floor is null ? "#b8c4bd" : "#2d6a4f")}\"/>");
                svg.Append(CultureInfo.InvariantCulture, $"<path d=\"M{name + Length(contender.Low)} {y + 10.5}H{name + Length(contender.High)}\" stroke=\"#1b1b1b\"/><text x=\"{name + Length(contender.High) + 6}\" y=\"{y + 15}\">{Text(contender.Median)}</text>");
                y += row;
            }

            y += 14;
        }

        return string.Create(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{y}\" viewBox=\"0 0 {width} {y}\" font-family=\"system-ui, sans-serif\" font-size=\"13\"><rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>{svg}</svg>\n");
    }

    public static double Middle(IEnumerable<double> all)
    {
        var values = all.Order().ToList();
        return values.Count == 0 ? 0 : values.Count % 2 == 1 ? values[values.Count / 2] : (values[values.Count / 2 - 1] + values[values.Count / 2]) / 2;
    }

    private static IEnumerable<(string Measure, string Unit, string Better, List<Contender> Contenders)> Measures(IEnumerable<string> lines) =>
        lines.Where(line => line.StartsWith('{')).Select(Line.Of).GroupBy(line => line.Measure).Select(group => (
            group.Key, group.First().Unit, group.First().Better, group.GroupBy(line => line.Contender).Select(contender => new Contender(contender.Key, [.. contender])).ToList()));

    private static string Rounds(IReadOnlyList<double> ratios) =>
        ratios.Count == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"; within a round {Middle(ratios):F2} × ({ratios.Min():F2}–{ratios.Max():F2})");

    private static string Reached(bool yes) => yes ? "reached" : "**not reached**";

    private static string Escape(string text) => text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal);

    private static string Text(double value) => value.ToString(Math.Abs(value) >= 100 || value == Math.Floor(value) ? "#,0" : "0.0#", CultureInfo.InvariantCulture);
}
