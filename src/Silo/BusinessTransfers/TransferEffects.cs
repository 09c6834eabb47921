using Dapper;
using LimoCha.Actors.Consent;
using LimoCha.Actors.Storage;

namespace LimoCha.Actors.BusinessTransfers;

/// <inheritdoc cref="ITransferEffects" />
internal sealed class TransferEffects(Database database, PrivacyCatalogs catalogs, TimeProvider clock) : ITransferEffects
{
    public async Task<TransferEffect> CountAsync(CancellationToken cancellationToken = default)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        Task<int> Count(string sql) => connection.QuerySingleOrDefaultAsync<int>(new CommandDefinition(sql, cancellationToken: cancellationToken));
        var customers = await Count("SELECT count(*) FROM customer WHERE erased_at IS NULL");
        var deleted = await Count("SELECT count(*) FROM customer WHERE erased_at IS NULL AND deleted_at IS NOT NULL");
        var staff = await Count("SELECT count(*) FROM staff_user");
        var open = await Count("SELECT count(*) FROM rights_request WHERE ended_at IS NULL");
        // The newest receipt of each subject, purpose and class says what stands.
        var consents = await connection.QueryAsync<Granted>(new CommandDefinition(
            $"""
            SELECT purpose, count(DISTINCT subject_id) AS subjects FROM consent_receipt r
            WHERE state = {(int)ConsentState.Granted} AND NOT EXISTS (
                SELECT 1 FROM consent_receipt newer
                WHERE newer.subject_id = r.subject_id AND newer.purpose = r.purpose AND COALESCE(newer.data_class, -1) = COALESCE(r.data_class, -1) AND newer.id > r.id)
            GROUP BY purpose ORDER BY purpose
            """, cancellationToken: cancellationToken));
        return new()
        {
            At = clock.GetUtcNow(), Customers = customers, CustomersInRecycleBin = deleted, Staff = staff, OpenRequests = open,
            Consents = [.. consents.Select(row => new PurposeConsents(row.Purpose, row.Subjects))],
            ThirdParties = [.. (await catalogs.NowAsync(cancellationToken)).ThirdParties.Where(party => party.Agreement is not null).Select(party => party.Key)],
        };
    }

    private sealed record Granted
    {
        public string Purpose { get; init; } = "";
        public int Subjects { get; init; }
    }
}
