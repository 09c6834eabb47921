using System.Collections.Concurrent;

namespace LimoCha.Actors.Devices;

/// <summary>The people whose actors live in this silo.</summary>
public sealed class LocalUsers
{
    private readonly ConcurrentDictionary<Guid, byte> users = new();

    /// <summary>All of them.</summary>
    public ICollection<Guid> Ids => users.Keys;

    /// <summary>An actor starts.</summary>
    public void Add(Guid userId) => users[userId] = 0;

    /// <summary>It ends.</summary>
    public void Remove(Guid userId) => users.TryRemove(userId, out _);
}
