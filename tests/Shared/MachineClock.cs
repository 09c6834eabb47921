using System.Diagnostics;

namespace LimoCha.Actors.Testing;

/// <summary>A machine's wall clock that can be set while its processes run (<c>wallclock.c</c>, preloaded into them).</summary>
public sealed class MachineClock
{
    private static readonly Lazy<string> Library = new(Compile);
    private readonly string file;

    public MachineClock(string file)
    {
        this.file = file;
        File.WriteAllBytes(file, new byte[sizeof(long)]);
    }

    /// <summary>What a process of this machine starts with.</summary>
    public (string Key, string Value)[] Environment => [("LD_PRELOAD", Library.Value), ("WALLCLOCK_FILE", file)];

    /// <summary>Sets the clock to so many seconds before or after the true time.</summary>
    public void Set(long seconds)
    {
        // Written in place: the processes have the file mapped.
        using var open = new FileStream(file, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        open.Write(BitConverter.GetBytes(seconds));
    }

    private static string Compile()
    {
        var library = Path.Combine(AppContext.BaseDirectory, "wallclock.so");
        using var compiler = Process.Start("gcc", ["-shared", "-fPIC", "-O2", "-o", library, Path.Combine(Repository.Root, "tests", "Shared", "wallclock.c"), "-ldl"]);
        compiler.WaitForExit();
        return compiler.ExitCode == 0 ? library : throw new InvalidOperationException("gcc could not build tests/Shared/wallclock.c; install gcc and libc6-dev.");
    }
}
