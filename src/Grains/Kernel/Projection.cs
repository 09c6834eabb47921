namespace LimoCha.Actors.Kernel;

/// <summary>A row of the read model. Each carries the version of the state it came from.</summary>
public interface IProjectedRow
{
    /// <summary>The row's key.</summary>
    Guid Id { get; }

    /// <summary>The version of the state it came from; an older row never overwrites a newer one.</summary>
    int Version { get; }
}

/// <summary>The facts of one write on their way to the event log.</summary>
/// <param name="Version">The version that the write made.</param>
/// <param name="At">When the last of them was (UTC).</param>
/// <param name="Json">The facts (<see cref="Committed{TEvent}"/>) as a JSON array in UTF-8.</param>
public sealed record LoggedWrite(int Version, DateTimeOffset At, ReadOnlyMemory<byte> Json);

/// <summary>Everything that one actor's write has to say to the read model.</summary>
/// <param name="Kind">The grain type's name, which is the stream's kind.</param>
/// <param name="Id">The actor.</param>
/// <param name="Version">The state's version.</param>
/// <param name="Rows">Rows to put.</param>
/// <param name="First">True when nothing of this entity can be there yet, unless this is a repeat: a cheaper statement is tried first.</param>
/// <param name="Writes">Writes to append to the event log, oldest first.</param>
public sealed record ProjectionEntry(
    string Kind, Guid Id, int Version, bool First, IReadOnlyList<IProjectedRow> Rows, IReadOnlyList<LoggedWrite> Writes);

/// <summary>Writes rows and facts into the read model, many actors' at a time.</summary>
public interface IProjector
{
    /// <summary>Completes when the entry is in the read model. Repeating an entry changes nothing.</summary>
    Task ProjectAsync(ProjectionEntry entry);
}
