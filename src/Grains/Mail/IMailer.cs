using LimoCha.Actors.Privacy;

namespace LimoCha.Actors.Mail;

/// <summary>An e-mail.</summary>
/// <param name="Id">Becomes its Message-ID: a repeat is recognised by the receiver's server.</param>
/// <param name="To">The address.</param>
/// <param name="Subject">One line.</param>
/// <param name="Text">Plain text.</param>
public sealed record OutgoingMail(
    [property: NotPersonal] string Id, [property: Personal(DataClass.Contact)] string To, [property: NotPersonal] string Subject, [property: Personal(DataClass.Content)] string Text);

/// <summary>What became of an e-mail.</summary>
public enum MailOutcome
{
    /// <summary>The server took it.</summary>
    Sent = 0,
    /// <summary>Not now; to be tried again.</summary>
    Later = 1,
    /// <summary>There is no such address.</summary>
    Refused = 2,
    /// <summary>No mail server is configured.</summary>
    Off = 3,
}

/// <summary>Sends e-mail through the company's server.</summary>
public interface IMailer
{
    /// <summary>True when a server is configured.</summary>
    bool On { get; }

    /// <summary>Sends them over one connection; an outcome each, in order.</summary>
    Task<IReadOnlyList<MailOutcome>> SendAsync(IReadOnlyList<OutgoingMail> mails, CancellationToken cancellationToken = default);
}
