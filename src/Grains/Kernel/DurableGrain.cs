using LimoCha.Actors.Privacy;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Storage;

namespace LimoCha.Actors.Kernel;

/// <summary>
/// An actor whose commands commit once. A command asks a pure rule for facts, applies them, and writes state and facts
/// in one row; then the facts go to the read model and the effects are told to others, both repeatable and each at its own
/// pace: a read model that lags holds no device up. What both have confirmed leaves the outbox with the next write; what it has not is sent again when the actor starts anew.
/// </summary>
/// <remarks>
/// Commands that may interleave share writes: those that arrive while a write is under way are decided at once against
/// the state that will be, and go out together in the next write. A failed write fails all of them and ends the
/// activation, because what the database holds is then not known; the next activation reads it.
/// </remarks>
/// <typeparam name="TState">An immutable record.</typeparam>
/// <typeparam name="TEvent">The base of its facts.</typeparam>
public abstract partial class DurableGrain<TState, TEvent> : Grain, IDurableGrain, IRests
    where TState : StateRecord, new()
    where TEvent : class
{
    private const int RememberedOperations = 16;
    private static readonly TimeSpan MaxRetryDelay = TimeSpan.FromSeconds(30);

    private readonly EntityKind<TState, TEvent> kind;
    private readonly ActorServices shared;
    private readonly CancellationTokenSource stopping = new();
    private readonly List<Committed<TEvent>> outbox = [];
    private readonly List<OperationRecord> operations = [];

    private GrainState<Stored<TState, TEvent>> row = new();
    private TState tentative = new();
    private TaskCompletionSource<int>? nextWrite;
    private TaskCompletionSource<int>? inFlight;
    private bool writing;
    private int projected;
    private int told;
    private Task projecting = Task.CompletedTask;
    private Task telling = Task.CompletedTask;
    private long committedAt;
    private bool unread;

    /// <summary>Takes what all actors share from the silo's services.</summary>
    protected DurableGrain(EntityKind<TState, TEvent> kind, IServiceProvider services)
    {
        this.kind = kind;
        shared = services.GetRequiredService<ActorServices>();
    }

    /// <summary>The ways to other actors.</summary>
    protected Others Others => shared.Others;

    /// <summary>The injected clock.</summary>
    protected TimeProvider Clock => shared.Clock;

    private ILogger Logger => shared.Log(GetType());

    /// <summary>Nobody's command: the actor's own, as an operation of its own.</summary>
    protected CallContext Itself => new(Actor.System, Ids.New(Clock));

    /// <summary>The actor's id.</summary>
    protected Guid Id => this.GetPrimaryKey();

    /// <summary>The durable state: what reads answer.</summary>
    protected TState State { get; private set; } = new();

    /// <summary>The durable version; 0 means that there is no such entity.</summary>
    protected int Version { get; private set; }

    /// <summary>True when the entity exists.</summary>
    protected bool Exists => Version > 0;

    /// <summary>True for actors that leave memory soon after everything is confirmed.</summary>
    protected virtual bool RestsWhenDone => false;

    /// <inheritdoc />
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        unread = FreshId.Take(Id);
        if (!unread)
        {
            await shared.Storage.ReadStateAsync(kind.Name, this.GetGrainId(), row);
        }

        row.State ??= new();
        tentative = State = await OpenAsync(row.State.State ?? row.State.Outbox.Aggregate(kind.Nothing, (made, fact) => kind.Apply(made, fact.Event, fact.At)), cancellationToken);
        // What a removal left for a moment is no entity.
        row.ETag = row.RecordExists ? row.ETag : null;
        Version = ParseVersion(row.ETag);
        outbox.AddRange(row.State.Outbox);
        operations.AddRange(row.State.Operations);
        (projected, told) = outbox.Count > 0 ? (0, 0) : (Version, Version);
        StartEffects();
    }

    /// <inheritdoc />
    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await Effects.WaitAsync(shared.Options.Drain, Clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        await stopping.CancelAsync();
    }

    /// <inheritdoc />
    public virtual async Task RecoverAsync(CancellationToken cancellationToken = default)
    {
        if (!Exists)
        {
            return;
        }

        await Effects;
        (projected, told) = (0, 0);
        StartEffects();
        await Effects.WaitAsync(cancellationToken);
    }

    /// <summary>Tells others what is so now; what the kind of entity tells, unless the actor has more to ask.</summary>
    protected virtual Task TellAsync(TState state, int version, IReadOnlyList<Committed<TEvent>> facts) => kind.TellAsync(Others, Id, state, version, facts);

    /// <summary>The state is durable, and nobody has been told yet.</summary>
    protected virtual void Committed()
    {
    }

    /// <summary>Runs a command: repeats are recognised, versions compared, the rule asked, its facts committed once.</summary>
    /// <param name="context">Who, which operation, at which version.</param>
    /// <param name="decide">The rule, over the state that will be and whether the entity exists.</param>
    /// <param name="view">The answer, over the state with the facts applied.</param>
    /// <param name="now">When the facts are of, if the rule or the answer need to know it; else the time of the decision.</param>
    protected async Task<Outcome<TView>> ExecuteAsync<TView>(
        CallContext context, Func<TState, Decision<TEvent>> decide, Func<TState, int, TView> view, DateTimeOffset? now = null)
        where TView : class
    {
        FreshId.Clear();
        var makesIt = context.OperationId == Id;
        if (makesIt ? Exists || outbox.Count > 0 : operations.Exists(operation => operation.Id == context.OperationId))
        {
            await ((nextWrite ?? inFlight)?.Task ?? Task.CompletedTask);
            return Outcome.Of(view(State, Version), Version);
        }

        if (context.IfVersion is { } expected && expected != Version)
        {
            return Exists ? Refusal.Stale(expected, Version) : Refusal.NotFound(kind.Name);
        }

        await HaveKeyAsync();
        var decision = decide(tentative);
        if (decision.Refusal is not null)
        {
            return decision.Refusal;
        }

        if (decision.Events.Count == 0)
        {
            return Outcome.Of(view(State, Version), Version);
        }

        if (outbox.Count >= shared.Options.MaxOutbox)
        {
            throw new StorageUnavailableException("The read model is too far behind to take more changes of this entity.");
        }

        var at = now ?? Instants.Now(Clock);
        var version = NextVersion;
        var seq = outbox.Count - 1 - outbox.FindLastIndex(entry => entry.Version != version);
        foreach (var fact in decision.Events)
        {
            tentative = kind.Apply(tentative, fact, at);
            outbox.Add(new(version, seq++, at, context.By.UserId, fact));
        }

        if (!makesIt)
        {
            operations.Add(new(context.OperationId));
            if (operations.Count > RememberedOperations)
            {
                operations.RemoveRange(0, operations.Count - RememberedOperations);
            }
        }

        var mine = tentative;
        var written = await CommitAsync();
        return Outcome.Of(view(mine, written), written);
    }

    /// <summary>Runs a command whose answer nobody waits for.</summary>
    protected Task ExecuteAsync(CallContext context, Func<TState, Decision<TEvent>> decide) => ExecuteAsync(context, decide, (_, _) => this);

    /// <summary>
    /// Before an erasure: facts that still wait to be confirmed, and those that the last write left in the row, are dropped, because what they say is
    /// being erased and the state says what is so now. Nothing of them is on its way when this completes.
    /// </summary>
    protected async Task ForgetFactsAsync()
    {
        await Effects;
        outbox.RemoveAll(entry => entry.Version <= Version);
    }

    /// <summary>
    /// Completes when it is known whether the entity exists. An actor that was told that it is making it has not looked; a
    /// repeat of that call, late and after all has been made, must not make others believe that there is none.
    /// </summary>
    protected async ValueTask LookedAsync()
    {
        if (unread && !Exists)
        {
            var stored = new GrainState<Stored<TState, TEvent>>();
            await shared.Storage.ReadStateAsync(kind.Name, this.GetGrainId(), stored);
            if (stored.RecordExists && !Exists)
            {
                DeactivateOnIdle();
                throw new StorageUnavailableException("This actor began before its entity was made; ask again.");
            }
        }
    }

    /// <summary>The version that facts raised now will have.</summary>
    private int NextVersion => Version + (writing ? 2 : 1);

    private static int ParseVersion(string? etag) =>
        etag is null ? 0 : int.Parse(etag, System.Globalization.CultureInfo.InvariantCulture);

    private Task<int> CommitAsync()
    {
        nextWrite ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
        var mine = nextWrite.Task;
        if (!writing)
        {
            _ = WriteLoopAsync();
        }

        return mine;
    }

    private async Task WriteLoopAsync()
    {
        writing = true;
        while (nextWrite is { } mine)
        {
            nextWrite = null;
            inFlight = mine;
            var state = tentative;
            try
            {
                row.State = row.State! with { State = state, Sealed = SealedFields<TState>.Seal(state, kind.Name, Id), Outbox = [.. outbox], Operations = [.. operations] };
                await shared.Storage.WriteStateAsync(kind.Name, this.GetGrainId(), row);
            }
            catch (Exception error)
            {
                Fail(error, mine);
                return;
            }

            State = state;
            Version = ParseVersion(row.ETag);
            committedAt = Clock.GetTimestamp();
            inFlight = null;
            Committed();
            if (nextWrite is null)
            {
                writing = false;
            }

            mine.SetResult(Version);
            StartEffects();
        }
    }

    /// <summary>Nothing in memory can be trusted after a failed write: all waiting callers fail and the actor starts anew.</summary>
    private void Fail(Exception error, TaskCompletionSource<int> mine)
    {
        LogWriteFailed(Logger, kind.Name, Id, error.GetType().Name);
        DeactivateOnIdle();
        mine.SetException(error);
        nextWrite?.SetException(new StorageUnavailableException("A write before this one failed; nothing of this command was stored."));
        nextWrite = null;
        // writing stays true: no further write leaves this activation.
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A write of {Kind} {Id} failed ({Error}); the activation ends and the next one reads what is stored")]
    private static partial void LogWriteFailed(ILogger logger, [NotPersonal] string kind, Guid id, [NotPersonal] string error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Effects of {Kind} {Id} version {Version} are not confirmed ({Error}); trying again")]
    private static partial void LogEffectsFailed(ILogger logger, [NotPersonal] string kind, Guid id, int version, [NotPersonal] string error);
}
