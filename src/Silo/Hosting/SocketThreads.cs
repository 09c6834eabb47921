using System.Globalization;
using System.Runtime.CompilerServices;

namespace LimoCha.Actors.Hosting;

/// <summary>
/// What waits for a socket goes on at the thread that watches it, instead of waking another for work of microseconds.
/// So that thread is left before work of any length: rows are mapped, and callers go on, in the thread pool.
/// </summary>
public static class SocketThreads
{
    /// <summary>For this process, and before its first socket. Whoever has set it in the environment keeps what they set.</summary>
    public static void GoOn()
    {
        Unless("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", 1);

        // With one a core, as the runtime would have it then, each finds less to do when it is woken.
        Unless("DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT", (Environment.ProcessorCount + 1) / 2);
    }

    /// <summary>Goes on in the thread pool; at once, when that is where it is.</summary>
    public static ConfiguredTaskAwaitable Leave() =>
        Task.CompletedTask.ConfigureAwait(Thread.CurrentThread.IsThreadPoolThread ? ConfigureAwaitOptions.None : ConfigureAwaitOptions.ForceYielding);

    private static void Unless(string set, int value) =>
        Environment.SetEnvironmentVariable(set, Environment.GetEnvironmentVariable(set) ?? value.ToString(CultureInfo.InvariantCulture));
}
