using System.Net;
using LimoCha.Actors.Testing;
using Npgsql;

namespace LimoCha.Actors.EndToEnd;

/// <summary>Tasks are found by parts of their texts, the same on both databases and whether the skip index has them yet or not.</summary>
public sealed class TaskSearchTests : IDisposable
{
    private readonly string clockFile = Path.Combine(Path.GetTempPath(), $"limocha-clock-{Guid.CreateVersion7():N}");

    [Theory]
    [InlineData("Sqlite")]
    [InlineData("PostgreSql")]
    public async Task Tasks_are_found_by_any_part_of_their_texts_page_by_page_in_any_order(string provider)
    {
        // The server's clock is behind the database's: its tasks are old enough for the index at once.
        var clock = new MachineClock(clockFile);
        clock.Set(-(long)TimeSpan.FromHours(1).TotalSeconds);
        var connection = provider == "Sqlite" ? null : await (await Postgres.SharedAsync()).CreateDatabaseAsync();
        await using var product = await Product.StartDemoAsync([.. clock.Environment, ("RateLimits:PerUserPerSecond", "10000"), ("RateLimits:PerUserBurst", "10000"), .. connection is null ? Array.Empty<(string, string)>() : [("Storage:Provider", provider), ("Storage:ConnectionString", connection)]]);
        using var manager = await product.SignInAsync("admin");
        var tasks = Enumerable.Range(0, 900).Select(i => new { title = $"回访 {i:D4}", description = i % 90 == 7 ? $"Bring the Contract 100% for 闻人望舒 {i}" : i % 2 == 0 ? "bring samples" : null }).ToList();
        (await manager.PostAsync("tasks/batch", new { tasks })).Status.Should().Be(HttpStatusCode.OK);

        async Task<List<string>> FindAsync(string q, string sort = "-createdAt", string more = "") =>
            [.. (await manager.GetAllAsync($"tasks?limit=4&sort={sort}&q={Uri.EscapeDataString(q)}{more}")).Select(item => item.GetProperty("title").GetString()!)];

        string[] contracts = [.. tasks.Where(task => task.description?.Contains("Contract", StringComparison.Ordinal) == true).Select(task => task.title)];
        async Task LookAsync()
        {
            (await FindAsync("望舒")).Should().BeEquivalentTo(contracts);
            (await FindAsync("ract 100% FOR")).Should().BeEquivalentTo(contracts);
            (await FindAsync("闻人望舒", "title")).Should().Equal(contracts);
            (await FindAsync("闻人望舒", "-title")).Should().Equal(contracts.Reverse());
            (await FindAsync("闻人望舒", "createdAt")).Should().Equal((await FindAsync("闻人望舒")).AsEnumerable().Reverse());
            (await FindAsync("回访 0097")).Should().Equal("回访 0097");
            (await FindAsync("0097", more: "&stage=draft")).Should().Equal("回访 0097");
            (await FindAsync("0097", more: "&stage=completed")).Should().BeEmpty();
            (await FindAsync("舒 9")).Should().Equal("回访 0097");
            (await FindAsync("100_")).Should().BeEmpty("an underscore is itself");
            (await FindAsync("没有这样的字")).Should().BeEmpty();
        }

        await Eventually.TrueAsync(async () => (await FindAsync("闻人望舒")).Count == contracts.Length && (await FindAsync("回访 0899")).Count == 1, "all are projected");
        await LookAsync();
        if (connection is not null)
        {
            await using var database = NpgsqlDataSource.Create(connection);
            await using var blocks = database.CreateCommand("SELECT count(*) FROM task_block WHERE signature IS NOT NULL");
            await Eventually.TrueAsync(async () => await blocks.ExecuteScalarAsync() is >= 3L, "blocks are made in the background");
            await LookAsync();
        }
    }

    public void Dispose() => File.Delete(clockFile);
}
