using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace LimoCha.Actors.Staff;

/// <summary>
/// The people whose actors live in this silo, each as their actor has committed it: whoever is here is looked at without a message, and what
/// changes is seen with the commit.
/// </summary>
public sealed class LocalUsers
{
    private readonly ConcurrentDictionary<Guid, UserView> users = new();

    /// <summary>All of them.</summary>
    public ICollection<Guid> Ids => users.Keys;

    /// <summary>The person as they are now, if their actor is here.</summary>
    public bool TryGet(Guid userId, [NotNullWhen(true)] out UserView? user) => users.TryGetValue(userId, out user);

    /// <summary>An actor has started, or committed something.</summary>
    public void Set(UserView user)
    {
        ArgumentNullException.ThrowIfNull(user);
        users[user.Id] = user;
    }

    /// <summary>An actor ends.</summary>
    public void Remove(Guid userId) => users.TryRemove(userId, out _);
}
