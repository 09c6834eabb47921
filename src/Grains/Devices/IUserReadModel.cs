using LimoCha.Actors.Kernel;

namespace LimoCha.Actors.Devices;

/// <summary>What a user's actor reads of the read model when it starts.</summary>
public interface IUserReadModel
{
    /// <summary>The cards that are open for a user: their tasks, what is offered to them, notices they have not read.</summary>
    Task<OpenCards> OpenCardsAsync(Guid userId, Guid? departmentId, Role role, CancellationToken cancellationToken);

    /// <summary>Whether the stored state of what a card shows is at the card's version.</summary>
    Task<bool> IsCurrentAsync(Card card);

    /// <summary>When the user was seen last.</summary>
    Task<DateTimeOffset?> LastSeenAsync(Guid userId, CancellationToken cancellationToken);

    /// <summary>Where the user is checked in, if anywhere.</summary>
    Task<(Guid LocationId, DateTimeOffset At)?> LastPlaceAsync(Guid userId, CancellationToken cancellationToken);
}

/// <summary>Open cards as the read model has them.</summary>
/// <param name="Current">Those whose state was stored at the very version that the read model has.</param>
/// <param name="Behind">Those whose state is newer: whether they are still open, and how, their own actor knows.</param>
public sealed record OpenCards(IReadOnlyList<Card> Current, IReadOnlyList<Card> Behind);

/// <summary>Keeps when people were seen last, across restarts.</summary>
public interface IPresenceStore
{
    /// <summary>The person's last device is gone. Queued; nobody waits for it.</summary>
    Task SeenAsync(Guid userId, DateTimeOffset at);
}
