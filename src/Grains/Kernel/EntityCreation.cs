using LimoCha.Actors.Privacy;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Storage;

namespace LimoCha.Actors.Kernel;

/// <summary>What a kind of entity is, apart from its actor.</summary>
/// <typeparam name="TState">Its state.</typeparam>
/// <typeparam name="TEvent">The base of its facts.</typeparam>
public abstract class EntityKind<TState, TEvent>
    where TState : StateRecord, new()
    where TEvent : class
{
    /// <summary>The grain type's name.</summary>
    public abstract string Name { get; }

    /// <summary>What is there before the first fact.</summary>
    public TState Nothing { get; } = new();

    /// <summary>Adds a fact to a state.</summary>
    public abstract TState Apply(TState state, TEvent fact, DateTimeOffset at);

    /// <summary>The read model's rows for a state and the facts that led to it.</summary>
    public abstract IReadOnlyList<IProjectedRow> Rows(Guid id, TState state, int version, IReadOnlyList<Committed<TEvent>> facts);

    /// <summary>
    /// Tells others what is so now. From the state rather than from the facts, so that a repeat, however late, is true.
    /// </summary>
    public virtual Task TellAsync(Others others, Guid id, TState state, int version, IReadOnlyList<Committed<TEvent>> facts) => Task.CompletedTask;

    /// <summary>What a write of these facts has to say to the read model.</summary>
    internal ProjectionEntry Entry(Guid id, TState state, int version, IReadOnlyList<Committed<TEvent>> facts) => new(
        Name, id, version, First: false, Rows(id, state, version, facts),
        [.. facts.GroupBy(fact => fact.Version).Select(write => new LoggedWrite(write.Key, write.Max(fact => fact.At), Facts.Write([.. write])))]);
}

/// <summary>
/// Makes entities under fresh ids without activating their actors: the row that the actor would write is written, and the
/// same effects follow. The actor starts with the entity's next command, from that row. Whatever this does not finish
/// (the read model is down, the silo dies) the actor does, which has the facts in its outbox and is woken for it.
/// </summary>
public sealed partial class EntityCreation(
    [FromKeyedServices(Orleans.Providers.ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME)] IGrainStorage storage,
    IProjector projector, Others others, TimeProvider clock, IOptions<KernelOptions> options, ILogger<EntityCreation> logger)
    : ILifecycleParticipant<ISiloLifecycle>
{
    private int underWay;
    private TaskCompletionSource? drained;

    /// <summary>Commits a decision as the first write of an entity.</summary>
    public async Task<Outcome<TView>> CreateAsync<TState, TEvent, TView>(
        EntityKind<TState, TEvent> kind, Guid id, CallContext context, Decision<TEvent> decision, Func<Guid, TState, int, TView> view)
        where TState : StateRecord, new()
        where TEvent : class
        where TView : class
    {
        ArgumentNullException.ThrowIfNull(kind);
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(view);
        if (decision.Refusal is not null)
        {
            return decision.Refusal;
        }

        const int version = 1;
        var at = Instants.Now(clock);
        var state = kind.Nothing;
        var facts = new Committed<TEvent>[decision.Events.Count];
        for (var seq = 0; seq < facts.Length; seq++)
        {
            state = kind.Apply(state, decision.Events[seq], at);
            facts[seq] = new(version, seq, at, context.By.UserId, decision.Events[seq]);
        }

        var json = Facts.Write(facts);
        var grainId = GrainId.Create(GrainType.Create(kind.Name), GrainIdKeyExtensions.CreateGuidKey(id));
        Interlocked.Increment(ref underWay);
        try
        {
            await storage.WriteStateAsync(kind.Name, grainId, new GrainState<FirstStored>
            {
                State = new() { Outbox = json, Operations = context.OperationId == id ? null : [new(context.OperationId)] },
            }).ConfigureAwait(false);
        }
        catch
        {
            Done();
            throw;
        }

        _ = FollowUpAsync(kind, grainId, id, state, facts, new(version, at, json));
        return Outcome.Of(view(id, state, version), version);
    }

    /// <inheritdoc />
    public void Participate(ISiloLifecycle observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        observer.Subscribe(nameof(EntityCreation), ServiceLifecycleStage.Active, _ => Task.CompletedTask, DrainAsync);
    }

    private async Task FollowUpAsync<TState, TEvent>(EntityKind<TState, TEvent> kind, GrainId grainId, Guid id, TState state, Committed<TEvent>[] facts, LoggedWrite write)
        where TState : StateRecord, new()
        where TEvent : class
    {
        var since = clock.GetTimestamp();
        try
        {
            var projected = projector.ProjectAsync(new(kind.Name, id, 1, First: true, kind.Rows(id, state, 1, facts), [write]));
            await Task.WhenAll(projected, kind.TellAsync(others, id, state, 1, facts)).ConfigureAwait(false);
            if (clock.GetElapsedTime(since) > options.Value.SecondLook / 2)
            {
                // It may have changed meanwhile: its actor knows what is so now.
                await others.Grains.GetGrain<IDurableGrain>(grainId).RecoverAsync().ConfigureAwait(false);
            }
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            LogHandedOver(logger, kind.Name, id, error.GetType().Name);
            await others.Grains.GetGrain<IDurableGrain>(grainId).RecoverAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        finally
        {
            Done();
        }
    }

    private void Done()
    {
        if (Interlocked.Decrement(ref underWay) == 0)
        {
            drained?.TrySetResult();
        }
    }

    private async Task DrainAsync(CancellationToken cancellationToken)
    {
        drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
        if (Volatile.Read(ref underWay) > 0)
        {
            await drained.Task.WaitAsync(options.Value.Drain, clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Effects of the new {Kind} {Id} are not confirmed ({Error}); its actor takes over")]
    private static partial void LogHandedOver(ILogger logger, [NotPersonal] string kind, Guid id, [NotPersonal] string error);
}
