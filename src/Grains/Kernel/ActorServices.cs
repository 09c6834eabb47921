using System.Collections.Concurrent;
using LimoCha.Actors.Privacy;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Providers;
using Orleans.Storage;

namespace LimoCha.Actors.Kernel;

/// <summary>What all actors of a silo share, put together once: an actor that comes up asks for one thing, and keeps one.</summary>
public sealed class ActorServices(
    [FromKeyedServices(ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME)] IGrainStorage storage, IProjector projector, ISubjectKeys keys, IOptions<KernelOptions> options,
    RestingActors resting, Others others, TimeProvider clock, ILoggerFactory loggers)
{
    private readonly ConcurrentDictionary<Type, ILogger> made = new();

    /// <summary>Where states are kept.</summary>
    public IGrainStorage Storage => storage;

    /// <summary>The way to the read model.</summary>
    public IProjector Projector => projector;

    /// <summary>The keys of sealed fields.</summary>
    public ISubjectKeys Keys => keys;

    /// <summary>Settings; section <c>Actors</c>.</summary>
    public KernelOptions Options { get; } = options.Value;

    /// <summary>Actors that leave memory soon.</summary>
    public RestingActors Resting => resting;

    /// <summary>The ways to other actors.</summary>
    public Others Others => others;

    /// <summary>The injected clock.</summary>
    public TimeProvider Clock => clock;

    /// <summary>The log of a kind of actor.</summary>
    public ILogger Log(Type actor) => made.GetOrAdd(actor, loggers.CreateLogger);
}
