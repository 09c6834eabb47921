using System.Globalization;

namespace LimoCha.Bench;

/// <summary>Contenders that take turns within one generator, so that a turn costs its seconds and no more.</summary>
internal static class Turns
{
    /// <summary>Of each contender.</summary>
    public const int Fields = 6;

    /// <summary>Whoever has just been idle gets this long to come up again.</summary>
    private const int WarmUp = 1;

    /// <param name="mode">closed or open.</param>
    /// <param name="devices">Of each.</param>
    /// <param name="load">Callers, or requests a second.</param>
    /// <param name="seconds">Of a turn.</param>
    /// <param name="rounds">Turns of each.</param>
    /// <param name="contenders">
    /// Of each its name, address, file of users, the processes of its server and database, and the part of its requests that are traced. Two at one
    /// address are one server that is asked in two ways, with the same devices.
    /// </param>
    public static async Task RunAsync(string mode, int devices, int load, int seconds, int rounds, IReadOnlyList<string> contenders)
    {
        Dictionary<string, Dispatch> connected = [];
        foreach (var contender in contenders.Chunk(Fields))
        {
            if (!connected.ContainsKey(contender[1]))
            {
                connected.Add(contender[1], await Dispatch.ConnectAsync(new(contender[1]), contender[2], devices, works: false));
            }
        }

        var cpu = contenders.Chunk(Fields).Select(contender => new Cpu(contender[3..5])).ToArray();
        for (var round = 0; round < rounds; round++)
        {
            foreach (var (contender, its) in contenders.Chunk(Fields).Zip(cpu))
            {
                var run = connected[contender[1]];
                run.Traced = double.Parse(contender[5], CultureInfo.InvariantCulture);
                Console.WriteLine(await run.MeasureAsync(mode, contender[0], load, seconds, its, WarmUp));
            }
        }

        foreach (var run in connected.Values)
        {
            await run.DisposeAsync();
        }
    }
}
