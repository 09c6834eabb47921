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
            // A host that begins with one silo stays with it.
            silo.AddLimoChaDirectory(silos == 1 ? ClusterMode.Localhost : ClusterMode.AdoNet);
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

    /// <summary>The version of an actor's stored state.</summary>
    public async Task<int> StoredVersionAsync(string kind, Guid id)
    {
        var key = GrainRowKey.Of(kind, GrainId.Create(GrainType.Create(kind), GrainIdKeyExtensions.CreateGuidKey(id)));
        return await QueryAsync<int>("SELECT Version FROM OrleansStorage WHERE GrainIdN0 = @N0 AND GrainIdN1 = @N1 AND GrainTypeString = @Type", new { key.N0, key.N1, key.Type });
    }

    /// <summary>Completes when the read model has a version of something.</summary>
    public Task ProjectedAsync(Guid id, int version, string kind = "task") => Eventually.TrueAsync(
        async () => await QueryAsync<int>($"SELECT version FROM {ReadTables.ByKind[kind].Name} WHERE id = @id", new { id }) >= version, $"{kind} reaches version {version}");

    public async ValueTask DisposeAsync()
    {
        await Cluster.DisposeAsync();
        if (folder is not null)
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
