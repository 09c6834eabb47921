using System.Collections.Concurrent;
using System.Diagnostics;

namespace LimoCha.Actors.Testing;

/// <summary>A process of the product, from the build beside the tests.</summary>
public sealed class ProductProcess : IAsyncDisposable
{
    private const int KeptLines = 2_000;
    private readonly Process process;
    private readonly ConcurrentQueue<string> output = new();
    private readonly ConcurrentQueue<string> leaks = new();

    private ProductProcess(Process process)
    {
        this.process = process;
        process.OutputDataReceived += Keep;
        process.ErrorDataReceived += Keep;
        process.EnableRaisingEvents = true;
        process.Exited += (_, _) => Exited?.Invoke(this);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>It ended, whatever the cause.</summary>
    public event Action<ProductProcess>? Exited;

    /// <summary>It printed a line.</summary>
    public event Action<string>? Printed;

    /// <summary>Personal data in anything that it printed; there must be none.</summary>
    public IReadOnlyCollection<string> Leaks => leaks;

    /// <summary>The last lines it printed.</summary>
    public string Output => string.Join('\n', output);
    public bool HasExited => process.HasExited;

    public static ProductProcess Start(string project, params (string Key, string Value)[] settings)
    {
        var start = new ProcessStartInfo("dotnet", [PathOf(project)]) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (var (key, value) in settings)
        {
            start.Environment[key.Replace(":", "__", StringComparison.Ordinal)] = value;
        }

        return new(Process.Start(start)!);
    }

    /// <summary>The built executable of a project, of the configuration that the tests are of.</summary>
    public static string PathOf(string project)
    {
        var configuration = AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug";
        return Path.Combine(Repository.Root, "src", project, "bin", configuration, "net10.0", $"LimoCha.Actors.{project}.dll");
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>kill -9, without waiting for its end.</summary>
    public void Kill() => process.Kill();

    /// <summary>SIGTERM, and its exit code.</summary>
    public async Task<int> StopAsync(CancellationToken patience = default)
    {
        Signal("TERM");
        await process.WaitForExitAsync(patience);
        return process.ExitCode;
    }

    /// <summary>Waits for its end.</summary>
    public void WaitForExit() => process.WaitForExit();

    /// <summary>Sends a signal, if it lives.</summary>
    public void Signal(string name)
    {
        if (!process.HasExited)
        {
            using var kill = Process.Start("kill", [$"-{name}", $"{process.Id}"]);
            kill.WaitForExit();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            await KillAsync();
        }

        process.Dispose();
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        var text = line.Data ?? "";
        foreach (var leak in PersonalData.In(text))
        {
            leaks.Enqueue($"{leak} in: {text}");
        }

        Printed?.Invoke(text);
        output.Enqueue(text);
        while (output.Count > KeptLines)
        {
            output.TryDequeue(out _);
        }
    }
}
