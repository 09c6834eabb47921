using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.ExceptionServices;

namespace LimoCha.Bench;

/// <summary>
/// As many connections to one path as are needed at once. One that nobody needed for long is not used again, because the server may be
/// closing it (Kestrel does after 130 s).
/// </summary>
internal sealed class Callers(Uri address, string path, string token) : IDisposable
{
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(1);
    private readonly ConcurrentStack<(Caller Connection, long Since)> idle = [];

    /// <summary>Posts a body; answers the status, 0 for a connection that broke.</summary>
    public async ValueTask<int> PostAsync(string body, string? traceParent = null)
    {
        Caller? connection = null;
        try
        {
            connection = Idle();
            if (connection is null)
            {
                connection = new(address, path, token);
                await connection.ConnectAsync();
            }

            var status = await connection.PostAsync(body, traceParent);
            idle.Push((connection, Stopwatch.GetTimestamp()));
            return status;
        }
        catch (Exception error) when (error is SocketException or IOException)
        {
            connection?.Dispose();
            return 0;
        }
    }

    /// <summary>Calls at a fixed rate, whatever the answers do, each with the time when it is due.</summary>
    public static async Task AtRateAsync(int rate, long end, int most, Func<long, Task> call)
    {
        var started = Stopwatch.GetTimestamp();
        using var connections = new SemaphoreSlim(most);
        ExceptionDispatchInfo? failure = null;
        for (long i = 0; ; i++)
        {
            var time = started + i * Stopwatch.Frequency / rate;
            if (time >= end)
            {
                break;
            }

            while (Stopwatch.GetTimestamp() < time)
            {
                await Task.Delay(1);
            }

            // A call that finds no free connection waits here and is late: its time counts from when it was due.
            await connections.WaitAsync();
            _ = CallAndReleaseAsync(time);
        }

        // Whoever has all connections waits for no call any more.
        for (var i = 0; i < most; i++)
        {
            await connections.WaitAsync();
        }

        failure?.Throw();

        async Task CallAndReleaseAsync(long since)
        {
            try
            {
                await call(since);
            }
            catch (Exception error)
            {
                failure = ExceptionDispatchInfo.Capture(error);
            }

            connections.Release();
        }
    }

    public void Dispose()
    {
        foreach (var (connection, _) in idle)
        {
            connection.Dispose();
        }
    }

    private Caller? Idle()
    {
        while (idle.TryPop(out var last))
        {
            if (Stopwatch.GetElapsedTime(last.Since) < Kept)
            {
                return last.Connection;
            }

            last.Connection.Dispose();
        }

        return null;
    }
}
