using Dapper;
using LimoCha.Actors.Devices;
using LimoCha.Actors.Hosting;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.ReadModel;
using LimoCha.Actors.Staff;
using LimoCha.Actors.Storage;
using LimoCha.Actors.Tasks;
using LimoCha.Actors.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.TestingHost;

namespace LimoCha.Actors.Cluster;

/// <summary>A test cluster on the real storage, read model and sweep, over a database of its own.</summary>
public sealed class TestHost : IAsyncDisposable
{
    private readonly string? folder;

    private TestHost(InProcessTestCluster cluster, string connectionString, string? folder)
    {
        Cluster = cluster;
        ConnectionString = connectionString;
        this.folder = folder;
    }

    public InProcessTestCluster Cluster { get; }
    public string ConnectionString { get; }
    /// <summary>The client inside a living silo: it never has to look for a gateway.</summary>
    public IClusterClient Grains => Services.GetRequiredService<IClusterClient>();
    public TimeProvider Clock => TimeProvider.System;
    public Projector Projector => Services.GetRequiredService<Projector>();
    public Database Database => Services.GetRequiredService<Database>();

    /// <summary>The services of the silo that started first and still lives.</summary>
    public IServiceProvider Services => Cluster.GetSiloServiceProvider(Cluster.GetActiveSilos().First().SiloAddress);

    public static async Task<TestHost> StartAsync(
        DatabaseKind kind = DatabaseKind.Sqlite, int silos = 1, string? connectionString = null, Action<IServiceCollection>? services = null, params (string Key, string Value)[] settings)
    {
        string? folder = null;
        if (connectionString is null)
        {
            if (kind == DatabaseKind.PostgreSql)
            {
                connectionString = await (await Postgres.SharedAsync()).CreateDatabaseAsync();
            }
            else
            {
                folder = Directory.CreateTempSubdirectory("limocha-test-").FullName;
                connectionString = $"Data Source={folder}/limocha.db";
            }
        }

        var configuration = new Dictionary<string, string?>
        {
            ["Storage:Provider"] = kind.ToString(), ["Storage:ConnectionString"] = connectionString,
            ["Recovery:SweepPeriod"] = "00:00:02", ["Recovery:DuePeriod"] = "00:00:00.200", ["Actors:SecondLook"] = "00:00:01",
            ["Logging:LogLevel:Default"] = "Error", ["Privacy:MasterKeys:1"] = Convert.ToBase64String(new byte[32]),
        };
        foreach (var (key, value) in settings)
        {
            configuration[key] = value;
        }

        var builder = new InProcessTestClusterBuilder((short)silos);
        // States are kept under it: a second host on the same database finds them.
        builder.Options.ServiceId = "limocha";
        builder.ConfigureHost(host => host.Configuration.AddInMemoryCollection(configuration));
        builder.ConfigureSiloHost((_, host) =>
        {
            host.AddLimoChaDatabase();
            host.Services.AddHostedService<SchemaUpgrade>();
        });
        builder.ConfigureSilo((_, silo) =>
        {
            silo.AddLimoChaActors();
            services?.Invoke(silo.Services);
        });
        var cluster = builder.Build();
        await cluster.DeployAsync();
        return new(cluster, connectionString, folder);
    }

    public CallContext As(Actor actor) => new(actor, Ids.New(Clock));

    public CallContext Admin() => As(Actor.System);

    /// <summary>A staff member who exists.</summary>
    public async Task<Actor> UserAsync(Role role = Role.Staff, Guid? department = null)
    {
        var id = Ids.New(Clock);
        var created = await Grains.GetGrain<IUserGrain>(id).CreateAsync(
            new() { UserName = $"u{id:N}", DisplayName = "Test", Role = role, DepartmentId = department }, new() { SecurityStamp = "s" }, Admin());
        created.Refusal.Should().BeNull();
        return new(id, role, department);
    }

    /// <summary>A task given to somebody.</summary>
    public async Task<TaskView> TaskAsync(Actor assignee, string title = "Visit", DateTimeOffset? dueAt = null)
    {
        var outcome = await Grains.GetGrain<ITaskGrain>(Ids.New(Clock)).CreateAsync(new() { Title = title, AssigneeId = assignee.UserId, DueAt = dueAt }, Admin());
        outcome.Refusal.Should().BeNull();
        return outcome.Value!;
    }

    /// <summary>A gateway with one device of a user connected.</summary>
    public async Task<TestDevice> ConnectAsync(Actor user, string deviceId = "phone")
    {
        var session = await Grains.GetGrain<IUserGrain>(user.UserId).OpenSessionAsync(deviceId, As(user));
        var device = new TestDevice(Grains, user.UserId, session.Value!.SessionId, deviceId);
        await device.RegisterAsync();
        (await device.HelloAsync()).Refusal.Should().BeNull();
        return device;
    }

    public async Task<T> QueryAsync<T>(string sql, object? parameters = null)
    {
        await using var connection = await Database.OpenAsync();
        return (await connection.QuerySingleOrDefaultAsync<T>(sql, parameters))!;
    }

    public async ValueTask DisposeAsync()
    {
        await Cluster.DisposeAsync();
        if (folder is not null)
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}

/// <summary>A gateway process in miniature: it registers an observer and follows the device protocol.</summary>
public sealed class TestDevice(IClusterClient client, Guid userId, Guid sessionId, string deviceId) : IDeviceGateway
{
    private readonly Lock gate = new();
    private readonly Dictionary<Guid, Card> shown = [];
    private readonly List<(Guid Id, int Version)> everShown = [];
    private GatewayRef? me;
    private Fence fence = new();
    private TaskCompletionSource changed = New();

    public string? Ended { get; private set; }
    public int Syncs { get; private set; }
    /// <summary>Messages that came from an activation without the right to send, or too late.</summary>
    public int Fenced { get; private set; }
    /// <summary>While set, the gateway cannot be reached.</summary>
    public bool Unreachable { get; set; }
    public string ConnectionId { get; private set; } = $"c-{Guid.NewGuid():N}";

    public IReadOnlyList<Card> Shown
    {
        get
        {
            lock (gate)
            {
                return [.. shown.Values];
            }
        }
    }

    public IReadOnlyList<(Guid Id, int Version)> EverShown
    {
        get
        {
            lock (gate)
            {
                return [.. everShown];
            }
        }
    }

    public async Task RegisterAsync()
    {
        me ??= new(Guid.CreateVersion7(), client.CreateObjectReference<IDeviceGateway>(this)) { TakesMany = true };
        await client.GetGrain<IGatewayRegistryGrain>(0).RegisterAsync(me);
    }

    public Task<Outcome<Attached>> HelloAsync()
    {
        (ConnectionId, fence) = ($"c-{Guid.NewGuid():N}", new());
        return client.GetGrain<IUserGrain>(userId).AttachAsync(me!, Connection);
    }

    /// <summary>Completes when the condition holds; looks whenever something arrives.</summary>
    public async Task UntilAsync(Func<IReadOnlyList<Card>, bool> condition, int seconds = 15)
    {
        var deadline = Task.Delay(TimeSpan.FromSeconds(seconds));
        while (true)
        {
            Task next;
            lock (gate)
            {
                if (condition([.. shown.Values]))
                {
                    return;
                }

                next = changed.Task;
            }

            (await Task.WhenAny(next, deadline)).Should().NotBe(deadline, "the device should have been told within {0} s; it shows {1} cards", seconds, Shown.Count);
        }
    }

    public Task PushManyAsync(IReadOnlyList<UserPush> pushes) => Task.WhenAll(pushes.Select(push => PushAsync(push.UserId, push.Messages)));

    public Task PushAsync(Guid user, IReadOnlyList<DeviceMessage> messages)
    {
        if (Unreachable)
        {
            throw new TimeoutException();
        }

        lock (gate)
        {
            foreach (var message in messages.Where(m => m.ConnectionId == ConnectionId))
            {
                if (!fence.Passes(message.Token))
                {
                    Fenced++;
                    continue;
                }

                if (message.Sync is { } all)
                {
                    Syncs++;
                    foreach (var gone in shown.Keys.Except(all.Select(card => card.Id)).ToList())
                    {
                        shown.Remove(gone);
                    }

                    foreach (var card in all)
                    {
                        Show(card);
                    }
                }
                else if (message.Upsert is { } card)
                {
                    Show(card);
                }
                else if (message.Remove is { } gone)
                {
                    if (shown.TryGetValue(gone.Id, out var known) && known.Version <= gone.Version)
                    {
                        shown.Remove(gone.Id);
                    }
                }

                Ended = message.SessionEnded ?? Ended;
            }

            var signal = changed;
            changed = New();
            signal.SetResult();
        }

        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<DeviceConnection>> ConnectionsAsync(Guid user) => Unreachable ? throw new TimeoutException() : Task.FromResult<IReadOnlyList<DeviceConnection>>(user == userId ? [Connection] : []);

    public Task<IReadOnlyList<OnlineUser>> OnlineAsync() => Task.FromResult<IReadOnlyList<OnlineUser>>([new(userId, true)]);

    public Task ChangedAsync(IReadOnlyList<ReadModelChange> changes) => Task.CompletedTask;

    private DeviceConnection Connection
    {
        get
        {
            lock (gate)
            {
                return new(ConnectionId, sessionId, new() { DeviceId = deviceId, Platform = "test", Have = [.. shown.Values.Select(card => new CardRef { Id = card.Id, Version = card.Version })] }, DateTimeOffset.UnixEpoch) { Token = fence.Issue() };
            }
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Show(Card card)
    {
        if (!shown.TryGetValue(card.Id, out var known) || known.Version < card.Version)
        {
            shown[card.Id] = card;
            everShown.Add((card.Id, card.Version));
        }
    }
}
