using Dapper;
using LimoCha.Actors.Search;
using LimoCha.Actors.Testing;

namespace LimoCha.Actors.Cluster;

/// <summary>The skip index of the tasks' texts: what is looked for is in the blocks it says, whatever happens meanwhile.</summary>
public sealed class TaskBlocksTests : SkipIndexTests
{
    private static readonly string[] Words = ["安装", "维修", "回访", "宽带", "Router", "合同", "invoice", "样品", "空调", "SO-20261126-0042"];

    [Fact]
    public async Task Whatever_is_looked_for_is_found_where_the_index_says_and_rare_texts_in_few_blocks()
    {
        var random = new Random(42);
        await InsertAsync([.. Enumerable.Range(0, 3_000).Select(i => $"{Words[random.Next(Words.Length)]}{Words[random.Next(Words.Length)]} 客户{(char)(0x4E00 + random.Next(3_000))} {random.Next(1_000_000):D6}")]);
        await MakeAllAsync();
        var blocks = await CountAsync("SELECT count(*) FROM task_block");
        blocks.Should().BeGreaterThanOrEqualTo(3_000 / TaskBlocks.MostTasks);
        for (var i = 0; i < 200; i++)
        {
            var text = await Host.QueryAsync<string>("SELECT title FROM task OFFSET @skip LIMIT 1", new { skip = random.Next(3_000) });
            var from = random.Next(text.Length - 2);
            var part = text.Substring(from, random.Next(2, Math.Min(12, text.Length - from) + 1)).Trim();
            var newestFirst = i % 2 == 0;
            var ranges = await TaskSearch.WhereAsync(Host.Database, i % 3 == 0 ? part.ToUpperInvariant() : part, newestFirst, default);
            if (ranges is not null)
            {
                await InsideAsync(ranges, part);
            }
        }

        await NowhereAsync("没有这样的字");
    }

    [Fact]
    public async Task A_task_that_comes_late_and_a_text_that_changes_are_in_the_index_at_once_and_the_old_text_is_not()
    {
        await InsertAsync([.. Enumerable.Range(0, 600).Select(i => $"回访 {i:D6}")]);
        await MakeAllAsync();
        await NowhereAsync("闻人望舒");

        // Between two that are in a block.
        await InsertAsync(["闻人望舒 家里"], at: HourAgo.AddMilliseconds(300));
        (await CountAsync("SELECT count(*) FROM task_block WHERE signature IS NULL")).Should().Be(1);
        await FoundAsync("闻人望舒");
        await MakeAllAsync();
        (await CountAsync("SELECT count(*) FROM task_block WHERE signature IS NULL")).Should().Be(0);
        await FoundAsync("闻人望舒");

        await ExecuteAsync("UPDATE task SET version = version + 1, stage = 2");
        (await CountAsync("SELECT count(*) FROM task_block WHERE signature IS NULL")).Should().Be(0, "a step changes no text");
        await ExecuteAsync("UPDATE task SET title = '', description = NULL WHERE title LIKE '%望舒%'");
        (await CountAsync("SELECT count(*) FROM task_block WHERE signature IS NULL")).Should().Be(1);
        await MakeAllAsync();
        await NowhereAsync("闻人望舒");
    }

    [Fact]
    public async Task A_block_that_much_came_into_late_becomes_several()
    {
        await InsertAsync([.. Enumerable.Range(0, 300).Select(i => $"回访 {i:D6}")]);
        await MakeAllAsync();
        var before = await CountAsync("SELECT count(*) FROM task_block");
        await InsertAsync([.. Enumerable.Range(0, 2_000).Select(i => $"补录 {i:D6}")], at: HourAgo.AddMilliseconds(20));
        await MakeAllAsync();
        (await CountAsync("SELECT count(*) FROM task_block")).Should().BeGreaterThan(before + 5);
        (await CountAsync("SELECT count(*) FROM task_block WHERE signature IS NULL")).Should().Be(0);
        for (var i = 0; i < 2_000; i += 97)
        {
            await FoundAsync($"补录 {i:D6}");
        }
    }

    [Fact]
    public async Task No_block_begins_over_a_task_that_is_being_written_and_none_misses_what_comes_while_it_is_signed()
    {
        await using (var connection = await Host.Database.OpenAsync())
        {
            await using var transaction = await connection.BeginTransactionAsync();
            await InsertAsync(["端木 家里"], at: HourAgo.AddMilliseconds(300), connection);
            await InsertAsync([.. Enumerable.Range(0, 600).Select(i => $"回访 {i:D6}")]);
            (await Blocks.MakeAsync(TimeSpan.Zero)).Should().BeFalse("it would not see the task");
            (await CountAsync("SELECT count(*) FROM task_block")).Should().Be(0);
            await transaction.CommitAsync();
        }

        // Begun, and read before a task in it is there.
        (await Blocks.MakeAsync(TimeSpan.Zero)).Should().BeTrue();
        await using (var connection = await Host.Database.OpenAsync())
        {
            await using var transaction = await connection.BeginTransactionAsync();
            await InsertAsync(["尉迟 公司"], at: HourAgo.AddMilliseconds(200), connection);
            var making = Blocks.MakeAsync(TimeSpan.Zero);
            await WaitsForWritersAsync(making);
            await transaction.CommitAsync();
            await making;
        }

        await MakeAllAsync();
        await FoundAsync("端木 家里");
        await FoundAsync("尉迟 公司");

        // Makers and late writers at the same time: whoever is first, nothing is missed.
        var writers = Enumerable.Range(0, 4).Select(writer => Task.Run(async () =>
        {
            for (var i = 0; i < 40; i++)
            {
                await InsertAsync([$"迟到 {writer:D4}{i:D4}"], at: HourAgo.AddMilliseconds(writer * 10 + i));
            }
        })).ToArray();
        while (!Task.WhenAll(writers).IsCompleted)
        {
            await Blocks.MakeAsync(TimeSpan.Zero);
        }

        await Task.WhenAll(writers);
        await MakeAllAsync();
        for (var writer = 0; writer < 4; writer++)
        {
            for (var i = 0; i < 40; i++)
            {
                await FoundAsync($"迟到 {writer:D4}{i:D4}");
            }
        }
    }
}
