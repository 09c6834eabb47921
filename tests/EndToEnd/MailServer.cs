using System.Buffers;
using System.Collections.Concurrent;
using LimoCha.Actors.Testing;
using MimeKit;
using SmtpServer;
using SmtpServer.ComponentModel;
using SmtpServer.Mail;
using SmtpServer.Protocol;
using SmtpServer.Storage;

namespace LimoCha.Actors.EndToEnd;

/// <summary>An SMTP server on this machine that keeps what it was given.</summary>
public sealed class MailServer : IAsyncDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly Task running;

    private MailServer()
    {
        Port = Ports.Free();
        var services = new ServiceProvider();
        services.Add(new Kept(Mails));
        services.Add(new Known(this));
        running = new SmtpServer.SmtpServer(new SmtpServerOptionsBuilder().ServerName("localhost").Port(Port).Build(), services).StartAsync(stop.Token);
    }

    public int Port { get; }

    /// <summary>What came.</summary>
    public ConcurrentQueue<MimeMessage> Mails { get; } = new();

    /// <summary>Addresses that there are not.</summary>
    public ConcurrentDictionary<string, byte> Unknown { get; } = new();

    public static MailServer Start() => new();

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
    }

    private sealed class Kept(ConcurrentQueue<MimeMessage> mails) : MessageStore
    {
        public override async Task<SmtpResponse> SaveAsync(ISessionContext context, IMessageTransaction transaction, ReadOnlySequence<byte> buffer, CancellationToken cancellationToken)
        {
            using var stream = new MemoryStream(buffer.ToArray());
            mails.Enqueue(await MimeMessage.LoadAsync(stream, cancellationToken));
            return SmtpResponse.Ok;
        }
    }

    private sealed class Known(MailServer server) : MailboxFilter
    {
        public override Task<bool> CanDeliverToAsync(ISessionContext context, IMailbox to, IMailbox from, CancellationToken cancellationToken) =>
            Task.FromResult(!server.Unknown.ContainsKey($"{to.User}@{to.Host}"));
    }
}
