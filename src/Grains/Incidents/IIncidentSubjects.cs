namespace LimoCha.Actors.Incidents;

/// <summary>The list of whom an incident concerns, and how far each has been told. Repeating a call changes nothing.</summary>
public interface IIncidentSubjects
{
    /// <summary>Adds whom a search finds.</summary>
    Task<AffectedFound> FindAsync(Guid incidentId, FindAffected search, CancellationToken cancellationToken = default);

    /// <summary>Those to be told next.</summary>
    Task<IReadOnlyList<AffectedSubject>> PendingAsync(Guid incidentId, int most, CancellationToken cancellationToken = default);

    /// <summary>Those on this channel who wait for a person.</summary>
    Task<IReadOnlyList<AffectedSubject>> ToDoAsync(Guid incidentId, NoticeChannel channel, int most, CancellationToken cancellationToken = default);

    /// <summary>How far each of these is now.</summary>
    Task SetAsync(Guid incidentId, IReadOnlyCollection<AffectedSubject> subjects, CancellationToken cancellationToken = default);

    /// <summary>Those of these who are on the list.</summary>
    Task<IReadOnlyList<AffectedSubject>> ReadAsync(Guid incidentId, IReadOnlyCollection<Guid> subjects, CancellationToken cancellationToken = default);

    /// <summary>How many are how far.</summary>
    Task<NoticeCounts> CountAsync(Guid incidentId, CancellationToken cancellationToken = default);
}
