using System.Globalization;
using Dapper;
using LimoCha.Actors.Disclosures;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Privacy;
using LimoCha.Actors.Storage;

namespace LimoCha.Actors.Audit;

/// <summary>What is looked for in the trail.</summary>
[NotPersonal]
internal sealed record AuditFilter
{
    public Guid? Before { get; init; }
    public Guid? SubjectId { get; init; }
    public Guid? ActorId { get; init; }
    public string? Action { get; init; }
    public string? Purpose { get; init; }
    public bool? Allowed { get; init; }
    public DateTimeOffset? From { get; init; }
    public DateTimeOffset? To { get; init; }
}

/// <summary>Reads and verifies the trail for the API and the page; that it was read is in it too.</summary>
internal sealed class AuditReader(Database database, AuditVerifier verifier, IGrainFactory grains, CompanyDays days, TimeProvider clock)
{
    /// <summary>The newest entries that fit; to whom a secret disclosure is about, as if there were none.</summary>
    public async Task<IReadOnlyList<AuditEntry>> ReadAsync(AuditFilter filter, int most, Actor by, CancellationToken cancellationToken)
    {
        (object? Value, string Condition)[] conditions =
        [
            (filter.Before, "id < @Before"), (filter.SubjectId, "subject_id = @SubjectId"), (filter.ActorId, "actor_id = @ActorId"), (filter.Action, "action = @Action"),
            (filter.Purpose, "purpose = @Purpose"), (filter.Allowed, "allowed = @Allowed"), (filter.From, "at >= @From"), (filter.To, "at < @To"),
        ];
        var where = string.Join(" AND ", conditions.Where(condition => condition.Value is not null).Select(condition => condition.Condition)
            .Prepend($"(subject_id IS NULL OR subject_id <> @Reader OR {DisclosureQueries.ToldToSubject("@Reader", "@Today")})"));
        var parameters = new DynamicParameters(filter);
        parameters.AddDynamicParams(new { Reader = by.UserId, Today = DisclosureQueries.Day(days.Today) });
        List<AuditEntry> entries;
        await using (var connection = await database.OpenAsync(cancellationToken))
        {
            entries = [.. (await connection.QueryAsync<AuditRow>(new CommandDefinition(
                string.Create(CultureInfo.InvariantCulture, $"SELECT {AuditLog.Columns} FROM audit_entry WHERE {where} ORDER BY id DESC LIMIT {most}"), parameters, cancellationToken: cancellationToken))).Select(row => row.Entry)];
        }

        await RecordAsync("audit.read", filter.SubjectId, by, cancellationToken);
        return entries;
    }

    /// <summary>Whether any entry was altered, removed or moved.</summary>
    public async Task<AuditVerification> VerifyAsync(Actor by, CancellationToken cancellationToken)
    {
        var result = await verifier.VerifyAsync(cancellationToken);
        await RecordAsync("audit.verified", null, by, cancellationToken);
        return result;
    }

    private Task RecordAsync(string action, Guid? subjectId, Actor by, CancellationToken cancellationToken) =>
        grains.AuditAsync(subjectId ?? by.UserId, [new() { Id = Ids.New(clock), At = clock.GetUtcNow(), ActorId = by.UserId, Action = action, SubjectId = subjectId }], cancellationToken);
}
