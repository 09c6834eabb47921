using Dapper;
using LimoCha.Actors.Search;
using LimoCha.Actors.Testing;

namespace LimoCha.Actors.Cluster;

/// <summary>Groups of the skip index's blocks: they say what the blocks' own signatures say, and go as soon as one of those does.</summary>
public sealed class TaskGroupsTests : SkipIndexTests
{
    private const string Late = "闻人望舒 家里";

    [Fact]
    public async Task Searches_are_answered_the_same_by_groups_as_by_each_block_and_by_both()
    {
        var random = new Random(7);
        await InsertLongAsync(2 * TaskGroups.Blocks + 40, random);
        await MakeAllAsync();
        await SoManyGroupsAsync(2);
        List<(string Text, bool NewestFirst)> looks = [("没有这样的字", true), ("没有这样的字", false), ("样品", true), ("样品", false)];
        for (var i = 0; i < 40; i++)
        {
            var title = await Host.QueryAsync<string>("SELECT title FROM task ORDER BY id OFFSET @skip LIMIT 1", new { skip = random.Next(1_500) });
            looks.Add((title.Substring(random.Next(3, title.Length - 8), random.Next(2, 8)), i % 2 == 0));
        }

        async Task<List<IdRanges?>> AnswersAsync()
        {
            List<IdRanges?> answers = [];
            foreach (var (text, newestFirst) in looks)
            {
                answers.Add(await TaskSearch.WhereAsync(Host.Database, text, newestFirst, default));
                if (answers[^1]!.All)
                {
                    await InsideAsync(answers[^1]!, text);
                }
            }

            return answers;
        }

        var byGroups = await AnswersAsync();
        byGroups.Count(answer => answer!.All).Should().BeGreaterThan(20, "most texts are rare");
        byGroups[2]!.All.Should().BeFalse("each block has this one");
        await ExecuteAsync("WITH gone AS (DELETE FROM task_block_group WHERE last_id = (SELECT min(last_id::text)::uuid FROM task_block_group) RETURNING id) DELETE FROM task_slice WHERE group_id IN (SELECT id FROM gone)");
        Rare(await AnswersAsync()).Should().BeEquivalentTo(Rare(byGroups), options => options.WithStrictOrdering(), "a gap is before the group");
        await ExecuteAsync("DELETE FROM task_block_group; DELETE FROM task_slice");
        Rare(await AnswersAsync()).Should().BeEquivalentTo(Rare(byGroups), options => options.WithStrictOrdering(), "they say the same block by block");
        await MakeAllAsync();
        await SoManyGroupsAsync(2);
        (await AnswersAsync()).Should().BeEquivalentTo(byGroups, options => options.WithStrictOrdering());

        // Of a common text only the first blocks are asked for, and how many those are depends on the groups.
        static List<IdRanges?> Rare(List<IdRanges?> answers) => [.. answers.Where(answer => answer!.All)];
    }

    [Fact]
    public async Task A_task_that_comes_late_and_a_text_that_changes_take_the_group_away_and_it_is_made_again_without_the_old_text()
    {
        await InsertLongAsync(2 * TaskGroups.Blocks + 40, new(8));
        await MakeAllAsync();
        await SoManyGroupsAsync(2);
        await NowhereAsync("闻人望舒");

        await InsertAsync([Late], at: HourAgo.AddMilliseconds(100));
        await SoManyGroupsAsync(1);
        await FoundAsync("闻人望舒");
        await MakeAllAsync();
        await SoManyGroupsAsync(2);
        await FoundAsync("闻人望舒");

        await ExecuteAsync("UPDATE task SET version = version + 1, stage = 2");
        await SoManyGroupsAsync(2);
        await ExecuteAsync($"UPDATE task SET title = '' WHERE title = '{Late}'");
        await SoManyGroupsAsync(1);
        await MakeAllAsync();
        await SoManyGroupsAsync(2);
        await NowhereAsync("闻人望舒");
    }

    [Fact]
    public async Task A_group_whose_blocks_change_while_it_is_made_is_none()
    {
        await InsertLongAsync(TaskGroups.Blocks + 100, new(9));
        await MakeAllAsync();
        await ExecuteAsync("DELETE FROM task_block_group; DELETE FROM task_slice");
        await using (var connection = await Host.Database.OpenAsync())
        {
            await using var transaction = await connection.BeginTransactionAsync();
            await InsertAsync([Late], at: HourAgo.AddMilliseconds(100), connection);
            var making = Blocks.MakeAsync(TimeSpan.Zero);
            await WaitsForWritersAsync(making);
            await transaction.CommitAsync();
            await making;
        }

        await SoManyGroupsAsync(0);
        await FoundAsync("闻人望舒");
        await MakeAllAsync();
        await SoManyGroupsAsync(1);
        await FoundAsync("闻人望舒");
    }

    /// <summary>Texts so long that a few tasks are a block.</summary>
    private async Task InsertLongAsync(int blocks, Random random)
    {
        for (var left = blocks * 4; left > 0; left -= 200)
        {
            await InsertAsync([.. Enumerable.Range(0, 200).Select(_ => $"样品 {string.Create(1_150, random, static (text, from) =>
            {
                for (var i = 0; i < text.Length; i++)
                {
                    text[i] = (char)(0x4E00 + from.Next(20_000));
                }
            })}")]);
        }
    }

    private async Task SoManyGroupsAsync(int count)
    {
        (await CountAsync("SELECT count(*) FROM task_block_group")).Should().Be(count);
        (await CountAsync("SELECT count(*) FROM task_slice WHERE group_id NOT IN (SELECT id FROM task_block_group)")).Should().Be(0, "no slice is left of a group that is gone");
        (await CountAsync("SELECT count(DISTINCT group_id) FROM task_slice")).Should().Be(count);
    }
}
