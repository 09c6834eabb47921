using System.Diagnostics;
using System.Globalization;

namespace LimoCha.Bench;

/// <summary>
/// CPU time from /proc of a server (first pid; several joined by commas), of a PostgreSQL with all its children (second pid; empty for none), and of this process.
/// Children of the postmaster that ended are in its own count of reaped children, so nothing is lost in between.
/// </summary>
internal sealed class Cpu(IReadOnlyList<string> pids)
{
    private const long MicrosecondsPerTick = 10_000;

    public Sample Now() => new(
        pids.Count > 0 ? pids[0].Split(',').Sum(pid => Read(pid, children: false)) : 0,
        pids.Count > 1 && pids[1].Length > 0 ? Read(pids[1], children: true) : 0,
        (long)Process.GetCurrentProcess().TotalProcessorTime.TotalMicroseconds);

    private static long Read(string pid, bool children)
    {
        var own = Stat(pid);
        return own is null ? 0
            : !children ? Ticks(own, 11, 12)
            : Ticks(own, 11, 12, 13, 14) + Directory.EnumerateDirectories("/proc").Select(Path.GetFileName)
                .Where(name => char.IsAsciiDigit(name![0])).Select(name => Stat(name!)).Where(stat => stat?[1] == pid).Sum(stat => Ticks(stat!, 11, 12));
    }

    /// <summary>The fields after the command's name, which may hold spaces.</summary>
    private static string[]? Stat(string pid)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{pid}/stat");
            return text[(text.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static long Ticks(string[] stat, params int[] fields) =>
        fields.Sum(field => long.Parse(stat[field], CultureInfo.InvariantCulture)) * MicrosecondsPerTick;

    public readonly record struct Sample(long Server, long Database, long Generator);
}
