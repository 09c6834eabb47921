namespace LimoCha.Actors.Privacy;

/// <summary>Takes out what other places than the actor's own state hold of a subject, and makes every copy of it unreadable.</summary>
public interface IErasure
{
    /// <summary>
    /// Deletes the subject's rows (logged facts, kept answers, files, what tasks say of them) and then destroys their key. Repeating it
    /// changes nothing.
    /// </summary>
    Task EraseAsync(Guid subjectId, Guid key, CancellationToken cancellationToken = default);
}
