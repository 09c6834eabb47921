using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace LimoCha.Bench;

/// <summary>One HTTP/1.1 connection that posts JSON and reads the answer's status; one request at a time.</summary>
internal sealed class Caller : IDisposable
{
    private readonly Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] head;
    private readonly byte[] request = new byte[4096];
    private readonly byte[] answer = new byte[16 * 1024];
    private readonly Uri address;

    public Caller(Uri address, string path, string token)
    {
        this.address = address;
        head = Encoding.ASCII.GetBytes($"POST {path} HTTP/1.1\r\nHost: {address.Authority}\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\nContent-Length: ");
        head.CopyTo(request, 0);
    }

    public Task ConnectAsync() => socket.ConnectAsync(address.Host, address.Port);

    /// <summary>Posts a body; answers the status. With a trace parent the request is part of that trace (W3C Trace Context).</summary>
    public async ValueTask<int> PostAsync(string body, string? traceParent = null)
    {
        var trace = traceParent is null ? "" : $"\r\ntraceparent: {traceParent}";
        var length = head.Length + Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Encoding.UTF8.GetByteCount(body)}{trace}\r\n\r\n{body}"), request.AsSpan(head.Length));
        await socket.SendAsync(request.AsMemory(0, length));
        var filled = 0;
        while (true)
        {
            var read = await socket.ReceiveAsync(answer.AsMemory(filled));
            if (read == 0)
            {
                throw new IOException("The server closed the connection.");
            }

            filled += read;
            if (Complete(answer.AsSpan(0, filled)))
            {
                return int.Parse(answer.AsSpan(9, 3), CultureInfo.InvariantCulture);
            }
        }
    }

    public void Dispose() => socket.Dispose();

    private static bool Complete(ReadOnlySpan<byte> answer)
    {
        var end = answer.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            return false;
        }

        var at = answer[..end].IndexOf("Content-Length: "u8);
        if (at < 0)
        {
            return answer.EndsWith("\r\n0\r\n\r\n"u8);
        }

        var number = answer[(at + 16)..];
        return answer.Length >= end + 4 + int.Parse(number[..number.IndexOf((byte)'\r')], CultureInfo.InvariantCulture);
    }
}
