namespace LimoCha.Actors.Push;

/// <summary>What goes to a phone. No personal data: a generic line, and which card it is about.</summary>
/// <param name="Id">The push, the same at every try.</param>
/// <param name="Token">The phone.</param>
/// <param name="Title">One line.</param>
/// <param name="Body">Another line.</param>
/// <param name="CollapseKey">A newer one with this key takes the place of those before. At most 64 bytes.</param>
/// <param name="Data">For the app: the card's kind, id and version.</param>
/// <param name="Urgent">Wakes the phone now.</param>
/// <param name="TimeToLive">Of no use after it.</param>
public sealed record PushEnvelope(
    Guid Id, string Token, string Title, string Body, string CollapseKey, IReadOnlyDictionary<string, string> Data, bool Urgent, TimeSpan TimeToLive);

/// <summary>What became of a push.</summary>
public enum PushOutcome
{
    /// <summary>The vendor took it.</summary>
    Sent,
    /// <summary>The phone's token is of no use any more.</summary>
    TokenGone,
    /// <summary>Not now: again later.</summary>
    Later,
    /// <summary>The vendor will never take it.</summary>
    Refused,
}

/// <summary>What became of a push, and why.</summary>
/// <param name="Outcome">What.</param>
/// <param name="Problem">The vendor's own name for the cause; free of personal data.</param>
/// <param name="After">How long the vendor asks to wait.</param>
public sealed record PushAnswer(PushOutcome Outcome, string? Problem = null, TimeSpan? After = null)
{
    /// <summary>Taken.</summary>
    public static readonly PushAnswer Sent = new(PushOutcome.Sent);
}

/// <summary>A vendor's push service.</summary>
public interface IPushVendorClient
{
    /// <summary>Whose.</summary>
    PushVendor Vendor { get; }

    /// <summary>True when its keys are configured.</summary>
    bool Configured { get; }

    /// <summary>Sends one push.</summary>
    Task<PushAnswer> SendAsync(PushEnvelope push, CancellationToken cancellationToken);
}
