using System.Net;
using System.Net.Sockets;

namespace LimoCha.Actors.Testing;

/// <summary>
/// Ports for servers that tests start, kill and start again. Below those that the system gives to outgoing connections:
/// while a server is down, a client that tries its port could otherwise be given that very port, and connect to itself.
/// </summary>
public static class Ports
{
    private const int First = 12_000;
    private const int Last = 32_000;
    private static readonly HashSet<int> Given = [];

    /// <summary>A port that nobody listens on and that was not given before.</summary>
    public static int Free()
    {
        lock (Given)
        {
            while (true)
            {
                var port = Random.Shared.Next(First, Last);
                if (Given.Add(port) && CanListen(port))
                {
                    return port;
                }
            }
        }
    }

    private static bool CanListen(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
