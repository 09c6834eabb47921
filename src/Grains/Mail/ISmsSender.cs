namespace LimoCha.Actors.Mail;

/// <summary>Sends codes by text message through a vendor; the text is the vendor's approved template.</summary>
public interface ISmsSender
{
    /// <summary>True when a vendor is configured.</summary>
    bool On { get; }

    /// <summary>Sends a code that is good for so many minutes.</summary>
    Task<MailOutcome> SendCodeAsync(string phone, string code, int minutes, CancellationToken cancellationToken = default);
}
