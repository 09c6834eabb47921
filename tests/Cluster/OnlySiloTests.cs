using FluentAssertions;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Tasks;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;
using Orleans.Runtime.GrainDirectory;

namespace LimoCha.Actors.Cluster;

/// <summary>Where one silo is the cluster, actors are found without a directory.</summary>
public sealed class OnlySiloTests
{
    [Fact]
    public async Task Actors_that_leave_memory_while_they_are_called_answer_every_call()
    {
        await using var host = await TestHost.StartAsync();
        var (ann, ben) = (await host.UserAsync(), await host.UserAsync());
        var tasks = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => host.TaskAsync(ann, $"拜访 {i}")));
        var management = host.Grains.GetGrain<IManagementGrain>(0);
        const int rounds = 20;
        for (var round = 0; round < rounds; round++)
        {
            var leaving = management.ForceActivationCollection(TimeSpan.Zero);
            var answers = await Task.WhenAll(tasks.SelectMany(task => new[]
            {
                host.Grains.GetGrain<ITaskGrain>(task.Id).GetAsync(host.Admin().By),
                host.Grains.GetGrain<ITaskGrain>(task.Id).ReassignAsync(new() { AssigneeId = round % 2 == 0 ? ben.UserId : ann.UserId }, host.Admin()),
                host.Grains.GetGrain<ITaskGrain>(task.Id).GetAsync(host.Admin().By),
            }));
            await leaving;

            answers.Select(answer => answer.Refusal).Should().AllSatisfy(refusal => refusal.Should().BeNull());
        }

        foreach (var task in tasks)
        {
            (await host.Grains.GetGrain<ITaskGrain>(task.Id).GetAsync(host.Admin().By)).Version.Should().Be(task.Version + rounds, "two activations of an actor would have written beside each other");
        }
    }

    [Fact]
    public async Task A_silo_says_where_an_actor_is_while_it_is_up()
    {
        await using var host = await TestHost.StartAsync();
        var places = host.Services.GetRequiredService<IGrainDirectoryCache>();
        var here = host.Services.GetRequiredService<ILocalSiloDetails>().SiloAddress;
        var actor = host.Grains.GetGrain<ITaskGrain>(Ids.New(host.Clock)).GetGrainId();

        places.LookUp(actor, out var place, out _).Should().BeTrue();
        (place!.GrainId, place.SiloAddress).Should().Be((actor, here));

        await host.Cluster.StopAllSilosAsync();
        places.LookUp(actor, out _, out _).Should().BeFalse();
    }

    [Fact]
    public async Task Silos_that_may_be_several_ask_a_directory()
    {
        await using var host = await TestHost.StartAsync(silos: 2);

        host.Services.GetService<IGrainDirectoryCache>().Should().BeNull();
    }
}
