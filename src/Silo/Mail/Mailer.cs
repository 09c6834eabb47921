using System.ComponentModel.DataAnnotations;
using LimoCha.Actors.Consent;
using LimoCha.Actors.Privacy;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using MimeKit;

namespace LimoCha.Actors.Mail;

/// <summary>The company's mail server; section <c>Mail</c>. Nothing is sent until there is a host.</summary>
public sealed class MailOptions
{
    /// <summary>The server's name.</summary>
    [StringLength(200)] public string? Host { get; set; }
    /// <summary>Its port. Default 587.</summary>
    [Range(1, 65535)] public int Port { get; set; } = 587;
    /// <summary>How the connection is encrypted. Default: STARTTLS (RFC 3207), and no mail without it.</summary>
    [EnumDataType(typeof(MailSecurity))] public MailSecurity Security { get; set; } = MailSecurity.StartTls;
    /// <summary>The account, where the server asks for one.</summary>
    [StringLength(200)] public string? UserName { get; set; }
    /// <summary>Its password.</summary>
    [StringLength(200)] public string? Password { get; set; }
    /// <summary>The address that mail comes from.</summary>
    [EmailAddress, StringLength(254)] public string? From { get; set; }
}

/// <summary>How the connection to the mail server is encrypted.</summary>
public enum MailSecurity
{
    /// <summary>STARTTLS; refused where the server does not have it.</summary>
    StartTls = 0,
    /// <summary>TLS from the first byte (RFC 8314).</summary>
    Tls = 1,
    /// <summary>None: for a relay on the same machine.</summary>
    None = 2,
}

/// <inheritdoc cref="IMailer" />
internal sealed partial class Mailer(IOptions<MailOptions> options, IOptions<CompanyOptions> company, ILogger<Mailer> logger) : IMailer
{
    internal static readonly int Patience = (int)TimeSpan.FromSeconds(8).TotalMilliseconds;

    public bool On => options.Value is { Host.Length: > 0, From.Length: > 0 };

    public async Task<IReadOnlyList<MailOutcome>> SendAsync(IReadOnlyList<OutgoingMail> mails, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(mails);
        var outcomes = Enumerable.Repeat(On ? MailOutcome.Later : MailOutcome.Off, mails.Count).ToArray();
        if (!On)
        {
            return outcomes;
        }

        var settings = options.Value;
        using var client = new SmtpClient { Timeout = Patience };
        try
        {
            await client.ConnectAsync(settings.Host!, settings.Port, settings.Security switch { MailSecurity.Tls => SecureSocketOptions.SslOnConnect, MailSecurity.None => SecureSocketOptions.None, _ => SecureSocketOptions.StartTls }, cancellationToken);
            if (settings.UserName is { Length: > 0 } user)
            {
                await client.AuthenticateAsync(user, settings.Password ?? "", cancellationToken);
            }

            for (var i = 0; i < mails.Count; i++)
            {
                outcomes[i] = await SendAsync(client, mails[i], cancellationToken);
            }

            await client.DisconnectAsync(quit: true, cancellationToken);
        }
        catch (Exception error) when (error is IOException or ServiceNotConnectedException or ProtocolException or AuthenticationException or System.Net.Sockets.SocketException or TimeoutException or NotSupportedException or SslHandshakeException)
        {
            // The server's own words may name an address: only what kind of failure it was is said.
            LogFailed(logger, error.GetType().Name);
        }

        return outcomes;
    }

    private async Task<MailOutcome> SendAsync(SmtpClient client, OutgoingMail mail, CancellationToken cancellationToken)
    {
        if (!MailboxAddress.TryParse(mail.To, out var to))
        {
            return MailOutcome.Refused;
        }

        var from = MailboxAddress.Parse(options.Value.From!);
        using var message = new MimeMessage { Subject = mail.Subject, MessageId = $"{mail.Id}@{from.Domain}", Body = new TextPart("plain") { Text = mail.Text } };
        message.From.Add(new MailboxAddress(company.Value.Name, from.Address));
        message.To.Add(to);
        // RFC 3834: no robot answers a robot.
        message.Headers.Add("Auto-Submitted", "auto-generated");
        try
        {
            await client.SendAsync(message, cancellationToken);
            return MailOutcome.Sent;
        }
        catch (SmtpCommandException error)
        {
            LogFailed(logger, $"{error.ErrorCode} {(int)error.StatusCode}");
            return error.ErrorCode == SmtpErrorCode.RecipientNotAccepted && (int)error.StatusCode >= 500 ? MailOutcome.Refused : MailOutcome.Later;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Mail was not sent: {Why}")]
    private static partial void LogFailed(ILogger logger, [NotPersonal] string why);
}

/// <summary>Mail, for silos and web processes.</summary>
internal static class MailHosting
{
    public static IServiceCollection AddLimoChaMail(this IServiceCollection services)
    {
        services.AddOptions<MailOptions>().BindConfiguration("Mail").ValidateDataAnnotations()
            .Validate(mail => mail.Host is not { Length: > 0 } || mail.From is { Length: > 0 }, "Mail:From is empty; say which address mail comes from.").ValidateOnStart();
        services.AddOptions<CompanyOptions>().BindConfiguration("Company").ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<IMailer, Mailer>();
        services.AddOptions<SmsOptions>().BindConfiguration("Sms").ValidateDataAnnotations().ValidateOnStart();
        services.AddHttpClient(TencentSms.Client, client => client.Timeout = TimeSpan.FromMilliseconds(Mailer.Patience));
        services.AddSingleton<ISmsSender, TencentSms>();
        return services;
    }
}
