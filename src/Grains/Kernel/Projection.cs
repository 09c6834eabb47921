namespace LimoCha.Actors.Kernel;

/// <summary>A row of the read model. Each carries the version of the state it came from.</summary>
public interface IProjectedRow
{
    /// <summary>The row's key.</summary>
    Guid Id { get; }

    /// <summary>The version of the state it came from; an older row never overwrites a newer one.</summary>
    int Version { get; }
}

/// <summary>A fact on its way to the event log.</summary>
/// <param name="Version">The state's version.</param>
/// <param name="Seq">Its position in the write.</param>
/// <param name="At">When (UTC).</param>
/// <param name="By">Who.</param>
/// <param name="Fact">What; serialized with <see cref="StateJson"/> as <paramref name="Base"/>.</param>
/// <param name="Base">The fact's base type, whose JSON names the kind.</param>
public sealed record LoggedFact(int Version, int Seq, DateTimeOffset At, Guid By, object Fact, Type Base);

/// <summary>Everything that one actor's write has to say to the read model.</summary>
/// <param name="Kind">The grain type's name, which is the stream's kind.</param>
/// <param name="Id">The actor.</param>
/// <param name="Version">The state's version.</param>
/// <param name="Rows">Rows to put.</param>
/// <param name="Facts">Facts to append to the event log.</param>
public sealed record ProjectionEntry(
    string Kind, Guid Id, int Version, IReadOnlyList<IProjectedRow> Rows, IReadOnlyList<LoggedFact> Facts);

/// <summary>Writes rows and facts into the read model, many actors' at a time.</summary>
public interface IProjector
{
    /// <summary>Completes when the entry is in the read model. Repeating an entry changes nothing.</summary>
    Task ProjectAsync(ProjectionEntry entry);
}
