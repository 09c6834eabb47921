using LimoCha.Actors.Kernel;
using LimoCha.Actors.ReadModel;
using LimoCha.Actors.Storage;
using LimoCha.Actors.Tasks;
using Microsoft.Extensions.DependencyInjection;

namespace LimoCha.Actors.Cluster;

/// <summary>A silo that is stopped, as in an update: what it did is done, and nobody else is the worse for it.</summary>
public sealed class LeavingSiloTests
{
    public static TheoryData<DatabaseKind> Kinds => [DatabaseKind.Sqlite, DatabaseKind.PostgreSql];

    /// <summary>The projector is there for as long as the silo's actors are: nobody has to wait for it, and nothing is left to the sweep.</summary>
    [Theory, MemberData(nameof(Kinds))]
    public async Task A_silo_that_stops_projects_what_it_committed(DatabaseKind kind)
    {
        await using var host = await TestHost.StartAsync(kind, silos: 2);
        var leaving = host.Cluster.GetActiveSilos().Last();
        var services = host.Cluster.GetSiloServiceProvider(leaving.SiloAddress);
        var held = new TaskCompletionSource();
        host.Projector.Gate = held.Task;
        services.GetRequiredService<Projector>().Gate = held.Task;
        var creation = services.GetRequiredService<ITaskCreation>();
        for (var i = 0; i < 20; i++)
        {
            (await creation.CreateAsync(Ids.New(host.Clock), new() { Title = "巡检" }, host.Admin())).Ok.Should().BeTrue();
        }

        (await host.QueryAsync<int>("SELECT count(*) FROM task")).Should().Be(0);
        await host.Cluster.StopSiloAsync(leaving);
        (await host.QueryAsync<int>("SELECT count(*) FROM task")).Should().Be(20, "the other silo's projector is held");
        held.SetResult();
    }
}
