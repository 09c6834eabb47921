using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace LimoCha.Actors.Staff;

/// <summary>
/// The people whose actors live in this silo, each as their actor has committed it: whoever is here is looked at without a message, what
/// changes is seen with the commit, and what is to be done is done in their actor's next turn.
/// </summary>
public sealed class LocalUsers
{
    /// <summary>
    /// How often they are told to stay while their devices are connected: well within the quarter of an hour after which Orleans puts an actor to sleep
    /// that got no message. What is done in an actor's turn without a message does not count there.
    /// </summary>
    public static readonly TimeSpan KeepPeriod = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<Guid, LocalUser> users = new();

    /// <summary>All of them.</summary>
    public ICollection<Guid> Ids => users.Keys;

    /// <summary>The person, if their actor is here.</summary>
    public bool TryGet(Guid userId, [NotNullWhen(true)] out LocalUser? user) => users.TryGetValue(userId, out user);

    /// <summary>An actor has started, or committed something.</summary>
    internal void Set(LocalUser user) => users[user.View.Id] = user;

    /// <summary>An actor ends.</summary>
    internal void Remove(Guid userId) => users.TryRemove(userId, out _);
}

/// <summary>Somebody whose actor lives in this silo.</summary>
/// <param name="View">As they are now.</param>
/// <param name="InTurnAsync">Does something with their actor in its next turn; wherever it is then, when it is leaving.</param>
public sealed record LocalUser(UserView View, Func<Func<IUserGrain, Task>, Task> InTurnAsync)
{
    /// <inheritdoc/>
    public override string ToString() => nameof(LocalUser);
}
