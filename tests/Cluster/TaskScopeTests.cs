using LimoCha.Actors.Kernel;
using LimoCha.Actors.ReadModel;
using LimoCha.Actors.Storage;
using LimoCha.Actors.Tasks;

namespace LimoCha.Actors.Cluster;

/// <summary>A list that is read in parts is the list.</summary>
public sealed class TaskScopeTests
{
    private static readonly Dictionary<string, SortKey<TaskRow>> Sorts = new() { ["id"] = new("id", row => row.Id), ["title"] = new("title", row => row.Title) };

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task Page_by_page_everybody_sees_each_task_that_is_theirs_to_see_once_and_in_order(DatabaseKind kind)
    {
        await using var host = await TestHost.StartAsync(kind);
        var tasks = await TaskRows.WriteAsync(host);
        foreach (var actor in tasks.Lookers)
        {
            await ExpectAsync(await tasks.SeenByAsync(actor), () => new ListQuery<TaskRow>(host.Database, "task", ReadTables.Task.Columns, Sorts)
                .With("me", actor.UserId).With("mine", actor.DepartmentId).In(TaskScope.SeenBy(actor), TaskScope.PartsSeenBy(actor)));
        }

        foreach (var person in tasks.People)
        {
            var theirs = (await tasks.SeenByAsync(tasks.Lookers[0])).Where(task => task.AssigneeId == person && task.Stage != TaskStage.Completed).ToList();
            await ExpectAsync(theirs, () => new ListQuery<TaskRow>(host.Database, "task", ReadTables.Task.Columns, Sorts)
                .With("who", person).Where("stage <> @stage", "stage", (int)TaskStage.Completed).In(TaskScope.AssignedTo("who"), TaskScope.PartsAssignedTo("who")));
        }

        async Task ExpectAsync(List<TaskRow> all, Func<ListQuery<TaskRow>> query)
        {
            all.Should().HaveCountGreaterThan(20);
            string[] byId = [.. all.Select(task => task.Id.ToString()).Order(StringComparer.Ordinal)];
            string[] byTitle = [.. all.OrderBy(task => task.Title, StringComparer.Ordinal).ThenBy(task => task.Id.ToString(), StringComparer.Ordinal).Select(task => task.Id.ToString())];
            (await ReadAsync(query, "id")).Should().Equal(byId);
            (await ReadAsync(query, "-id")).Should().Equal(byId.Reverse());
            (await ReadAsync(query, "title")).Should().Equal(byTitle);
            (await ReadAsync(query, "-title")).Should().Equal(byTitle.Reverse());
        }

        async Task<List<string>> ReadAsync(Func<ListQuery<TaskRow>> query, string sort)
        {
            List<string> found = [];
            string? cursor = null;
            do
            {
                var page = (await query().ReadAsync(new() { Limit = 19, Sort = sort, Cursor = cursor }, "id", row => row.Id.ToString(), host.Clock, CancellationToken.None)).Value!;
                found.AddRange(page.Items);
                cursor = page.NextCursor;
            }
            while (cursor is not null);
            return found;
        }
    }
}
