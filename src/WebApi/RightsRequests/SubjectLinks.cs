using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using LimoCha.Actors.Privacy;
using LimoCha.Actors.Storage;

namespace LimoCha.Actors.RightsRequests;

/// <summary>A link that opens a subject's own page once.</summary>
/// <param name="Path">To be put after the deployment's address; shown once.</param>
/// <param name="ExpiresAt">Good until then (UTC), if it is not used before.</param>
[Personal(DataClass.Credential)]
public sealed record SubjectLink(string Path, DateTimeOffset ExpiresAt);

/// <summary>One-time links: 256 random bits, of which only a hash is kept; the first use ends them.</summary>
internal sealed class SubjectLinks(Database database, TimeProvider clock)
{
    private static readonly TimeSpan Good = TimeSpan.FromDays(3);

    public async Task<SubjectLink> MakeAsync(Guid subjectId, Guid madeBy, CancellationToken cancellationToken)
    {
        var (token, until) = (Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32)), clock.GetUtcNow() + Good);
        await database.ExecuteAsync(
            "INSERT INTO subject_link (hash, subject_id, made_by, expires_at) VALUES (@hash, @subjectId, @madeBy, @until)",
            new { hash = Hash(token), subjectId, madeBy, until }, cancellationToken);
        return new($"/my/{token}", until);
    }

    /// <summary>Whose page it opens; null when it is none of ours, was used, or is too old. The use ends it.</summary>
    public async Task<Guid?> UseAsync(string token, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var used = await database.ExecuteAsync("UPDATE subject_link SET used_at = @now WHERE hash = @hash AND used_at IS NULL AND expires_at > @now", new { now, hash = Hash(token) }, cancellationToken);
        if (used != 1)
        {
            return null;
        }

        await using var connection = await database.OpenAsync(cancellationToken);
        return await connection.QuerySingleAsync<Guid>("SELECT subject_id FROM subject_link WHERE hash = @hash", new { hash = Hash(token) });
    }

    private static string Hash(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
