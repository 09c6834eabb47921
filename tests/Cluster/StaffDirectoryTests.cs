using LimoCha.Actors.Kernel;
using LimoCha.Actors.Staff;
using LimoCha.Actors.Tasks;
using Microsoft.Extensions.DependencyInjection;

namespace LimoCha.Actors.Cluster;

/// <summary>What the rules of others see of a staff member.</summary>
public sealed class StaffDirectoryTests
{
    [Fact]
    public async Task Who_is_disabled_gets_no_task_from_that_moment_and_gets_some_again_when_they_are_back()
    {
        await using var host = await TestHost.StartAsync();
        var ann = await host.UserAsync();
        var user = host.Grains.GetGrain<IUserGrain>(ann.UserId);
        Task<Outcome<TaskView>> GiveAsync() =>
            host.Services.GetRequiredService<ITaskCreation>().CreateAsync(Ids.New(host.Clock), new() { Title = "x", AssigneeId = ann.UserId }, host.Admin());
        (await GiveAsync()).Ok.Should().BeTrue();

        await user.ChangeAsync(new() { Enabled = false }, host.Admin());
        (await GiveAsync()).Refusal!.Problem.Should().Be("assignee-disabled");

        await user.ChangeAsync(new() { Enabled = true }, host.Admin());
        (await GiveAsync()).Ok.Should().BeTrue();
    }

    [Fact]
    public async Task Nobody_speaks_for_an_actor_that_is_gone_and_whoever_looks_wakes_it()
    {
        await using var host = await TestHost.StartAsync();
        var department = Guid.NewGuid();
        var ann = await host.UserAsync(department: department);
        var (here, staff) = (host.Services.GetRequiredService<LocalUsers>(), host.Services.GetRequiredService<StaffDirectory>());
        here.TryGet(ann.UserId, out var known).Should().BeTrue();
        (known!.View.DepartmentId, known.View.Version).Should().Be((department, 1));

        await host.Cluster.DeactivateAsync(host.Grains.GetGrain<IUserGrain>(ann.UserId));
        here.TryGet(ann.UserId, out _).Should().BeFalse();

        (await staff.FindAsync(ann.UserId)).Should().BeEquivalentTo(known.View);
        here.TryGet(ann.UserId, out _).Should().BeTrue();
        (await staff.FindAsync(Guid.NewGuid())).Should().BeNull();
    }

    [Fact]
    public async Task A_silo_that_leaves_while_it_is_asked_about_somebody_is_nobodys_failure()
    {
        var leaving = new LeavingSilo();
        await using var host = await TestHost.StartAsync(services: services => services.AddSingleton<IOutgoingGrainCallFilter>(leaving));
        var ann = await host.UserAsync();
        await host.Cluster.DeactivateAsync(host.Grains.GetGrain<IUserGrain>(ann.UserId));

        leaving.Times = 1;
        (await host.Services.GetRequiredService<StaffDirectory>().FindAsync(ann.UserId))!.Id.Should().Be(ann.UserId);
        leaving.Times.Should().Be(0);
    }

    [Fact]
    public async Task What_a_person_here_is_told_is_done_in_their_actors_turn_and_follows_them_when_the_actor_leaves()
    {
        await using var host = await TestHost.StartAsync();
        var ann = await host.UserAsync();
        var here = host.Services.GetRequiredService<LocalUsers>();
        here.TryGet(ann.UserId, out var known).Should().BeTrue();
        IUserGrain? told = null;
        Task TellAsync() => known!.InTurnAsync(user =>
        {
            told = user;
            return user.ActiveAsync("nobody's", active: true);
        });
        await TellAsync();
        told.Should().BeOfType<UserGrain>();

        await host.Cluster.DeactivateAsync(host.Grains.GetGrain<IUserGrain>(ann.UserId));
        await TellAsync();
        told.Should().NotBeOfType<UserGrain>();
        here.TryGet(ann.UserId, out _).Should().BeTrue("the next one is awake");
        await FluentActions.Awaiting(() => known!.InTurnAsync(_ => throw new InvalidOperationException("x"))).Should().ThrowAsync<InvalidOperationException>();
    }

    /// <summary>So many looks at a person go to a silo that is gone.</summary>
    private sealed class LeavingSilo : IOutgoingGrainCallFilter
    {
        public int Times { get; set; }

        public Task Invoke(IOutgoingGrainCallContext context)
        {
            if (Times > 0 && context is { MethodName: nameof(IUserGrain.GetAsync), Grain: IUserGrain })
            {
                Times--;
                throw new SiloUnavailableException("It left.");
            }

            return context.Invoke();
        }
    }
}
