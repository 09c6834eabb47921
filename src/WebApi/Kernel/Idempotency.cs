using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Dapper;
using LimoCha.Actors.Privacy;
using LimoCha.Actors.Storage;
using Microsoft.Extensions.Primitives;

namespace LimoCha.Actors.Kernel;

/// <summary>
/// <c>Idempotency-Key</c> on POST: the first answer is kept for 24 hours and given again to a repeat; the same key with
/// another request is 422. The key is bound to an operation id before the command runs and the actor remembers the
/// operation in the same write as its effect, so that a crash in between repeats and never doubles. Answers may hold personal
/// data: they are kept sealed under a key of their day, which is destroyed when they are.
/// </summary>
internal sealed class IdempotencyMiddleware(RequestDelegate next, Database database, ISubjectKeys keys, TimeProvider clock)
{
    private const string Header = "Idempotency-Key";
    private const int MaxBody = 16 * 1024 * 1024;
    private const int MaxInMemory = 1024 * 1024;
    private static readonly TimeSpan Kept = TimeSpan.FromHours(24);
    private static readonly string[] KeptHeaders = ["ETag", "Location", "Content-Type"];

    public Task InvokeAsync(HttpContext context) =>
        HttpMethods.IsPost(context.Request.Method) && context.User.Identity?.IsAuthenticated == true && context.Request.Headers.TryGetValue(Header, out var keys)
            ? InvokeOnceAsync(context, keys) : next(context);

    private async Task InvokeOnceAsync(HttpContext context, StringValues keys)
    {
        if (keys.ToString() is not { Length: > 0 and <= 255 } key)
        {
            throw new BadHttpRequestException("Idempotency-Key has 1 to 255 characters.");
        }

        var (entryKey, requestHash) = (Hash($"{context.User.UserKey()}\n{key}"), await HashRequestAsync(context.Request));
        var entry = await ReserveAsync(entryKey, requestHash, context.RequestAborted);
        if (entry.RequestHash != requestHash)
        {
            await Problems.Of(422, "idempotency-key-reused", "This Idempotency-Key was used with another request; use a new one.").ExecuteAsync(context);
            return;
        }

        if (entry.Status is { } status)
        {
            await ReplayAsync(context.Response, entryKey, entry, status);
            return;
        }

        context.Features.Set(new Operation(entry.OperationId, entry.Repeated));
        await RunAsync(context, entryKey, entry.OperationId);
    }

    /// <summary>Forgets answers older than a day, and the keys of the days before.</summary>
    public static async Task PurgeAsync(Database database, ISubjectKeys keys, TimeProvider clock, CancellationToken cancellationToken)
    {
        var before = clock.GetUtcNow() - Kept;
        await database.ExecuteAsync("DELETE FROM idempotency WHERE created_at < @before", new { before }, cancellationToken);
        await keys.DestroyDeploymentKeyAsync(DayKey(before.AddDays(-1)), cancellationToken);
    }

    private static string DayKey(DateTimeOffset at) => $"idempotency/{at.UtcDateTime:yyyy-MM-dd}";

    private async Task RunAsync(HttpContext context, string entryKey, Guid operationId)
    {
        var original = context.Response.Body;
        await using var body = new MemoryStream();
        context.Response.Body = body;
        try
        {
            await next(context);
        }
        finally
        {
            context.Response.Body = original;
        }

        if (IsAnswer(context.Response.StatusCode, context.RequestAborted.IsCancellationRequested))
        {
            var headers = KeptHeaders.Where(context.Response.Headers.ContainsKey).ToDictionary(name => name, name => context.Response.Headers[name].ToString());
            var text = Sealing.Seal(await keys.DeploymentKeyAsync(DayKey(clock.GetUtcNow()), CancellationToken.None), entryKey, body.GetBuffer().AsSpan(0, (int)body.Length));
            await database.ExecuteAsync(
                "UPDATE idempotency SET status = @status, headers = @headers, body = @text, subject_id = @subjectId WHERE key = @entryKey",
                new { status = context.Response.StatusCode, headers = JsonSerializer.Serialize(headers), text, subjectId = SubjectOf(context, operationId), entryKey },
                CancellationToken.None);
        }

        body.Position = 0;
        await body.CopyToAsync(original, context.RequestAborted);
    }

    /// <summary>
    /// A failure or a "not now" is not an answer to keep: the repeat runs again under the same operation. Nor is what was written while the
    /// caller left: ASP.NET Core stops writing JSON then without saying so, and half an answer, or none, would be replayed for a day.
    /// </summary>
    internal static bool IsAnswer(int status, bool aborted) => !aborted && status is < 500 and not (401 or 403 or 429);

    /// <summary>Whose data the answer holds: the entity in the path, or the one that the request made.</summary>
    private static Guid? SubjectOf(HttpContext context, Guid operationId) =>
        context.GetEndpoint()?.Metadata.GetMetadata<AboutSubject>() is null ? null
        : context.GetRouteValue("id") is string text && Guid.TryParse(text, out var id) ? id
        : operationId;

    private async Task ReplayAsync(HttpResponse response, string entryKey, Entry entry, int status)
    {
        response.StatusCode = status;
        foreach (var (name, value) in JsonSerializer.Deserialize<Dictionary<string, string>>(entry.Headers ?? "{}")!)
        {
            response.Headers[name] = value;
        }

        response.Headers["Idempotency-Replayed"] = "true";
        if (entry.Body is { } text && await keys.FindAsync(Sealing.KeyOf(text)) is { } key)
        {
            await response.Body.WriteAsync(Sealing.Open(key, entryKey, text));
        }
    }

    private async Task<Entry> ReserveAsync(string key, string requestHash, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var made = new Entry { RequestHash = requestHash, OperationId = Ids.New(clock) };
        var written = await database.ExecuteAsync(
            """
            INSERT INTO idempotency (key, request_hash, operation_id, created_at) VALUES (@key, @requestHash, @operationId, @now)
            ON CONFLICT (key) DO UPDATE
            SET request_hash = excluded.request_hash, operation_id = excluded.operation_id, created_at = excluded.created_at,
                status = NULL, headers = NULL, body = NULL, subject_id = NULL
            WHERE idempotency.created_at < @before
            """,
            new { key, requestHash, operationId = made.OperationId, now, before = now - Kept }, cancellationToken);
        if (written == 1)
        {
            return made;
        }

        await using var connection = await database.OpenAsync(cancellationToken);
        var found = await connection.QuerySingleAsync<Entry>("SELECT request_hash, operation_id, status, headers, body FROM idempotency WHERE key = @key", new { key });
        return found with { Repeated = true };
    }

    private static async Task<string> HashRequestAsync(HttpRequest request)
    {
        request.EnableBuffering(MaxInMemory, MaxBody);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{request.Path}{request.QueryString}\n"));
        var buffer = new byte[8192];
        int read;
        while ((read = await request.Body.ReadAsync(buffer)) > 0)
        {
            hash.AppendData(buffer, 0, read);
        }

        request.Body.Position = 0;
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private sealed record Entry
    {
        public string RequestHash { get; init; } = "";
        public Guid OperationId { get; init; }
        public int? Status { get; init; }
        public string? Headers { get; init; }
        public string? Body { get; init; }
        public bool Repeated { get; init; }
    }
}

/// <summary>Marks endpoints whose answers hold a subject's data: kept answers go when the subject is erased.</summary>
internal sealed record AboutSubject;

/// <summary>Forgets old answers once an hour.</summary>
internal sealed partial class IdempotencyPurge(Database database, ISubjectKeys keys, TimeProvider clock, ILogger<IdempotencyPurge> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromHours(1), clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await IdempotencyMiddleware.PurgeAsync(database, keys, clock, stoppingToken);
            }
            catch (Exception error) when (!stoppingToken.IsCancellationRequested)
            {
                // In an hour again.
                LogFailed(logger, StorageErrors.Describe(error));
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Old answers could not be forgotten: {Why}; trying again in an hour")]
    private static partial void LogFailed(ILogger logger, [NotPersonal] string why);
}
