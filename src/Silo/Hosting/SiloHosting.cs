using System.Net;
using LimoCha.Actors.Devices;
using LimoCha.Actors.Files;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Mail;
using LimoCha.Actors.Privacy;
using LimoCha.Actors.Push;
using LimoCha.Actors.ReadModel;
using LimoCha.Actors.Recovery;
using LimoCha.Actors.Search;
using LimoCha.Actors.Staff;
using LimoCha.Actors.Storage;
using LimoCha.Actors.Tasks;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Dashboard;
using Orleans.Providers;
using Orleans.Runtime.GrainDirectory;
using Orleans.Serialization;
using Orleans.Storage;

namespace LimoCha.Actors.Hosting;

/// <summary>Puts the parts together, a line a part.</summary>
public static class SiloHosting
{
    /// <summary>Actors whose silo is remembered: those of the people who work, and of what they work on just now.</summary>
    private const int RememberedPlaces = 100_000;

    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(15);

    /// <summary>A call to an actor whose silo died is given up after this; longer than the database is waited for (10 s).</summary>
    private static readonly TimeSpan ResponseTimeout = TimeSpan.FromSeconds(12);

    private static readonly TimeSpan GatewayRefresh = TimeSpan.FromSeconds(10);

    /// <summary>A host with a silo of LimoCha.Actors in it.</summary>
    public static IHostApplicationBuilder AddLimoChaSilo(this IHostApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.AddLimoChaDatabase();
        builder.Services.AddHostedService<SchemaUpgrade>();
        var cluster = builder.Configuration.GetSection("Cluster").Get<ClusterSettings>() ?? new();
        builder.UseOrleans(silo =>
        {
            silo.UseLimoChaCluster(cluster, builder.Configuration);
            silo.AddLimoChaDirectory(cluster.Mode);
            silo.AddLimoChaActors();
            silo.AddDashboard();
        });
        return builder;
    }

    /// <summary>A host that talks to silos elsewhere.</summary>
    public static IHostApplicationBuilder AddLimoChaClient(this IHostApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.AddLimoChaDatabase();
        var cluster = builder.Configuration.GetSection("Cluster").Get<ClusterSettings>() ?? new();
        builder.UseOrleansClient(client =>
        {
            var storage = builder.Configuration.GetSection("Storage").Get<StorageOptions>() ?? new();
            if (cluster.Mode == ClusterMode.AdoNet)
            {
                client.UseAdoNetClustering(options => (options.Invariant, options.ConnectionString) = ("Npgsql", storage.ConnectionString));
            }
            else
            {
                client.UseLocalhostClustering(cluster.GatewayPort, cluster.ServiceId, cluster.ClusterId);
            }

            client.Configure<ClusterOptions>(options => (options.ServiceId, options.ClusterId) = (cluster.ServiceId, cluster.ClusterId));
            client.Configure<ClientMessagingOptions>(options => options.ResponseTimeout = ResponseTimeout);
            client.Configure<GatewayOptions>(options => options.GatewayListRefreshPeriod = GatewayRefresh);
            client.UseConnectionRetryFilter<WaitForSilo>();
            client.AddDashboard();
        });
        builder.Services.AddSingleton<ITaskCreation, TaskCreationElsewhere>();
        return builder;
    }

    /// <summary>The database, its settings and the clock; for silos and clients.</summary>
    public static IHostApplicationBuilder AddLimoChaDatabase(this IHostApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.AddLimoChaLogging();
        builder.Services.TryAddSingleton(TimeProvider.System);
        // A connection whose network is dead cannot be closed politely; a restart does not wait for it as long as a
        // supervisor would before it kills.
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = ShutdownTimeout);
        builder.Services.AddOptions<StorageOptions>().BindConfiguration("Storage").ValidateDataAnnotations()
            .Validate(storage => !string.IsNullOrWhiteSpace(storage.ConnectionString), "Storage:ConnectionString is empty; set it, for example to \"Data Source=.data/limocha.db\" or \"Host=…;Database=…;Username=…;Password=…\".")
            .ValidateOnStart();
        builder.Services.AddOptions<ClusterSettings>().BindConfiguration("Cluster").ValidateDataAnnotations()
            .Validate<IOptions<StorageOptions>>(
                (cluster, storage) => cluster.Mode != ClusterMode.AdoNet || storage.Value.Provider == DatabaseKind.PostgreSql,
                "Cluster:Mode is AdoNet, which needs Storage:Provider PostgreSql; SQLite serves one process.")
            .ValidateOnStart();
        builder.Services.AddOptions<KernelOptions>().BindConfiguration("Actors").ValidateDataAnnotations()
            .Validate(kernel => TimeZoneInfo.TryFindSystemTimeZoneById(kernel.TimeZone, out _), "Actors:TimeZone is not a known time zone; use an IANA name like Asia/Shanghai.")
            .ValidateOnStart();
        builder.Services.AddSingleton<Database>();
        builder.Services.AddLimoChaKeys();
        builder.Services.AddLimoChaMail();
        builder.Services.AddSingleton<FileStore>();
        return builder;
    }

    /// <summary>Storage, read model and sweep, on any silo; tests use it on theirs.</summary>
    public static ISiloBuilder AddLimoChaActors(this ISiloBuilder silo)
    {
        ArgumentNullException.ThrowIfNull(silo);
        var services = silo.Services;
        services.AddOptions<RecoveryOptions>().BindConfiguration("Recovery").ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<ChangeFeed>();
        services.AddSingleton<IChangeFeed>(provider => provider.GetRequiredService<ChangeFeed>());
        services.AddHostedService(provider => provider.GetRequiredService<ChangeFeed>());
        services.AddSingleton<Projector>();
        services.AddSingleton<IProjector>(provider => provider.GetRequiredService<Projector>());
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(provider => provider.GetRequiredService<Projector>());
        services.AddSingleton<TaskBlocks>();
        services.AddHostedService(provider => provider.GetRequiredService<TaskBlocks>());
        services.AddSingleton<IUserReadModel, UserReadModel>();
        services.TryAddSingleton<Gateways>();
        services.AddSingleton<LocalUsers>();
        services.AddSingleton<Others>();
        services.AddSingleton<RestingActors>();
        services.AddSingleton<ActorServices>();
        services.AddSingleton<UserWalk>();
        services.AddHostedService<InboxLooks>();
        services.AddHostedService<ConnectedUsers>();
        services.AddSingleton<RecoverySignal>();
        services.AddSingleton<StaffDirectory>();
        services.AddSingleton<IStaffReadModel, StaffReadModel>();
        services.AddSingleton<IPresenceStore, PresenceStore>();
        services.AddSingleton<IFileCatalog>(provider => provider.GetRequiredService<FileStore>());
        services.AddSingleton<TaskSurroundings>();
        services.AddOptions<RiskOptions>().BindConfiguration("Risk").ValidateDataAnnotations().ValidateOnStart();
        services.AddLimoChaPush();
        services.AddLimoChaPrivacy();
        services.AddSingleton<EntityCreation>();
        services.AddSingleton<ITaskCreation, TaskCreation>();
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(provider => provider.GetRequiredService<EntityCreation>());
        silo.AddLimoChaStorage();
        silo.AddGrainService<RecoverySweep>();
        silo.AddIncomingGrainCallFilter<UnavailableStorage>();
        if (Tracing.IsExported)
        {
            silo.AddIncomingGrainCallFilter<TracePropagation>();
        }

        return silo;
    }

    /// <summary>Who knows where an actor is, on any silo; tests use it on theirs.</summary>
    public static ISiloBuilder AddLimoChaDirectory(this ISiloBuilder silo, ClusterMode mode)
    {
        ArgumentNullException.ThrowIfNull(silo);
        if (mode == ClusterMode.Localhost)
        {
            silo.Services.AddSingleton<IGrainDirectoryCache, OnlySilo>();
            return silo.Configure<GrainDirectoryOptions>(options => options.CachingStrategy = GrainDirectoryOptions.CachingStrategyType.Custom);
        }

        // The directory that is linearizable: the other one answers with two activations of an actor for moments after the
        // cluster changed. What a silo that was given up may still do is fenced by versions and tokens, so there are no
        // leases: they would keep a dead silo's actors away for their whole length.
#pragma warning disable ORLEANSEXP003 // Experimental in name: marked so until it is the default.
        silo.AddDistributedGrainDirectory();
#pragma warning restore ORLEANSEXP003
        return silo.Configure<GrainDirectoryOptions>(options =>
        {
            options.RangeLeaseDuration = TimeSpan.Zero;
            // Where an actor is, is remembered after it has gone. Of tasks, each of which is asked for a few times and never again, the
            // default's million took 350 MB.
            options.CacheSize = RememberedPlaces;
        });
    }

    /// <summary>The storage provider that <c>Storage:Writer</c> names, as the default one.</summary>
    public static ISiloBuilder AddLimoChaStorage(this ISiloBuilder silo)
    {
        ArgumentNullException.ThrowIfNull(silo);
        var services = silo.Services;
        services.AddSingleton<IGrainStorageSerializer, StateSerializer>();
        services.AddSingleton<PostgresStateStore>();
        services.AddSingleton<SqliteStateStore>();
        services.AddSingleton<IStateStore>(provider => provider.GetRequiredService<Database>().Kind == DatabaseKind.PostgreSql
            ? provider.GetRequiredService<PostgresStateStore>()
            : provider.GetRequiredService<SqliteStateStore>());
        services.AddSingleton<GroupCommitStorage>();
        silo.AddAdoNetGrainStorage("AdoNet", (OptionsBuilder<AdoNetGrainStorageOptions> options) => options.Configure<Database, IGrainStorageSerializer>((adoNet, database, serializer) =>
        {
            adoNet.Invariant = database.Kind == DatabaseKind.PostgreSql ? "Npgsql" : "System.Data.SQLite";
            adoNet.ConnectionString = database.ConnectionString;
            adoNet.GrainStorageSerializer = serializer;
        }));
        services.AddKeyedSingleton<IGrainStorage>(ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME, (provider, _) =>
            provider.GetRequiredService<IOptions<StorageOptions>>().Value.Writer == StateWriter.AdoNet
                ? provider.GetRequiredKeyedService<IGrainStorage>("AdoNet")
                : provider.GetRequiredService<GroupCommitStorage>());
        services.AddSingleton(provider => provider.GetRequiredKeyedService<IGrainStorage>(ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME));
        return silo;
    }

    private static void UseLimoChaCluster(this ISiloBuilder silo, ClusterSettings cluster, IConfiguration configuration)
    {
        var storage = configuration.GetSection("Storage").Get<StorageOptions>() ?? new();
        if (cluster.Mode == ClusterMode.Localhost)
        {
            silo.UseLocalhostClustering(cluster.SiloPort, cluster.GatewayPort, null, cluster.ServiceId, cluster.ClusterId);
            return;
        }

        silo.Configure<SiloMessagingOptions>(options => options.ResponseTimeout = ResponseTimeout);
        silo.UseAdoNetClustering(options => (options.Invariant, options.ConnectionString) = ("Npgsql", storage.ConnectionString));
        silo.Configure<ClusterOptions>(options => (options.ServiceId, options.ClusterId) = (cluster.ServiceId, cluster.ClusterId));
        if (cluster.Kubernetes)
        {
            silo.UseKubernetesHosting();
        }
        else if (cluster.AdvertisedAddress is { Length: > 0 } address)
        {
            silo.ConfigureEndpoints(IPAddress.Parse(address), cluster.SiloPort, cluster.GatewayPort, listenOnAnyHostAddress: true);
        }
        else
        {
            silo.ConfigureEndpoints(cluster.SiloPort, cluster.GatewayPort, listenOnAnyHostAddress: true);
        }

        // A silo that died must not hold its actors for minutes: probes every 2 s, three missed, two votes (one when
        // there are only two silos), and rows of silos that crashed long ago do not stop a new cluster from forming.
        silo.Configure<ClusterMembershipOptions>(options =>
        {
            options.ProbeTimeout = TimeSpan.FromSeconds(2);
            options.NumMissedProbesLimit = 3;
            options.NumVotesForDeathDeclaration = 2;
            options.TableRefreshTimeout = TimeSpan.FromSeconds(10);
            options.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(10);
            options.MaxJoinAttemptTime = TimeSpan.FromSeconds(60);
            options.DefunctSiloCleanupPeriod = TimeSpan.FromMinutes(10);
            options.DefunctSiloExpiration = TimeSpan.FromHours(1);
        });
    }
}
