using LimoCha.Actors.Privacy;

namespace LimoCha.Actors.Kernel;

/// <summary>The personal fields, which are sealed under the subject's own key.</summary>
public abstract partial class DurableGrain<TState, TEvent>
{
    /// <summary>Opens the personal fields. Without its key, which was destroyed, the state has none any more.</summary>
    private async Task<TState> OpenAsync(TState state, CancellationToken cancellationToken)
    {
        if (row.State!.Sealed is not { } text || await shared.Keys.FindAsync(Sealing.KeyOf(text), cancellationToken) is not { } key)
        {
            return state;
        }

        SealedFields<TState>.Open(state, key, text, kind.Name, Id);
        return With(state, key);
    }

    private async ValueTask HaveKeyAsync()
    {
        if (SealedFields<TState>.Any && tentative.Key is null)
        {
            var key = await shared.Keys.TakeAsync();
            tentative = tentative.Key is null ? With(tentative, key) : tentative;
        }
    }

    private static TState With(TState state, SubjectKey key) => (TState)((StateRecord)state with { Key = key });
}
