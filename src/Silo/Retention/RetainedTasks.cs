using Dapper;
using LimoCha.Actors.Consent;
using LimoCha.Actors.Customers;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Privacy;
using LimoCha.Actors.Storage;
using LimoCha.Actors.Tasks;

namespace LimoCha.Actors.Retention;

/// <summary>
/// Tasks that have been over for longer than the company keeps records of them: state, history, offers, files with their keys, and the row, which goes
/// last, because by it they are found again after a crash. Audit and statistics stay; they name a task by its id, if at all. What is about a customer under
/// a legal hold stays as well.
/// </summary>
internal sealed class RetainedTasks(OldRows rows, Database database, ISubjectKeys keys) : IRetained
{
    private static readonly GrainType Type = GrainType.Create(TaskKind.Instance.Name);
    private static readonly TaskStage[] Over = [TaskStage.Completed, TaskStage.Cancelled];

    /// <summary>What a deleted state leaves.</summary>
    private static readonly string DeleteState =
        $"DELETE FROM OrleansStorage WHERE {GrainRowKey.TimeOf("GrainIdN0")} = {GrainRowKey.TimeOf("@N0")} AND GrainIdN0 = @N0 AND GrainIdN1 = @N1 AND GrainTypeHash = @TypeHash AND PayloadBinary IS NULL";

    public string Purpose => Purposes.TaskRecords;

    public async Task<int> PurgeAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        var gone = 0;
        foreach (var stage in Over)
        {
            await foreach (var page in rows.PagesAsync("task", "rests_since", $"resting_stage = {(int)stage}", before, cancellationToken))
            {
                var free = await FreeAsync(page, cancellationToken);
                var forgotten = await rows.AskAsync<ITaskGrain>(free, (task, token) => task.ForgetAsync(before, token), cancellationToken);
                await DeleteAsync(forgotten, cancellationToken);
                gone += forgotten.Count;
            }
        }

        return gone;
    }

    /// <summary>Those that no customer's legal hold keeps. The customers are asked here: a task's actor that waits for a customer's, which may wait for it, would wait for long.</summary>
    private async Task<IReadOnlyList<Guid>> FreeAsync(IReadOnlyList<Guid> ids, CancellationToken cancellationToken)
    {
        List<AboutCustomer> about;
        await using (var connection = await database.OpenAsync(cancellationToken))
        {
            about = await connection.QueryAsync<AboutCustomer>($"SELECT id, customer_id FROM task WHERE customer_id IS NOT NULL AND {database.In("id", "ids")}", database.Keys("ids", ids));
        }

        var free = await rows.AskAsync<ICustomerGrain>([.. about.Select(task => task.CustomerId).Distinct()], async (customer, token) => (await customer.GetAsync(Actor.System, token)).Value is not { LegalHold: true }, cancellationToken);
        return [.. ids.Except(about.Where(task => !free.Contains(task.CustomerId)).Select(task => task.Id))];
    }

    private async Task DeleteAsync(IReadOnlyList<Guid> ids, CancellationToken cancellationToken)
    {
        if (ids.Count == 0)
        {
            return;
        }

        List<Guid> doomed;
        await using (var connection = await database.OpenAsync(cancellationToken))
        {
            doomed = await connection.QueryAsync<Guid>($"SELECT key_id FROM stored_file WHERE key_id IS NOT NULL AND {database.In("task_id", "ids")}", database.Keys("ids", ids));
        }

        foreach (var key in doomed)
        {
            await keys.DestroyAsync(key, cancellationToken);
        }

        var states = ids.Select(id => GrainRowKey.Of(TaskKind.Instance.Name, GrainId.Create(Type, GrainIdKeyExtensions.CreateGuidKey(id)))).Select(key => new { key.N0, key.N1, key.TypeHash }).ToList();
        foreach (var (table, column) in new[] { ("stored_file", "task_id"), ("task_offer", "task_id"), ("event_log", "id") })
        {
            await database.ExecuteAsync($"DELETE FROM {table} WHERE {database.In(column, "ids")}", database.Keys("ids", ids), cancellationToken);
        }

        await database.ExecuteAsync(DeleteState, states, cancellationToken);
        await database.ExecuteAsync($"DELETE FROM task WHERE {database.In("id", "ids")}", database.Keys("ids", ids), cancellationToken);
    }

    private sealed record AboutCustomer
    {
        public Guid Id { get; init; }
        public Guid CustomerId { get; init; }
    }
}
