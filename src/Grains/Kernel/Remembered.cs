using System.Collections.Concurrent;

namespace LimoCha.Actors.Kernel;

/// <summary>
/// Answers that are good for a moment, so that a busy process asks an actor once and not with every request. Bounded;
/// a failed question is not remembered.
/// </summary>
/// <param name="good">How long an answer is good.</param>
/// <param name="clock">The clock.</param>
public sealed class Remembered<TKey, TValue>(TimeSpan good, TimeProvider clock)
    where TKey : notnull
{
    private const int Most = 50_000;
    private readonly ConcurrentDictionary<TKey, (TValue Value, long At)> answers = new();

    // The dictionary's own count locks all of it.
    private int held;
    private int forgotten;

    /// <summary>The remembered answer, or a new one.</summary>
    public ValueTask<TValue> GetAsync(TKey key, Func<TKey, Task<TValue>> ask)
    {
        ArgumentNullException.ThrowIfNull(ask);
        return answers.TryGetValue(key, out var known) && clock.GetElapsedTime(known.At) < good
            ? ValueTask.FromResult(known.Value)
            : new(AskAsync(key, ask));
    }

    /// <summary>Asks anew the next time. An answer that is under way now is not remembered: it may be from before.</summary>
    public void Forget(TKey key)
    {
        Interlocked.Increment(ref forgotten);
        Remove(key);
    }

    private async Task<TValue> AskAsync(TKey key, Func<TKey, Task<TValue>> ask)
    {
        // From before the question: what changed while it was under way is not hidden for longer than promised.
        var (at, before) = (clock.GetTimestamp(), Volatile.Read(ref forgotten));
        var value = await ask(key);
        if (!answers.TryAdd(key, (value, at)))
        {
            answers[key] = (value, at);
        }
        else if (Interlocked.Increment(ref held) > Most)
        {
            answers.Clear();
            held = 0;
        }

        // Looked at when it is kept: whoever forgets later finds it.
        if (Volatile.Read(ref forgotten) != before)
        {
            Remove(key);
        }

        return value;
    }

    private void Remove(TKey key)
    {
        if (answers.TryRemove(key, out _))
        {
            Interlocked.Decrement(ref held);
        }
    }
}
