namespace LimoCha.Actors.Devices;

/// <summary>What a user's actor reads of the read model when it starts.</summary>
public interface IUserReadModel
{
    /// <summary>The cards that are open for a user.</summary>
    Task<IReadOnlyList<Card>> OpenCardsAsync(Guid userId, CancellationToken cancellationToken);

    /// <summary>Where the user is checked in, if anywhere.</summary>
    Task<(Guid LocationId, DateTimeOffset At)?> LastPlaceAsync(Guid userId, CancellationToken cancellationToken);
}
