using LimoCha.Actors.Kernel;
using LimoCha.Actors.Reports;
using LimoCha.Actors.Storage;
using LimoCha.Actors.Tasks;
using Microsoft.Extensions.Options;

namespace LimoCha.Actors.Cluster;

/// <summary>The board shows what is, however it came to be.</summary>
public sealed class BoardTests
{
    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task Its_numbers_and_lanes_are_those_of_the_tasks_whatever_was_written_and_by_how_many(DatabaseKind kind)
    {
        await using var host = await TestHost.StartAsync(kind);
        var tasks = await TaskRows.WriteAsync(host);
        var board = new BoardQueries(host.Database, host.Clock, new CompanyDays(host.Clock, Options.Create(new KernelOptions())));
        foreach (var actor in tasks.Lookers)
        {
            var all = await tasks.SeenByAsync(actor);
            var stages = (await board.OverviewAsync(actor)).Stages;
            stages.Should().Equal(all.CountBy(task => task.Stage).OrderBy(pair => pair.Key).Select(pair => new StageCount(pair.Key, pair.Value)), "that is what {0} sees", actor);
            var lanes = await board.BoardAsync(actor, stages);
            foreach (var stage in Enum.GetValues<TaskStage>())
            {
                var (shown, lane) = (lanes.Where(task => task.Stage == stage).ToList(), all.Where(task => task.Stage == stage).ToList());
                if (stage is TaskStage.Assigned or TaskStage.Accepted or TaskStage.Started)
                {
                    shown.Select(task => task.Id).Should().BeEquivalentTo(lane.Select(task => task.Id).OrderByDescending(id => id.ToString()).Take(30), "{0} sees the newest {1}", actor, stage);
                }
                else
                {
                    // Two may have changed at the same instant; either is the thirtieth then.
                    shown.Select(task => task.Id).Should().BeSubsetOf(lane.Select(task => task.Id));
                    shown.Select(task => task.UpdatedAt).Should().Equal(lane.Select(task => task.UpdatedAt).OrderDescending().Take(30), "{0} sees what changed last of {1}", actor, stage);
                }
            }

            lanes.Should().BeInDescendingOrder(task => task.UpdatedAt);
        }
    }
}
