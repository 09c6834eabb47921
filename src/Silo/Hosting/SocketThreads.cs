using System.Runtime.CompilerServices;

namespace LimoCha.Actors.Hosting;

/// <summary>
/// What waits for a socket goes on at the thread that watches it, instead of waking another for work of microseconds.
/// So that thread is left before work of any length: rows are mapped, and callers go on, in the thread pool.
/// </summary>
public static class SocketThreads
{
    private const string Inline = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    /// <summary>For this process, and before its first socket. Whoever has set it in the environment keeps what they set.</summary>
    public static void GoOn() => Environment.SetEnvironmentVariable(Inline, Environment.GetEnvironmentVariable(Inline) ?? "1");

    /// <summary>Goes on in the thread pool; at once, when that is where it is.</summary>
    public static ConfiguredTaskAwaitable Leave() =>
        Task.CompletedTask.ConfigureAwait(Thread.CurrentThread.IsThreadPoolThread ? ConfigureAwaitOptions.None : ConfigureAwaitOptions.ForceYielding);
}
