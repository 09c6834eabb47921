using System.Net.WebSockets;
using System.Text;

namespace LimoCha.Bench;

/// <summary>
/// A device on SignalR's JSON protocol over a WebSocket, written by hand so that a thousand of them take little of the
/// machine that is measured. Shows a card once, acknowledges each, keeps its connection alive, and comes back when it is cut off, as
/// SignalR's own clients do. One that works takes each task through its steps to the end.
/// </summary>
/// <param name="address">The server's.</param>
/// <param name="user">Whose it is.</param>
/// <param name="shown">Hears the title of each card that comes, and whether it had come before. What is open when the device first connects is not told.</param>
/// <param name="number">Of the user's devices.</param>
/// <param name="works">Whether it takes tasks through their steps.</param>
/// <param name="ended">Hears why a connection ended that nobody here closed.</param>
internal sealed partial class Device(Uri address, User user, Action<ReadOnlySpan<byte>, bool> shown, int number = 0, bool works = false, Action<string>? ended = null) : IAsyncDisposable
{
    private const byte End = 0x1e;
    private static readonly byte[] Ping = Frame("""{"type":6}""");
    /// <summary>Of nothing sent, after which it pings: as SignalR's own clients have it, for which each message counts.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(5);
    /// <summary>Before each try to come back; the last before all that follow.</summary>
    private static readonly TimeSpan[] Pauses = [TimeSpan.Zero, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(30)];

    private readonly Dictionary<Guid, int> seen = [];
    private readonly SemaphoreSlim sending = new(1, 1);
    private readonly CancellationTokenSource over = new();
    private readonly TaskCompletionSource synced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ClientWebSocket socket = new();
    private byte[] buffer = new byte[4096];
    private Task running = Task.CompletedTask;
    private Timer? pings;
    private long sent;

    /// <summary>How often it got everything that is open, after it first had.</summary>
    public int SyncsAgain { get; private set; }

    /// <summary>How many tasks it has: those that work take each away from itself by completing it.</summary>
    public int Open => seen.Count;

    /// <summary>Connects, says hello and has its first Sync.</summary>
    public async Task ConnectAsync(CancellationToken cancellationToken)
    {
        await OpenAsync(cancellationToken);
        var receiving = ReceiveAsync();
        await synced.Task.WaitAsync(TimeSpan.FromMinutes(1), cancellationToken);
        running = StayAsync(receiving);
        pings = new(_ => _ = PingAsync(), null, Look, Look);
    }

    public async ValueTask DisposeAsync()
    {
        if (pings is not null)
        {
            await pings.DisposeAsync();
        }

        await over.CancelAsync();
        socket.Abort();
        try
        {
            await running;
        }
        catch (OperationCanceledException)
        {
            // It was about to come back.
        }

        socket.Dispose();
        sending.Dispose();
        over.Dispose();
    }

    private async Task OpenAsync(CancellationToken cancellationToken)
    {
        socket.Options.KeepAliveInterval = TimeSpan.Zero;
        var uri = new UriBuilder(new Uri(address, "hubs/device")) { Scheme = "ws", Query = $"access_token={user.Token}" }.Uri;
        await socket.ConnectAsync(uri, cancellationToken);
        await SendAsync(Frame("""{"protocol":"json","version":1}"""));
        var have = string.Join(',', seen.Select(card => $$"""{"id":"{{card.Key}}","version":{{card.Value}}}"""));
        await SendAsync(Frame($$"""{"type":1,"target":"Hello","arguments":[{"deviceId":"bench-{{user.Id:N}}-{{number}}","platform":"bench","have":[{{have}}]}]}"""));
    }

    /// <summary>Comes back whenever the connection has ended, until nobody needs the device any more.</summary>
    private async Task StayAsync(Task<string> receiving)
    {
        for (var tries = 0; ;)
        {
            var why = await receiving;
            if (over.IsCancellationRequested)
            {
                return;
            }

            ended?.Invoke(why);
            await Task.Delay(Pauses[Math.Min(tries, Pauses.Length - 1)], over.Token);
            socket.Dispose();
            socket = new();
            try
            {
                await OpenAsync(over.Token);
                (tries, receiving) = (0, ReceiveAsync());
            }
            catch (WebSocketException error)
            {
                (tries, receiving) = (tries + 1, Task.FromResult(error.Message));
            }
        }
    }

    /// <summary>Receives until the connection ends; answers why it did.</summary>
    private async Task<string> ReceiveAsync()
    {
        var filled = 0;
        var why = "";
        try
        {
            while (true)
            {
                var received = await socket.ReceiveAsync(buffer.AsMemory(filled), CancellationToken.None);
                if (received.MessageType == WebSocketMessageType.Close)
                {
                    return why.Length > 0 ? why : "closed without a word";
                }

                filled += received.Count;
                var start = 0;
                int end;
                while ((end = buffer.AsSpan(start, filled - start).IndexOf(End)) >= 0)
                {
                    var length = Handle(buffer.AsSpan(start, end), ref why);
                    start += end + 1;
                    if (length > 0)
                    {
                        await SendAsync(acks.AsMemory(0, length));
                    }
                }

                buffer.AsSpan(start, filled - start).CopyTo(buffer);
                filled -= start;
                if (filled == buffer.Length)
                {
                    Array.Resize(ref buffer, buffer.Length * 2);
                }
            }
        }
        catch (Exception error) when (error is WebSocketException or ObjectDisposedException or OperationCanceledException)
        {
            synced.TrySetException(error);
            return why.Length > 0 ? why : error.Message;
        }
    }

    private static byte[] Frame(string message) => [.. Encoding.UTF8.GetBytes(message), End];

    private Task PingAsync() => Environment.TickCount64 - sent + Look.TotalMilliseconds / 2 < Silence.TotalMilliseconds ? Task.CompletedTask : SendAsync(Ping);

    private async Task SendAsync(ReadOnlyMemory<byte> message)
    {
        sent = Environment.TickCount64;
        await sending.WaitAsync();
        try
        {
            await socket.SendAsync(message, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        }
        catch (Exception error) when (error is WebSocketException or InvalidOperationException or OperationCanceledException)
        {
            // The receiving side sees the end of the connection too.
        }
        finally
        {
            sending.Release();
        }
    }
}
