using LimoCha.Actors.Devices;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Recovery;
using LimoCha.Actors.Staff;
using LimoCha.Actors.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace LimoCha.Actors.Cluster;

/// <summary>Whose actors stay awake, and for how long a device counts as connected.</summary>
public sealed class ConnectedUsersTests
{
    [Fact]
    public async Task Who_has_a_device_connected_stays_awake_though_no_message_comes_and_gets_the_next_card_alone()
    {
        await using var host = await TestHost.StartAsync();
        var (connected, away) = (await host.UserAsync(), await host.UserAsync());
        var device = await host.ConnectAsync(connected);
        await device.UntilAsync(_ => device.Syncs == 1);

        await KeepAsync(host);
        await host.Grains.GetGrain<IManagementGrain>(0).ForceActivationCollection(TimeSpan.Zero);

        var here = host.Services.GetRequiredService<LocalUsers>();
        here.TryGet(away.UserId, out _).Should().BeFalse();
        here.TryGet(connected.UserId, out _).Should().BeTrue();
        var task = await host.TaskAsync(connected);
        await device.UntilAsync(cards => cards.Any(card => card.Id == task.Id));
        device.Syncs.Should().Be(1);
    }

    [Fact]
    public async Task A_device_of_a_web_process_that_is_gone_is_connected_no_more_though_nothing_was_sent_to_it()
    {
        await using var host = await TestHost.StartAsync();
        var user = await host.UserAsync();
        var device = await host.ConnectAsync(user);
        await device.UntilAsync(_ => device.Syncs == 1);
        var before = host.Clock.GetUtcNow();
        device.Unreachable = true;
        await ForgetAsync(host);

        await KeepAsync(host);

        var presence = await host.Grains.GetGrain<IUserGrain>(user.UserId).PresenceAsync();
        presence.State.Should().Be(PresenceState.Away);
        presence.LastSeenAt.Should().BeOnOrAfter(before);
    }

    [Fact]
    public async Task A_device_of_a_web_process_that_the_registry_only_forgot_is_found_again()
    {
        await using var host = await TestHost.StartAsync();
        var user = await host.UserAsync();
        var device = await host.ConnectAsync(user);
        await ForgetAsync(host);

        await KeepAsync(host);
        await device.RegisterAsync();

        var task = await host.TaskAsync(user);
        await device.UntilAsync(cards => cards.Any(card => card.Id == task.Id));
        (await host.Grains.GetGrain<IUserGrain>(user.UserId).PresenceAsync()).State.Should().Be(PresenceState.Online);
    }

    [Fact]
    public async Task A_web_process_that_came_after_the_registry_was_asked_is_not_doubted()
    {
        await using var host = await TestHost.StartAsync();
        var user = await host.UserAsync();
        var before = host.Clock.GetUtcNow();
        await host.ConnectAsync(user);
        var actor = host.Grains.GetGrain<IUserGrain>(user.UserId);

        await actor.KeepAsync(new HashSet<Guid>(), before);
        (await actor.PresenceAsync()).State.Should().Be(PresenceState.Online);

        await actor.KeepAsync(new HashSet<Guid>(), host.Clock.GetUtcNow());
        (await actor.PresenceAsync()).State.Should().Be(PresenceState.Away);
    }

    [Fact]
    public async Task They_are_told_each_period()
    {
        await using var host = await TestHost.StartAsync();
        var user = await host.UserAsync();
        var device = await host.ConnectAsync(user);
        await device.UntilAsync(_ => device.Syncs == 1);
        device.Unreachable = true;
        await ForgetAsync(host);
        var clock = new FakeTimeProvider(host.Clock.GetUtcNow());
        using var silo = ActivatorUtilities.CreateInstance<ConnectedUsers>(host.Services, clock);
        await silo.StartAsync(default);

        await Eventually.TrueAsync(async () =>
        {
            // It may not have set its timer yet.
            clock.Advance(LocalUsers.KeepPeriod);
            return (await host.Grains.GetGrain<IUserGrain>(user.UserId).PresenceAsync()).State == PresenceState.Away;
        }, "its gateway is gone");
        await silo.StopAsync(default);
    }

    private static Task KeepAsync(TestHost host) => host.Services.GetServices<IHostedService>().OfType<ConnectedUsers>().Single().KeepAsync(default);

    private static async Task ForgetAsync(TestHost host)
    {
        var registry = host.Grains.GetGrain<IGatewayRegistryGrain>(0);
        await registry.UnregisterAsync((await registry.ListAsync()).Single().Epoch);
    }
}
