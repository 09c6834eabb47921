using Dapper;
using LimoCha.Actors.Storage;

namespace LimoCha.Actors.Privacy;

/// <inheritdoc cref="IErasure" />
/// <remarks>
/// The read model's own row is overwritten by the projection of the erased state. The audit trail and the receipts stay: they name
/// the subject by id, and what people wrote as a reason is taken out.
/// </remarks>
internal sealed class Erasure(Database database) : IErasure
{
    private static readonly string[] Purges =
    [
        "DELETE FROM event_log WHERE id = @subjectId",
        "DELETE FROM idempotency WHERE subject_id = @subjectId",
        "DELETE FROM stored_file WHERE task_id IN (SELECT id FROM task WHERE customer_id = @subjectId)",
        "UPDATE audit_entry SET reason = NULL WHERE subject_id = @subjectId AND reason IS NOT NULL",
    ];

    public async Task PurgeAsync(Guid subjectId, CancellationToken cancellationToken = default)
    {
        foreach (var purge in Purges)
        {
            await database.ExecuteAsync(purge, new { subjectId }, cancellationToken);
        }

        if (database.Kind == DatabaseKind.Sqlite)
        {
            // What was deleted leaves the write-ahead log too.
            await database.WriteAsync(connection => connection.ExecuteAsync(new CommandDefinition("PRAGMA wal_checkpoint(TRUNCATE)", cancellationToken: cancellationToken)), cancellationToken);
        }
    }
}
