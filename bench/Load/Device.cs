using System.Buffers.Text;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace LimoCha.Bench;

/// <summary>
/// A device on SignalR's JSON protocol over a WebSocket, written by hand so that a thousand of them take little of the
/// machine that is measured. Shows a card once, acknowledges each, keeps its connection alive. One that works takes each new task
/// through its steps to the end.
/// </summary>
internal sealed class Device(Uri address, User user, Action<ReadOnlySpan<byte>, bool> shown, int number = 0, bool works = false) : IAsyncDisposable
{
    private const byte End = 0x1e;
    private static readonly byte[][] Steps = [[.. "accept"u8], [.. "start"u8], [.. "complete"u8]];
    private static readonly byte[] Ping = Frame("""{"type":6}""");
    /// <summary>As SignalR's own clients have it.</summary>
    private static readonly TimeSpan PingPeriod = TimeSpan.FromSeconds(15);

    private readonly ClientWebSocket socket = new();
    private readonly Dictionary<Guid, int> seen = [];
    private readonly SemaphoreSlim sending = new(1, 1);
    private readonly TaskCompletionSource synced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private byte[] buffer = new byte[4096];
    private byte[] acks = new byte[512];
    private Task running = Task.CompletedTask;
    private Timer? pings;

    /// <summary>How many tasks it has: those that work take each away from itself by completing it.</summary>
    public int Open => seen.Count;

    /// <summary>Connects, says hello and has its first Sync.</summary>
    public async Task ConnectAsync(CancellationToken cancellationToken)
    {
        socket.Options.KeepAliveInterval = TimeSpan.Zero;
        var uri = new UriBuilder(new Uri(address, "hubs/device")) { Scheme = "ws", Query = $"access_token={user.Token}" }.Uri;
        await socket.ConnectAsync(uri, cancellationToken);
        await SendAsync(Frame("""{"protocol":"json","version":1}"""));
        await SendAsync(Frame($$"""{"type":1,"target":"Hello","arguments":[{"deviceId":"bench-{{user.Id:N}}-{{number}}","platform":"bench"}]}"""));
        running = ReceiveAsync();
        await synced.Task.WaitAsync(TimeSpan.FromMinutes(1), cancellationToken);
        pings = new(_ => _ = SendAsync(Ping), null, PingPeriod, PingPeriod);
    }

    public async ValueTask DisposeAsync()
    {
        if (pings is not null)
        {
            await pings.DisposeAsync();
        }

        socket.Abort();
        await running;
        socket.Dispose();
        sending.Dispose();
    }

    private async Task ReceiveAsync()
    {
        var filled = 0;
        try
        {
            while (true)
            {
                var received = await socket.ReceiveAsync(buffer.AsMemory(filled), CancellationToken.None);
                if (received.MessageType == WebSocketMessageType.Close)
                {
                    return;
                }

                filled += received.Count;
                var start = 0;
                int end;
                while ((end = buffer.AsSpan(start, filled - start).IndexOf(End)) >= 0)
                {
                    var length = Handle(buffer.AsSpan(start, end));
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
        }
    }

    /// <summary>Reads a message; when it has cards, their acknowledgement is in <see cref="acks"/> and its length the answer.</summary>
    private int Handle(ReadOnlySpan<byte> message)
    {
        var first = message.IndexOf("\"target\":\"Sync\""u8) >= 0;
        if (message.IndexOf("\"target\":\"Remove\""u8) >= 0)
        {
            return AcknowledgeRemoval(message);
        }

        if (first || message.IndexOf("\"target\":\"Upsert\""u8) >= 0)
        {
            var reader = new Utf8JsonReader(message);
            var fresh = false;
            var (id, version, count, length) = (Guid.Empty, 0, 0, Write(0, "{\"type\":1,\"target\":\"Ack\",\"arguments\":[["u8));
            ReadOnlySpan<byte> title = default;
            var cardDepth = first ? 3 : 2;
            while (reader.Read())
            {
                if (reader.CurrentDepth == cardDepth + 1 && reader.TokenType == JsonTokenType.PropertyName)
                {
                    if (reader.ValueTextEquals("id"u8))
                    {
                        reader.Read();
                        id = reader.GetGuid();
                    }
                    else if (reader.ValueTextEquals("version"u8))
                    {
                        reader.Read();
                        version = reader.GetInt32();
                    }
                    else if (reader.ValueTextEquals("title"u8))
                    {
                        reader.Read();
                        title = reader.ValueSpan;
                    }
                }
                else if (reader.CurrentDepth == cardDepth && reader.TokenType == JsonTokenType.EndObject)
                {
                    var known = seen.TryGetValue(id, out var had) && had >= version;
                    fresh = had == 0 && !first;
                    seen[id] = version;
                    if (!first)
                    {
                        shown(title, known);
                    }

                    length = Write(length, count++ == 0 ? "{\"id\":\""u8 : ",{\"id\":\""u8);
                    Room(length, 64);
                    Utf8Formatter.TryFormat(id, acks.AsSpan(length), out var written);
                    length = Write(length + written, "\",\"version\":"u8);
                    Room(length, 16);
                    Utf8Formatter.TryFormat(version, acks.AsSpan(length), out written);
                    length = Write(length + written, "}"u8);
                }
            }

            if (first)
            {
                synced.TrySetResult();
            }

            length = Write(length, "]]}"u8);
            Room(length, 1);
            acks[length++] = End;
            foreach (var step in works && fresh ? Steps : [])
            {
                length = Write(length, "{\"type\":1,\"target\":\"Act\",\"arguments\":[{\"taskId\":\""u8);
                Room(length, 64);
                Utf8Formatter.TryFormat(id, acks.AsSpan(length), out var written);
                length = Write(Write(length + written, "\",\"action\":\""u8), step);
                length = Write(length, "\"}]}\u001e"u8);
            }

            return count == 0 ? 0 : length;
        }

        return 0;
    }

    /// <summary>Its arguments are the card's id and version; the card is shown no more.</summary>
    private int AcknowledgeRemoval(ReadOnlySpan<byte> message)
    {
        var reader = new Utf8JsonReader(message);
        var (id, version) = (Guid.Empty, 0);
        while (reader.Read())
        {
            if (reader.CurrentDepth == 2 && reader.TokenType == JsonTokenType.String)
            {
                id = reader.GetGuid();
            }
            else if (reader.CurrentDepth == 2 && reader.TokenType == JsonTokenType.Number)
            {
                version = reader.GetInt32();
            }
        }

        seen.Remove(id);
        var length = Write(0, "{\"type\":1,\"target\":\"Ack\",\"arguments\":[[{\"id\":\""u8);
        Room(length, 64);
        Utf8Formatter.TryFormat(id, acks.AsSpan(length), out var written);
        length = Write(length + written, "\",\"version\":"u8);
        Room(length, 16);
        Utf8Formatter.TryFormat(version, acks.AsSpan(length), out written);
        return Write(length + written, "}]]}\u001e"u8);
    }

    private static byte[] Frame(string message) => [.. Encoding.UTF8.GetBytes(message), End];

    private int Write(int at, ReadOnlySpan<byte> text)
    {
        Room(at, text.Length);
        text.CopyTo(acks.AsSpan(at));
        return at + text.Length;
    }

    private void Room(int at, int more)
    {
        if (acks.Length < at + more)
        {
            Array.Resize(ref acks, Math.Max(acks.Length * 2, at + more));
        }
    }

    private async Task SendAsync(ReadOnlyMemory<byte> message)
    {
        await sending.WaitAsync();
        try
        {
            await socket.SendAsync(message, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        }
        catch (Exception error) when (error is WebSocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The receiving side sees the end of the connection too.
        }
        finally
        {
            sending.Release();
        }
    }
}
