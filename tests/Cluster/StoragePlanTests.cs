using Dapper;
using LimoCha.Actors.ReadModel;
using LimoCha.Actors.Recovery;
using LimoCha.Actors.Retention;
using LimoCha.Actors.Storage;
using LimoCha.Actors.Tasks;

namespace LimoCha.Actors.Cluster;

/// <summary>What the databases do for a row.</summary>
public sealed class StoragePlanTests
{
    [Fact]
    public async Task A_batchs_rows_are_found_by_their_keys_however_small_the_table_was_when_it_was_planned()
    {
        await using var host = await TestHost.StartAsync(DatabaseKind.PostgreSql);
        await using var connection = await host.Database.OpenWriterAsync();
        const string keys = "varchar, integer[], bigint[], bigint[], integer[], varchar[], varchar[]";
        foreach (var (name, sql, types, values) in new[]
        {
            ("reads", PostgresStateStore.Select, keys, "'s', '{1}', '{1}', '{1}', '{1}', '{t}', '{null}'"),
            ("updates", PostgresStateStore.Update, $"{keys}, bytea[], integer[]", "'s', '{1}', '{1}', '{1}', '{1}', '{t}', '{null}', '{null}', '{1}'"),
        })
        {
            await connection.ExecuteAsync($"PREPARE {name} ({types}) AS {sql}");
            var plan = string.Join('\n', await connection.QueryAsync<string>($"EXPLAIN EXECUTE {name} ({values})"));
            plan.Should().MatchRegex(@"Index Scan using ux_orleansstorage on orleansstorage s [^\n]*\n\s*Index Cond: [^\n]*\(grainidn0 = i\.n0\)", "the table is as good as empty, and this plan stays when it has grown");
        }
    }

    /// <summary>A page that was looked for from the newest row on made a sweep of 400,000 rows take half of the machine for minutes.</summary>
    [Theory]
    [InlineData(DatabaseKind.Sqlite, @"^SEARCH OrleansStorage USING INDEX UX_OrleansStorage \(<expr><\?\)$")]
    [InlineData(DatabaseKind.PostgreSql, @"^Limit [^\n]*\n\s*->  Index Scan Backward using ux_orleansstorage on orleansstorage [^\n]*\n\s*Index Cond: [^\n]*ROW\(")]
    public async Task A_sweeps_next_page_begins_where_the_last_one_ended(DatabaseKind kind, string planned)
    {
        await using var host = await TestHost.StartAsync(kind);
        await using var connection = await host.Database.OpenIndexedAsync(CancellationToken.None);
        var before = new { Time = 1L, GrainIdN0 = 1L, GrainIdN1 = 1L, GrainTypeHash = 1, ServiceId = "s" };
        var plan = kind == DatabaseKind.Sqlite
            ? (await connection.QueryAsync($"EXPLAIN QUERY PLAN {RecoverySweep.PageBefore}", before)).Select(step => (string)step.detail)
            : await connection.QueryAsync<string>($"EXPLAIN {RecoverySweep.PageBefore}", before);
        string.Join('\n', plan).Should().MatchRegex(planned);
    }

    /// <summary>Every hour, over all tasks that there are.</summary>
    [Theory]
    [InlineData(DatabaseKind.Sqlite, "rests_since", "resting_stage = 5", @"^SEARCH task USING (COVERING )?INDEX ix_task_resting \(resting_stage=\? AND rests_since>\? AND rests_since<\?\)")]
    [InlineData(DatabaseKind.Sqlite, "places_since", "places_since IS NOT NULL", @"^SEARCH task USING (COVERING )?INDEX ix_task_places \(places_since>\? AND places_since<\?\)")]
    [InlineData(DatabaseKind.PostgreSql, "rests_since", "resting_stage = 5", @"using ix_task_resting on task [^\n]*\n\s*Index Cond: [^\n]*rests_since <")]
    [InlineData(DatabaseKind.PostgreSql, "places_since", "places_since IS NOT NULL", @"using ix_task_places on task [^\n]*\n\s*Index Cond: [^\n]*places_since <")]
    public async Task What_has_been_kept_for_too_long_is_found_by_its_time(DatabaseKind kind, string column, string condition, string planned)
    {
        await using var host = await TestHost.StartAsync(kind);
        await using var connection = await host.Database.OpenIndexedAsync(CancellationToken.None);
        var after = new { before = DateTimeOffset.UnixEpoch, Since = DateTimeOffset.UnixEpoch, Id = Guid.Empty };
        var plan = kind == DatabaseKind.Sqlite
            ? (await connection.QueryAsync($"EXPLAIN QUERY PLAN {OldRows.After("task", column, condition)}", after)).Select(step => (string)step.detail)
            : await connection.QueryAsync<string>($"EXPLAIN {OldRows.After("task", column, condition)}", after);
        string.Join('\n', plan).Should().MatchRegex(planned);
    }

    /// <summary>Of a million tasks most are over: a list in whatever order reads no more of them than its page has. By title and time of change all that is open is read.</summary>
    [Theory]
    [InlineData(DatabaseKind.Sqlite, "updated_at")]
    [InlineData(DatabaseKind.Sqlite, TaskOrder.Title)]
    [InlineData(DatabaseKind.Sqlite, "priority")]
    [InlineData(DatabaseKind.Sqlite, TaskOrder.Due)]
    [InlineData(DatabaseKind.PostgreSql, "updated_at")]
    [InlineData(DatabaseKind.PostgreSql, TaskOrder.Title)]
    [InlineData(DatabaseKind.PostgreSql, "priority")]
    [InlineData(DatabaseKind.PostgreSql, TaskOrder.Due)]
    public async Task Lists_in_other_orders_than_that_of_ids_are_read_by_indexes(DatabaseKind kind, string key)
    {
        await using var host = await TestHost.StartAsync(kind);
        await using var connection = await host.Database.OpenAsync();
        if (kind == DatabaseKind.PostgreSql)
        {
            // What it cannot do without costs as much as it likes: the table is empty.
            await connection.ExecuteAsync("SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_sort = off");
        }

        foreach (var part in TaskOrder.Parts(key, stage: null).Where(part => part.Condition != "open_assignee_id IS NOT NULL" && part.Same is null))
        {
            var query = $"SELECT version FROM task WHERE {part.Condition} ORDER BY {part.Key}, id LIMIT 51";
            var plan = string.Join('\n', kind == DatabaseKind.Sqlite
                ? (await connection.QueryAsync($"EXPLAIN QUERY PLAN {query}")).Select(step => (string)step.detail)
                : await connection.QueryAsync<string>($"EXPLAIN {query}"));
            plan.Should().MatchRegex(kind == DatabaseKind.Sqlite ? "^(SCAN|SEARCH) task USING INDEX" : "Index Scan using", query);
            // Those that changed at the same instant are sorted by their ids.
            plan.Should().NotMatchRegex(kind == DatabaseKind.Sqlite ? "TEMP B-TREE FOR ORDER BY" : @"(?<!Incremental )Sort  \(", query);
        }
    }

    /// <summary>An IN of more than two values in a computed column makes SQLite build one for every row.</summary>
    [Fact]
    public async Task On_SQLite_no_row_of_the_read_model_needs_a_table_in_memory()
    {
        await using var host = await TestHost.StartAsync(DatabaseKind.Sqlite);
        await using var connection = await host.Database.OpenAsync();
        foreach (var table in ReadTables.ByRow.Values)
        {
            var values = string.Join(", ", table.Columns.Split(", ").Select(_ => "NULL"));
            var steps = await connection.QueryAsync($"EXPLAIN INSERT INTO {table.Name} ({table.Columns}) VALUES ({values})");
            steps.Select(step => (string)step.opcode).Should().Contain("OpenWrite").And.NotContain("OpenEphemeral", table.Name);
        }
    }

    /// <summary>An indexed column that a step changes makes PostgreSQL write all indexes of the row anew.</summary>
    [Fact]
    public async Task A_step_on_an_open_task_changes_no_index()
    {
        await using var host = await TestHost.StartAsync(DatabaseKind.PostgreSql);
        var id = Guid.CreateVersion7();
        await using var connection = await host.Database.OpenAsync();
        await connection.ExecuteAsync(
            $"INSERT INTO task (id, version, title, stage, priority, creator_id, assignee_id, created_at, updated_at, comments) VALUES (@id, 1, 't', {(int)TaskStage.Assigned}, 1, @id, @id, now(), now(), 0)", new { id });
        await using var transaction = await connection.BeginTransactionAsync();
        async Task<long> InPlaceAsync() => await connection.ExecuteScalarAsync<long>("SELECT pg_stat_get_xact_tuples_hot_updated('task'::regclass)");
        async Task<bool> IsInPlaceAsync(TaskStage stage)
        {
            var before = await InPlaceAsync();
            await connection.ExecuteAsync($"UPDATE task SET version = version + 1, stage = {(int)stage}, updated_at = now() WHERE id = @id", new { id });
            return await InPlaceAsync() > before;
        }

        (await IsInPlaceAsync(TaskStage.Accepted)).Should().BeTrue();
        (await IsInPlaceAsync(TaskStage.Started)).Should().BeTrue();
        (await IsInPlaceAsync(TaskStage.Completed)).Should().BeFalse("it is an open task no more");
        (await connection.ExecuteScalarAsync<long>("SELECT count(*) FROM task WHERE open_assignee_id IS NOT NULL")).Should().Be(0);
    }
}
