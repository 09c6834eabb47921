namespace LimoCha.Actors.Privacy;

/// <summary>
/// The keys of subjects, in a store of their own, each wrapped under a master key. They are made ahead of their use, so
/// that a new subject costs no write of its own.
/// </summary>
public interface ISubjectKeys
{
    /// <summary>A key that nobody has had. Answers at once unless many are taken at the same time.</summary>
    ValueTask<SubjectKey> TakeAsync(CancellationToken cancellationToken = default);

    /// <summary>A key; null when it has been destroyed.</summary>
    ValueTask<SubjectKey?> FindAsync(Guid id, CancellationToken cancellationToken = default);

    /// <summary>Those of these keys that have not been destroyed, read together.</summary>
    Task<IReadOnlyDictionary<Guid, SubjectKey>> FindAsync(IEnumerable<Guid> ids, CancellationToken cancellationToken = default);

    /// <summary>Destroys a key for good. Repeating it changes nothing.</summary>
    Task DestroyAsync(Guid id, CancellationToken cancellationToken = default);

    /// <summary>A key of the deployment itself, made at its first use: the same for every process.</summary>
    ValueTask<SubjectKey> DeploymentKeyAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>Destroys a key of the deployment: what was sealed for a time ends with it.</summary>
    Task DestroyDeploymentKeyAsync(string name, CancellationToken cancellationToken = default);
}
