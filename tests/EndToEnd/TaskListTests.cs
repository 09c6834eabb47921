using System.Net;
using System.Text.Json;
using LimoCha.Actors.Testing;

namespace LimoCha.Actors.EndToEnd;

/// <summary>Lists of tasks in every order, page by page: the same on both databases and for everybody who sees many of them.</summary>
public sealed class TaskListTests
{
    private static readonly string[] Priorities = ["low", "normal", "high", "urgent"];

    private IReadOnlyList<string> made = [];

    private sealed record Listed(string Id, string Title, int Priority, string Stage, DateTimeOffset? DueAt, DateTimeOffset UpdatedAt)
    {
        public static Listed Of(JsonElement item) => new(
            item.GetProperty("id").GetString()!, item.GetProperty("title").GetString()!, Array.IndexOf(Priorities, item.GetProperty("priority").GetString()),
            item.GetProperty("stage").GetString()!, item.TryGetProperty("dueAt", out var due) && due.ValueKind != JsonValueKind.Null ? due.GetDateTimeOffset() : null, item.GetProperty("updatedAt").GetDateTimeOffset());
    }

    [Theory]
    [InlineData("Sqlite")]
    [InlineData("PostgreSql")]
    public async Task Tasks_are_listed_in_every_order_and_those_without_a_due_time_come_last(string provider)
    {
        var connection = provider == "Sqlite" ? null : await (await Postgres.SharedAsync()).CreateDatabaseAsync();
        await using var product = await Product.StartDemoAsync([("RateLimits:PerUserPerSecond", "10000"), ("RateLimits:PerUserBurst", "10000"), .. connection is null ? Array.Empty<(string, string)>() : [("Storage:Provider", provider), ("Storage:ConnectionString", connection)]]);
        using var admin = await product.SignInAsync("admin");
        using var manager = await product.SignInAsync("manager");
        var assignee = await admin.UserIdAsync("staff1");
        var day = DateTimeOffset.UtcNow.Date;
        var tasks = Enumerable.Range(0, 60).Select(i => new
        {
            title = $"清单 {i * 7 % 20:D2}", priority = Priorities[i % 4], assigneeId = i % 3 == 0 ? assignee : null, dueAt = i % 5 < 2 ? day.AddDays(1 + i * 11 % 13) : (DateTime?)null,
        }).ToList();
        var batch = await manager.PostAsync("tasks/batch", new { tasks });
        batch.Status.Should().Be(HttpStatusCode.OK);
        made = [.. batch.Json.EnumerateArray().Select(row => row.GetProperty("id").GetString()!)];
        var cancelled = made.Where((_, i) => i % 4 == 0).ToList();
        foreach (var id in cancelled)
        {
            (await manager.PostAsync($"tasks/{id}/cancel", new { note = "不需要了" })).Status.Should().Be(HttpStatusCode.OK);
        }

        foreach (var by in new[] { admin, manager })
        {
            await Eventually.TrueAsync(async () => (await ListAsync(by, "createdAt", "")).Count(task => task.Stage == "cancelled" == cancelled.Contains(task.Id)) == made.Count, "all are projected");
            foreach (var filter in new[] { "", "&stage=cancelled", "&stage=draft", "&stage=assigned", $"&dueBefore={day.AddDays(6):yyyy-MM-dd}T00:00:00Z", $"&stage=cancelled&dueBefore={day.AddDays(6):yyyy-MM-dd}T00:00:00Z" })
            {
                var all = await ListAsync(by, "createdAt", filter);
                all.Select(task => task.Id).Should().NotBeEmpty(filter).And.OnlyHaveUniqueItems().And.BeInAscendingOrder(StringComparer.Ordinal);
                (await ListAsync(by, "-createdAt", filter)).Should().Equal(all.AsEnumerable().Reverse());
                await IsInOrderAsync("title", task => task.Title, StringComparer.Ordinal);
                await IsInOrderAsync("priority", task => task.Priority, Comparer<int>.Default);
                await IsInOrderAsync("updatedAt", task => task.UpdatedAt, Comparer<DateTimeOffset>.Default);
                var (due, never) = (all.Where(task => task.DueAt is not null).ToList(), all.Where(task => task.DueAt is null).ToList());
                (await ListAsync(by, "dueAt", filter)).Should().Equal([.. due.OrderBy(task => task.DueAt).ThenBy(task => task.Id, StringComparer.Ordinal), .. never], "{0} {1}", "dueAt", filter);
                (await ListAsync(by, "-dueAt", filter)).Should().Equal([.. due.OrderByDescending(task => task.DueAt).ThenByDescending(task => task.Id, StringComparer.Ordinal), .. never.AsEnumerable().Reverse()], "{0} {1}", "-dueAt", filter);

                async Task IsInOrderAsync<TKey>(string sort, Func<Listed, TKey> key, IComparer<TKey> order)
                {
                    var expected = all.OrderBy(key, order).ThenBy(task => task.Id, StringComparer.Ordinal).ToList();
                    (await ListAsync(by, sort, filter)).Should().Equal(expected, "{0} {1}", sort, filter);
                    (await ListAsync(by, $"-{sort}", filter)).Should().Equal(expected.AsEnumerable().Reverse(), "-{0} {1}", sort, filter);
                }
            }
        }

        (await ListAsync(admin, "createdAt", "")).Should().HaveCount(made.Count).And.Contain(task => task.DueAt == null).And.Contain(task => task.DueAt != null);
    }

    /// <summary>Of all pages what this test has made: tasks of the demo fall due meanwhile.</summary>
    private async Task<List<Listed>> ListAsync(Api by, string sort, string filter) =>
        [.. (await by.GetAllAsync($"tasks?limit=7&sort={sort}{filter}")).Select(Listed.Of).Where(task => made.Contains(task.Id))];
}
