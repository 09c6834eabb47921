using Dapper;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.RightsRequests;
using LimoCha.Actors.Storage;
using LimoCha.Actors.Tasks;

namespace LimoCha.Actors.Privacy;

/// <inheritdoc cref="IErasure" />
/// <remarks>
/// The read model's own row is overwritten by the projection of the erased state. The audit trail and the receipts stay: they name
/// the subject by id, and what people wrote as a reason is taken out.
/// </remarks>
internal sealed class Erasure(Database database, ISubjectKeys keys, IGrainFactory grains) : IErasure
{
    private const int AtOnce = 16;

    private static readonly string[] Purges =
    [
        "DELETE FROM event_log WHERE id = @subjectId",
        "DELETE FROM stored_file WHERE owner_id = @subjectId AND task_id IS NULL OR task_id IN (SELECT id FROM task WHERE customer_id = @subjectId)",
        "DELETE FROM risk_signal WHERE user_id = @subjectId",
        "DELETE FROM idempotency WHERE subject_id = @subjectId",
        "DELETE FROM push_message WHERE user_id = @subjectId",
        "DELETE FROM subject_link WHERE subject_id = @subjectId",
        "UPDATE audit_entry SET reason = NULL WHERE subject_id = @subjectId AND reason IS NOT NULL",
    ];

    public async Task EraseAsync(Guid subjectId, Guid key, CancellationToken cancellationToken = default)
    {
        await PurgeAsync(subjectId, cancellationToken);
        await keys.DestroyAsync(key, cancellationToken);
    }

    private async Task PurgeAsync(Guid subjectId, CancellationToken cancellationToken)
    {
        var (tasks, requests) = (await FindAsync("SELECT id FROM task WHERE customer_id = @subjectId", subjectId, cancellationToken), await FindAsync("SELECT id FROM rights_request WHERE subject_id = @subjectId AND ended_at IS NOT NULL", subjectId, cancellationToken));
        foreach (var key in await FindAsync("SELECT key_id FROM stored_file WHERE key_id IS NOT NULL AND (owner_id = @subjectId AND task_id IS NULL OR task_id IN (SELECT id FROM task WHERE customer_id = @subjectId))", subjectId, cancellationToken))
        {
            await keys.DestroyAsync(key, cancellationToken);
        }

        foreach (var purge in Purges)
        {
            await database.ExecuteAsync(purge, new { subjectId }, cancellationToken);
        }

        var many = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(tasks, many, async (task, token) =>
        {
            await grains.Grain<ITaskGrain>(task).RedactAsync(subjectId, token);
            await database.ExecuteAsync("DELETE FROM event_log WHERE id = @task", new { task }, token);
        });
        await Parallel.ForEachAsync(requests, many, async (request, token) => await grains.Grain<IRightsRequestGrain>(request).ForgetAsync(token));
        if (database.Kind == DatabaseKind.Sqlite)
        {
            // What was deleted leaves the write-ahead log too.
            await database.Sqlite.EmptyLogAsync(cancellationToken);
        }
    }

    private async Task<List<Guid>> FindAsync(string sql, Guid subjectId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return await connection.QueryAsync<Guid>(new CommandDefinition(sql, new { subjectId }, cancellationToken: cancellationToken));
    }
}
