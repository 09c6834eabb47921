using LimoCha.Actors.Kernel;
using LimoCha.Actors.Privacy;
using LimoCha.Actors.Tasks;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;

namespace LimoCha.Actors.Files;

/// <summary>An uploaded file.</summary>
/// <param name="Id">UUIDv7.</param>
/// <param name="TaskId">The task it belongs to.</param>
/// <param name="OwnerId">Who uploaded it.</param>
/// <param name="Name">Its name.</param>
/// <param name="ContentType">Found by looking at its bytes.</param>
/// <param name="Size">In bytes.</param>
/// <param name="Sha256">Of its bytes, hexadecimal.</param>
/// <param name="CreatedAt">When (UTC).</param>
[Personal(DataClass.Content)]
public sealed record FileView(Guid Id, Guid? TaskId, Guid OwnerId, string Name, string ContentType, int Size, string Sha256, DateTimeOffset CreatedAt);

/// <summary>Files: /files. Whoever may see a file's task may see the file; one without a task is its owner's alone.</summary>
public static class FilesApi
{
    private const int MostBytes = 10 * 1024 * 1024;
    private const int MostName = 120;

    /// <summary>Maps the paths.</summary>
    public static RouteGroupBuilder MapFilesApi(this RouteGroupBuilder api)
    {
        var files = api.MapGroup("/files").WithTags("Files").RequireAuthorization(Policies.Staff);
        files.MapPost("", UploadAsync).Accepts<byte[]>("image/jpeg", "image/png", "image/webp", "image/heic", "application/pdf", "application/octet-stream").WithMetadata(new RequestSizeLimitAttribute(MostBytes))
            .WithSummary("Uploads a file as the body: a picture (JPEG, PNG, WebP, HEIC), a PDF or UTF-8 text, at most 10 MiB.");
        files.MapGet("/{id:guid}", DownloadAsync).WithSummary("The file's bytes.");
        files.MapGet("/{id:guid}/info", InfoAsync).WithSummary("What is known of a file.");
        return api;
    }

    private static async Task<Results<Created<FileView>, ProblemHttpResult>> UploadAsync(
        [FromQuery] Guid? taskId, [FromQuery] string? name, HttpRequest request, Call call, FileStore store, IGrainFactory grains, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (taskId is { } task && await grains.Grain<ITaskGrain>(task).GetAsync(call.By, cancellationToken) is { Ok: false } unknown)
        {
            return Problems.From(unknown.Refusal);
        }

        name = name is { Length: > 0 } ? Path.GetFileName(name.Replace('\\', '/')) : "file";
        if (name.Length is 0 or > MostName || name.Any(char.IsControl))
        {
            return Problems.From(Refusal.Invalid("name", $"Name has 1 to {MostName} characters, and no control characters."));
        }

        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, cancellationToken);
        if (body.Length is 0 or > MostBytes)
        {
            return body.Length == 0 ? Problems.From(Refusal.Invalid("body", "The file is empty; send its bytes as the body.")) : Problems.Of(413, "too-large", "A file has at most 10 MiB.", "body");
        }

        var content = body.ToArray();
        if (FileKind.Of(content) is not { } contentType)
        {
            return Problems.From(Refusal.Unprocessable("file-type", "The file is none of JPEG, PNG, WebP, HEIC, PDF, UTF-8 text.", "body"));
        }

        var kept = await store.KeepAsync(
            new() { Id = call.OperationId, OwnerId = call.By.UserId, TaskId = taskId, Name = name, ContentType = contentType, CreatedAt = clock.GetUtcNow(), Content = content }, cancellationToken);
        return TypedResults.Created($"/api/v1/files/{kept.Id}", View(kept));
    }

    private static async Task<Results<FileContentHttpResult, ProblemHttpResult>> DownloadAsync(Guid id, Call call, HttpContext context, FileStore store, IGrainFactory grains, CancellationToken cancellationToken)
    {
        return await FindAsync(id, call.By, store, grains, cancellationToken) is { } file ? Bytes(file, context) : Problems.From(Refusal.NotFound("file"));
    }

    /// <summary>A file's bytes as an answer.</summary>
    internal static FileContentHttpResult Bytes(StoredFile file, HttpContext context)
    {
        // Whatever the bytes pretend to be, no browser runs them as a page of this site.
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.Headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
        context.Response.Headers.CacheControl = "private, max-age=3600, immutable";
        return TypedResults.Bytes(file.Content, file.ContentType, file.ContentType.StartsWith("image/", StringComparison.Ordinal) ? null : file.Name, entityTag: new EntityTagHeaderValue($"\"{file.Sha256}\""));
    }

    private static async Task<Results<Ok<FileView>, ProblemHttpResult>> InfoAsync(Guid id, Call call, FileStore store, IGrainFactory grains, CancellationToken cancellationToken) =>
        await FindAsync(id, call.By, store, grains, cancellationToken) is { } file ? TypedResults.Ok(View(file)) : Problems.From(Refusal.NotFound("file"));

    private static async Task<StoredFile?> FindAsync(Guid id, Actor by, FileStore store, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var known = await store.FindAsync(id, cancellationToken);
        var allowed = known is not null && (known.OwnerId == by.UserId || known.TaskId is { } task && (await grains.Grain<ITaskGrain>(task).GetAsync(by, cancellationToken)).Ok);
        return allowed ? await store.ReadAsync(id, cancellationToken) : null;
    }

    private static FileView View(StoredFile file) => new(file.Id, file.TaskId, file.OwnerId, file.Name, file.ContentType, file.Size, file.Sha256, file.CreatedAt);
}
