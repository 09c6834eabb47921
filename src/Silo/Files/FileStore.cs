using System.Security.Cryptography;
using Dapper;
using LimoCha.Actors.Privacy;
using LimoCha.Actors.Storage;

namespace LimoCha.Actors.Files;

/// <summary>A file with its bytes.</summary>
public sealed record StoredFile
{
    public Guid Id { get; init; }
    public Guid OwnerId { get; init; }
    public Guid? TaskId { get; init; }
    public string Name { get; init; } = "";
    public string ContentType { get; init; } = "";
    public int Size { get; init; }
    public string Sha256 { get; init; } = "";
    public DateTimeOffset CreatedAt { get; init; }
    public byte[] Content { get; init; } = [];
    /// <summary>The key that the bytes are sealed under in the database.</summary>
    public Guid? KeyId { get; init; }
}

/// <summary>
/// Uploaded files, in the database: every process finds them, they are in the one backup, and a proof cannot outlive its
/// picture. Meant for photos and documents of a few megabytes. The bytes are sealed under a key of the file: nobody knows what a
/// picture shows, so it is kept as the strictest class is.
/// </summary>
public sealed class FileStore(Database database, ISubjectKeys keys) : IFileCatalog
{
    /// <inheritdoc />
    public async Task<FileFacts?> FindAsync(Guid id, CancellationToken cancellationToken = default)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var row = await connection.QuerySingleOrDefaultAsync<StoredFile>("SELECT id, owner_id, task_id, content_type, sha256 FROM stored_file WHERE id = @id", new { id });
        return row is null ? null : new(row.Id, row.OwnerId, row.TaskId, row.ContentType, row.Sha256);
    }

    /// <summary>The file with its bytes, if there is one.</summary>
    public async Task<StoredFile?> ReadAsync(Guid id, CancellationToken cancellationToken = default)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var file = await connection.QuerySingleOrDefaultAsync<StoredFile>(
            "SELECT id, owner_id, task_id, name, content_type, size, sha256, created_at, content, key_id FROM stored_file WHERE id = @id", new { id });
        return file?.KeyId is not { } keyId ? file
            : await keys.FindAsync(keyId, cancellationToken) is { } key ? file with { Content = Sealing.OpenBytes(key, Place(id), file.Content) }
            : null;
    }

    /// <summary>Keeps a file; the same id again changes nothing.</summary>
    public async Task<StoredFile> KeepAsync(StoredFile file, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(file);
        file = file with { Size = file.Content.Length, Sha256 = Convert.ToHexStringLower(SHA256.HashData(file.Content)) };
        var key = await keys.TakeAsync(cancellationToken);
        await database.ExecuteAsync(
            """
            INSERT INTO stored_file (id, owner_id, task_id, name, content_type, size, sha256, created_at, content, key_id)
            VALUES (@Id, @OwnerId, @TaskId, @Name, @ContentType, @Size, @Sha256, @CreatedAt, @Content, @KeyId)
            ON CONFLICT (id) DO NOTHING
            """, file with { Content = Sealing.SealBytes(key, Place(file.Id), file.Content), KeyId = key.Id }, cancellationToken);
        return file;
    }

    private static string Place(Guid id) => $"file/{id:N}";
}
