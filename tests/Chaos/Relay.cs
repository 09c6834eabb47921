using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace LimoCha.Actors.Chaos;

/// <summary>
/// The network between clients and web processes: one address that spreads connections over the backends that answer, and
/// that can cut them or hold back what they carry.
/// </summary>
public sealed class Relay : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly int[] backends;
    private readonly TaskCompletionSource?[] held;
    private readonly ConcurrentDictionary<TcpClient, int> connections = new();
    private readonly CancellationTokenSource closing = new();
    private readonly Task accepting;
    private int next;

    public Relay(params int[] backendPorts)
    {
        backends = backendPorts;
        held = new TaskCompletionSource?[backendPorts.Length];
        listener.Start(1024);
        accepting = AcceptAsync();
    }

    public string Address => $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";

    /// <summary>Cuts every connection to a backend.</summary>
    public void Cut(int backend)
    {
        foreach (var (connection, _) in connections.Where(pair => pair.Value == backend))
        {
            connection.Close();
        }
    }

    /// <summary>Holds back what a backend's connections carry, both ways, without closing them: a network that went dead.</summary>
    public void Hold(int backend) => held[backend] ??= new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Lets it flow again.</summary>
    public void Release(int backend)
    {
        var gate = held[backend];
        held[backend] = null;
        gate?.TrySetResult();
    }

    public async ValueTask DisposeAsync()
    {
        await closing.CancelAsync();
        listener.Stop();
        foreach (var connection in connections.Keys)
        {
            connection.Close();
        }

        await accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        closing.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!closing.IsCancellationRequested)
        {
            _ = ServeAsync(await listener.AcceptTcpClientAsync(closing.Token));
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var _ = client;
        for (var tries = 0; tries < backends.Length; tries++)
        {
            var backend = (int)((uint)Interlocked.Increment(ref next) % backends.Length);
            using var server = new TcpClient { NoDelay = true };
            try
            {
                await server.ConnectAsync(IPAddress.Loopback, backends[backend], closing.Token);
            }
            catch (SocketException)
            {
                continue;
            }

            client.NoDelay = true;
            (connections[client], connections[server]) = (backend, backend);
            await Task.WhenAny(PumpAsync(client, server, backend), PumpAsync(server, client, backend));
            connections.TryRemove(client, out int _);
            connections.TryRemove(server, out int _);
            return;
        }
    }

    private async Task PumpAsync(TcpClient from, TcpClient to, int backend)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            int read;
            while ((read = await from.GetStream().ReadAsync(buffer, closing.Token)) > 0)
            {
                if (held[backend] is { } gate)
                {
                    await gate.Task;
                }

                await to.GetStream().WriteAsync(buffer.AsMemory(0, read), closing.Token);
            }
        }
        catch (Exception error) when (error is IOException or SocketException or ObjectDisposedException or InvalidOperationException or OperationCanceledException)
        {
            // Cut: the other half ends too.
        }
    }
}
