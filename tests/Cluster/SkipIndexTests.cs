using System.Data.Common;
using Dapper;
using LimoCha.Actors.Search;
using LimoCha.Actors.Storage;
using LimoCha.Actors.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LimoCha.Actors.Cluster;

/// <summary>Tasks by the thousand, and a skip index of them that is made when a test says so.</summary>
public abstract class SkipIndexTests : IAsyncLifetime
{
    protected DateTimeOffset HourAgo { get; } = TimeProvider.System.GetUtcNow().AddHours(-1);
    protected TestHost Host { get; private set; } = null!;
    private int made;

    /// <summary>Without the silo's own maker: these tests say when.</summary>
    public async Task InitializeAsync() => Host = await TestHost.StartAsync(
        DatabaseKind.PostgreSql,
        services: services => services.Remove(services.Single(service => service.ServiceType == typeof(IHostedService) && service.ImplementationFactory?.Method.ReturnType == typeof(TaskBlocks))));

    public async Task DisposeAsync() => await Host.DisposeAsync();

    private protected TaskBlocks Blocks => Host.Services.GetRequiredService<TaskBlocks>();

    protected async Task MakeAllAsync()
    {
        await Eventually.TrueAsync(
            async () => !await Blocks.MakeAsync(TimeSpan.Zero) && await CountAsync("SELECT count(*) FROM task_block WHERE signature IS NULL") == 0
                && await CountAsync("SELECT count(*) FROM task WHERE id > coalesce((SELECT max(last_id::text)::uuid FROM task_block), '00000000-0000-0000-0000-000000000000')") < TaskBlocks.MostTasks, "all blocks are made");
        (await CountAsync("SELECT count(*) FROM task_block b WHERE after_id <> coalesce((SELECT max(p.last_id::text)::uuid FROM task_block p WHERE p.last_id < b.last_id), '00000000-0000-0000-0000-000000000000')"))
            .Should().Be(0, "blocks follow one another without a gap");
    }

    /// <summary>Until a maker waits for those who write, or has done without.</summary>
    protected Task WaitsForWritersAsync(Task making) => Eventually.TrueAsync(
        async () => making.IsCompleted || await CountAsync("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())") > 0, "it waits");

    protected async Task InsertAsync(string[] titles, DateTimeOffset? at = null, DbConnection? within = null)
    {
        var from = Interlocked.Add(ref made, titles.Length) - titles.Length;
        Guid[] ids = [.. titles.Select((_, i) => Guid.CreateVersion7(at ?? HourAgo.AddMilliseconds(from + i)))];
        await using var own = within is null ? await Host.Database.OpenAsync() : null;
        await (within ?? own)!.ExecuteAsync(
            "INSERT INTO task (id, version, title, stage, priority, creator_id, created_at, updated_at, comments) SELECT id, 1, title, 0, 1, id, now(), now(), 0 FROM unnest(@ids, @titles) t(id, title)", new { ids, titles });
    }

    protected async Task FoundAsync(string text)
    {
        var ranges = await TaskSearch.WhereAsync(Host.Database, text, newestFirst: true, default);
        if (ranges is not null)
        {
            await InsideAsync(ranges, text);
        }

        (await CountAsync("SELECT count(*) FROM task WHERE title LIKE @text", new { text = $"%{text}%" })).Should().BeGreaterThan(0);
    }

    protected async Task NowhereAsync(string text) =>
        (await TaskSearch.WhereAsync(Host.Database, text, newestFirst: true, default))!.Last.Should().Equal([Guid.AllBitsSet], "no block has it");

    protected async Task InsideAsync(IdRanges ranges, string text) =>
        (await CountAsync(
            "SELECT count(*) FROM task WHERE title ILIKE @text AND (SELECT count(*) FROM unnest(@After, @Last) r(a, l) WHERE id > a AND id <= l) <> 1",
            new { text = $"%{text}%", ranges.After, ranges.Last })).Should().Be(0, "all that have {0} are where the index says, once", text);

    protected Task<long> CountAsync(string sql, object? parameters = null) => Host.QueryAsync<long>(sql, parameters);

    protected async Task ExecuteAsync(string sql)
    {
        await using var connection = await Host.Database.OpenAsync();
        await connection.ExecuteAsync(sql);
    }
}
