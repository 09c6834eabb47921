namespace LimoCha.Bench;

/// <summary>Contenders that take turns within one generator, so that a turn costs its seconds and no more.</summary>
internal static class Turns
{
    /// <summary>Whoever has just been idle gets this long to come up again.</summary>
    private const int WarmUp = 1;

    /// <param name="mode">closed or open.</param>
    /// <param name="devices">Of each.</param>
    /// <param name="load">Callers, or requests a second.</param>
    /// <param name="seconds">Of a turn.</param>
    /// <param name="rounds">Turns of each.</param>
    /// <param name="contenders">Of each its name, address, file of users, and the processes of its server and database.</param>
    public static async Task RunAsync(string mode, int devices, int load, int seconds, int rounds, IReadOnlyList<string> contenders)
    {
        List<(string Name, Dispatch Run, Cpu Cpu)> connected = [];
        foreach (var contender in contenders.Chunk(5))
        {
            connected.Add((contender[0], await Dispatch.ConnectAsync(new(contender[1]), contender[2], devices, works: false), new(contender[3..])));
        }

        for (var round = 0; round < rounds; round++)
        {
            foreach (var (name, run, cpu) in connected)
            {
                Console.WriteLine(await run.MeasureAsync(mode, name, load, seconds, cpu, WarmUp));
            }
        }

        foreach (var (_, run, _) in connected)
        {
            await run.DisposeAsync();
        }
    }
}
