namespace LimoCha.Actors.Privacy;

/// <summary>Purges what stores other than the actor's own state hold of a subject.</summary>
public interface IErasure
{
    /// <summary>Deletes the subject's rows: logged facts, kept answers, files, what tasks say of them. Repeating it changes nothing.</summary>
    Task PurgeAsync(Guid subjectId, CancellationToken cancellationToken = default);
}
