using LimoCha.Actors.Kernel;
using Microsoft.Extensions.DependencyInjection;

namespace LimoCha.Actors.Privacy;

/// <summary>A state whose personal fields are given up by destroying their key.</summary>
public interface IErasable
{
    /// <summary>The key that is to be destroyed, until it is.</summary>
    Guid? DoomedKey { get; }
}

/// <summary>An actor of somebody who can be erased. The state says which key is doomed; whatever stops its destruction, it is done again.</summary>
public abstract class ErasableGrain<TState, TEvent>(EntityKind<TState, TEvent> kind, IServiceProvider services) : DurableGrain<TState, TEvent>(kind, services)
    where TState : StateRecord, IErasable, new()
    where TEvent : class
{
    private readonly IErasure erasure = services.GetRequiredService<IErasure>();

    /// <summary>The fact that the key is no more.</summary>
    protected abstract TEvent KeyDestroyed { get; }

    /// <inheritdoc />
    protected override async Task TellAsync(TState state, int version, IReadOnlyList<Committed<TEvent>> facts)
    {
        await base.TellAsync(state, version, facts);
        await FinishErasureAsync(CancellationToken.None);
    }

    /// <summary>Erases the state by a rule; <see cref="FinishErasureAsync"/> does the rest.</summary>
    protected async Task<Outcome<TView>> EraseAsync<TView>(CallContext context, Func<TState, Decision<TEvent>> erase, Func<TState, int, TView> view)
        where TView : class
    {
        ArgumentNullException.ThrowIfNull(erase);
        if (erase(State).Events.Count > 0)
        {
            await ForgetFactsAsync();
        }

        return await ExecuteAsync(context, erase, view);
    }

    /// <summary>Purges what other places have and destroys the key.</summary>
    protected async Task FinishErasureAsync(CancellationToken cancellationToken)
    {
        if (State.DoomedKey is { } doomed)
        {
            await DestroyAsync(doomed, cancellationToken);
            await ExecuteAsync(Itself, state => state.DoomedKey == doomed ? KeyDestroyed : Decision<TEvent>.Nothing);
        }
    }

    /// <summary>Takes out what other places hold, and then destroys the key.</summary>
    protected virtual Task DestroyAsync(Guid key, CancellationToken cancellationToken) => erasure.EraseAsync(Id, key, cancellationToken);
}
