using System.Collections.Concurrent;

namespace LimoCha.Actors.Chaos;

/// <summary>What a device showed or was told, in its own order.</summary>
public enum Seen
{
    /// <summary>A card came up, new or in a newer version.</summary>
    Shown,
    /// <summary>A card went away by a Remove, or because a Sync did not have it.</summary>
    Removed,
    /// <summary>It connected and had its first Sync of that connection.</summary>
    Synced,
}

/// <summary>One thing that a device showed.</summary>
public sealed record DeviceEvent(Seen Seen, Guid Card, int Version, TimeSpan At);

/// <summary>A command that was answered: by its effect, or by a refusal. What was never answered is in neither list.</summary>
/// <param name="Title">The creation's own title, unique in a run.</param>
/// <param name="Task">The task.</param>
/// <param name="Version">The version that the answer named.</param>
/// <param name="What">create, accept, start, complete, cancel, reassign or comment.</param>
/// <param name="At">When it was answered.</param>
public sealed record Acknowledged(string Title, Guid Task, int Version, string What, TimeSpan At);

/// <summary>A task as the server has it at the end.</summary>
public sealed record FinalTask(Guid Id, int Version, string Title, string Stage, Guid? Assignee, int Comments)
{
    /// <summary>True while the assignee's devices show it.</summary>
    public bool Open => Stage is "assigned" or "accepted" or "started";
}

/// <summary>Everything that a run recorded.</summary>
public sealed class History
{
    private readonly ConcurrentQueue<Acknowledged> acknowledged = new();
    private readonly ConcurrentDictionary<string, DeviceLog> devices = new();

    /// <summary>Answered commands.</summary>
    public IReadOnlyCollection<Acknowledged> Acknowledged => acknowledged;

    /// <summary>Comments that were sent and never answered, by task: each may or may not be there.</summary>
    public ConcurrentDictionary<Guid, int> UnansweredComments { get; } = new();

    /// <summary>The devices by name.</summary>
    public IReadOnlyDictionary<string, DeviceLog> Devices => devices;

    /// <summary>Records an answer.</summary>
    public void Add(Acknowledged answer) => acknowledged.Enqueue(answer);

    /// <summary>The log of a device.</summary>
    public DeviceLog Device(string name, Guid user) => devices.GetOrAdd(name, _ => new(user));
}

/// <summary>A device's events and what it shows now.</summary>
public sealed class DeviceLog(Guid user)
{
    private readonly Lock gate = new();
    private readonly List<DeviceEvent> events = [];
    private readonly Dictionary<Guid, int> shows = [];

    /// <summary>Whose it is.</summary>
    public Guid User => user;

    /// <summary>Adds an event and applies it to what the device shows.</summary>
    public void Add(DeviceEvent happened)
    {
        lock (gate)
        {
            events.Add(happened);
            if (happened.Seen == Seen.Shown)
            {
                shows[happened.Card] = happened.Version;
            }
            else if (happened.Seen == Seen.Removed)
            {
                shows.Remove(happened.Card);
            }
        }
    }

    /// <summary>The events so far.</summary>
    public IReadOnlyList<DeviceEvent> Events
    {
        get
        {
            lock (gate)
            {
                return [.. events];
            }
        }
    }

    /// <summary>What it shows now: versions by card.</summary>
    public IReadOnlyDictionary<Guid, int> Shows
    {
        get
        {
            lock (gate)
            {
                return new Dictionary<Guid, int>(shows);
            }
        }
    }
}
