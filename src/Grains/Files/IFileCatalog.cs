namespace LimoCha.Actors.Files;

/// <summary>What is known of an uploaded file.</summary>
/// <param name="Id">The file.</param>
/// <param name="OwnerId">Who uploaded it.</param>
/// <param name="TaskId">The task it belongs to; whoever may see the task may see the file.</param>
/// <param name="ContentType">Found by looking at its bytes, not taken from the upload.</param>
/// <param name="Sha256">Of its bytes, hexadecimal.</param>
public sealed record FileFacts(Guid Id, Guid OwnerId, Guid? TaskId, string ContentType, string Sha256);

/// <summary>Looks uploaded files up.</summary>
public interface IFileCatalog
{
    /// <summary>The file, if there is one.</summary>
    Task<FileFacts?> FindAsync(Guid id, CancellationToken cancellationToken = default);
}
