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
    /// <summary>Fields of a process's stat: user and system time, of itself and of children that have ended.</summary>
    private static readonly int[] Own = [11, 12], Reaped = [13, 14];

    public Sample Now() => new(
        pids.Count > 0 ? pids[0].Split(',').Sum(pid => Read(pid, children: false)) : 0,
        pids.Count > 1 && pids[1].Length > 0 ? Read(pids[1], children: true) : 0,
        (long)Process.GetCurrentProcess().TotalProcessorTime.TotalMicroseconds);

    private static long Read(string pid, bool children)
    {
        for (var before = Stat(pid); before is not null;)
        {
            var living = children ? Living(pid) : 0;
            var after = Stat(pid);
            // A child that ended meanwhile would be in neither count, or in both.
            if (!children || after is null || Ticks(before, Reaped) == Ticks(after, Reaped))
            {
                return Ticks(before, Own) + (children ? Ticks(before, Reaped) + living : 0);
            }

            before = after;
        }

        return 0;
    }

    private static long Living(string parent) => Directory.EnumerateDirectories("/proc").Select(Path.GetFileName)
        .Where(name => char.IsAsciiDigit(name![0])).Select(name => Stat(name!)).Where(stat => stat?[1] == parent).Sum(stat => Ticks(stat!, Own));

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

    private static long Ticks(string[] stat, int[] fields) =>
        fields.Sum(field => long.Parse(stat[field], CultureInfo.InvariantCulture)) * MicrosecondsPerTick;

    public readonly record struct Sample(long Server, long Database, long Generator);
}
