using LimoCha.Actors.Kernel;

namespace LimoCha.Actors.Devices;

/// <summary>What a user's actor reads of the read model when it starts.</summary>
public interface IUserReadModel
{
    /// <summary>The cards that are open for a user: their tasks, what is offered to them, notices they have not read.</summary>
    Task<OpenCards> OpenCardsAsync(Guid userId, Guid? departmentId, Role role, CancellationToken cancellationToken);

    /// <summary>Whether the stored state of what a card shows is at the card's version.</summary>
    Task<bool> IsCurrentAsync(Card card);

    /// <summary>When and where the user was last.</summary>
    Task<LastKnown> LastKnownAsync(Guid userId, CancellationToken cancellationToken);
}

/// <summary>When and where somebody was last.</summary>
/// <param name="SeenAt">When their last device went; null before that.</param>
/// <param name="Place">Where they are checked in, if anywhere, and since when.</param>
public sealed record LastKnown(DateTimeOffset? SeenAt, (Guid LocationId, DateTimeOffset At)? Place);

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
