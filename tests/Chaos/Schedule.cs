namespace LimoCha.Actors.Chaos;

/// <summary>What goes wrong.</summary>
public enum Trouble
{
    /// <summary>kill -9 of a silo; it comes back after a while.</summary>
    KillSilo,
    /// <summary>SIGTERM of a silo, as a rolling restart does; it comes back at once.</summary>
    RestartSilo,
    /// <summary>SIGSTOP of a silo for a while, long enough now and then to be declared dead.</summary>
    PauseSilo,
    /// <summary>kill -9 of a web process; it comes back after a while.</summary>
    KillDoor,
    /// <summary>SIGTERM of a web process; it comes back at once.</summary>
    RestartDoor,
    /// <summary>SIGSTOP of a web process for a while.</summary>
    PauseDoor,
    /// <summary>Every connection to a web process is cut.</summary>
    Cut,
    /// <summary>The network to a web process goes dead for a while without closing anything.</summary>
    Hold,
    /// <summary>PostgreSQL stops as in a crash and comes back after a while.</summary>
    CrashDatabase,
    /// <summary>The wall clock of a silo and a web process is set wrong by up to ten minutes, and right again after a while.</summary>
    JumpClock,
}

/// <summary>One trouble. <paramref name="Seconds"/> is how far a clock jumps.</summary>
public sealed record Step(TimeSpan At, Trouble Trouble, int Target, TimeSpan Lasts, int Seconds);

/// <summary>A random schedule that is the same for the same seed.</summary>
public static class Schedule
{
    /// <summary>Troubles over a time, one every few seconds, some at once. The first are one of each kind, so that a short run has seen them all.</summary>
    public static IReadOnlyList<Step> Make(int seed, TimeSpan length)
    {
        var random = new Random(seed);
        var kinds = Enum.GetValues<Trouble>();
        random.Shuffle(kinds);
        List<Step> steps = [];
        for (var at = 2.0; at < length.TotalSeconds; at += 1 + random.NextDouble() * 6)
        {
            var trouble = steps.Count < kinds.Length ? kinds[steps.Count] : kinds[random.Next(kinds.Length)];
            steps.Add(new(TimeSpan.FromSeconds(at), trouble, random.Next(2), TimeSpan.FromSeconds(0.5 + random.NextDouble() * (trouble == Trouble.PauseSilo ? 12 : 5)), random.Next(-600, 600)));
        }

        return steps;
    }

    /// <summary>Does one, and heals it after its time.</summary>
    public static async Task PlayAsync(Step step, Deployment deployment, CancellationToken healNow)
    {
        var (silo, door) = (deployment.Silos[step.Target], deployment.Doors[step.Target]);
        async Task WhileAsync(Action begin, Action end)
        {
            begin();
            await Task.Delay(step.Lasts, healNow).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            end();
        }

        await (step.Trouble switch
        {
            Trouble.KillSilo => WhileAsync(silo.Kill, silo.Up),
            Trouble.RestartSilo => RestartAsync(silo),
            Trouble.PauseSilo => WhileAsync(silo.Pause, silo.Continue),
            Trouble.KillDoor => WhileAsync(door.Kill, door.Up),
            Trouble.RestartDoor => RestartAsync(door),
            Trouble.PauseDoor => WhileAsync(door.Pause, door.Continue),
            Trouble.Cut => WhileAsync(() => deployment.Relay.Cut(step.Target), () => { }),
            Trouble.JumpClock => WhileAsync(() => deployment.Clocks[step.Target].Set(step.Seconds), () => deployment.Clocks[step.Target].Set(0)),
            Trouble.Hold => WhileAsync(() => deployment.Relay.Hold(step.Target), () => deployment.Relay.Release(step.Target)),
            _ => DatabaseAsync(),
        });

        async Task DatabaseAsync()
        {
            deployment.Postgres.Stop();
            await Task.Delay(step.Lasts, healNow).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await deployment.Postgres.StartAsync();
        }
    }

    private static async Task RestartAsync(Supervised process)
    {
        await process.StopAsync();
        process.Up();
    }
}
