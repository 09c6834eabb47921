using LimoCha.Actors.Devices;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Staff;
using LimoCha.Actors.Storage;
using LimoCha.Actors.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace LimoCha.Actors.Cluster;

/// <summary>Devices while the database is away.</summary>
public sealed class OutageTests
{
    [Fact]
    public async Task What_an_actor_cannot_read_is_unavailable_to_a_caller_in_another_process()
    {
        await using var postgres = await Postgres.StartNewAsync();
        await using var host = await TestHost.StartAsync(DatabaseKind.PostgreSql, connectionString: await postgres.CreateDatabaseAsync());
        var user = await host.UserAsync();
        var session = await SessionAsync(host, user);
        var device = new TestDevice(host.Grains, user.UserId, session, "tablet");
        await device.RegisterAsync();
        var gateway = (await host.Grains.GetGrain<IGatewayRegistryGrain>(0).ListAsync()).Single();
        postgres.Stop();

        // The actor was not told of the first announcement, so it looks up what is open.
        var second = Connection(session) with { Token = 2 };
        await host.Cluster.Client.Invoking(other => other.GetGrain<IUserGrain>(user.UserId).AttachAsync(gateway, second)).Should().ThrowAsync<StorageUnavailableException>();

        // And what it reads while it comes up.
        var readModel = host.Services.GetRequiredService<IUserReadModel>();
        await readModel.Invoking(reading => reading.LastKnownAsync(user.UserId, default)).Should().ThrowAsync<StorageUnavailableException>();
    }

    [Fact]
    public async Task An_actor_that_cannot_come_up_because_its_data_cannot_be_read_is_unavailable_too()
    {
        await using var host = await TestHost.StartAsync(services: all => all.AddSingleton<IUserReadModel, Unreadable>());
        var user = await host.UserAsync();
        await host.Grains.GetGrain<IManagementGrain>(0).ForceActivationCollection(TimeSpan.Zero);

        var failure = await host.Cluster.Client.Invoking(other => other.GetGrain<IUserGrain>(user.UserId).SessionsAsync()).Should().ThrowAsync<Exception>();
        failure.Which.Should().Match(error => error is OrleansException || error is StorageUnavailableException, failure.Which.ToString());
    }

    [Fact]
    public async Task A_gateway_announces_its_devices_until_their_actors_know_them_however_long_the_database_is_away()
    {
        await using var postgres = await Postgres.StartNewAsync();
        await using var host = await TestHost.StartAsync(DatabaseKind.PostgreSql, connectionString: await postgres.CreateDatabaseAsync());
        var (user, clock, log, sink) = (await host.UserAsync(), new FakeTimeProvider(), new Heard(), new Sink());
        using var gateway = new DeviceGateway(host.Grains, host.Services.GetRequiredService<Gateways>(), clock, log);
        await gateway.StartAsync(default);
        (await gateway.AttachAsync(user.UserId, Connection(await SessionAsync(host, user)), sink)).Refusal.Should().BeNull();
        var registry = host.Grains.GetGrain<IGatewayRegistryGrain>(0);
        var mine = (await registry.ListAsync()).Single().Epoch;
        // Another gateway of theirs cannot be reached: from then on each announcement looks up what is open.
        var lost = await host.ConnectAsync(user, "tablet");
        lost.Unreachable = true;
        await host.TaskAsync(user);

        postgres.Stop();
        await registry.UnregisterAsync(mine);
        await Eventually.TrueAsync(() => Later(() => log.Failures > 0), "an announcement fails");
        await Eventually.TrueAsync(() => Later(() => log.Failures > 1), "and so does the next");
        await postgres.StartAsync();
        await Eventually.TrueAsync(() => Later(() => sink.Syncs == 2), "the device is announced, and gets the whole set");
        await gateway.StopAsync(default);

        Task<bool> Later(Func<bool> condition)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            return Task.FromResult(condition());
        }
    }

    private static async Task<Guid> SessionAsync(TestHost host, Actor user) =>
        (await host.Grains.GetGrain<IUserGrain>(user.UserId).OpenSessionAsync("phone", host.As(user))).Value!.SessionId;

    private static DeviceConnection Connection(Guid sessionId) =>
        new("c-1", sessionId, new() { DeviceId = "phone", Platform = "test" }, DateTimeOffset.UnixEpoch);

    private sealed class Sink : IDeviceSink
    {
        private int syncs;

        public int Syncs => Volatile.Read(ref syncs);

        public Task SendAsync(DeviceMessage message)
        {
            Interlocked.Add(ref syncs, message.Sync is null ? 0 : 1);
            return Task.CompletedTask;
        }

        public void Close() => throw new InvalidOperationException("Nobody asked for it.");
    }

    private sealed class Heard : ILogger<DeviceGateway>
    {
        private int failures;

        public int Failures => Volatile.Read(ref failures);

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Interlocked.Add(ref failures, eventId.Name == "LogAnnounceFailed" ? 1 : 0);
    }

    private sealed class Unreadable : IUserReadModel
    {
        public Task<OpenCards> OpenCardsAsync(Guid userId, Guid? departmentId, Role role, CancellationToken cancellationToken) => throw Away();

        public Task<bool> IsCurrentAsync(Card card) => throw Away();

        public Task<LastKnown> LastKnownAsync(Guid userId, CancellationToken cancellationToken) => throw Away();

        private static StorageUnavailableException Away() => new("The data could not be read.");
    }
}
