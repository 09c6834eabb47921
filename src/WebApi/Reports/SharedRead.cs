using System.Collections.Concurrent;

namespace LimoCha.Actors.Reports;

/// <summary>
/// A read that many ask for again and again. One is under way at a time, whoever asks meanwhile gets its answer, and an answer is good for four
/// times as long as it took: so the database is busy with it for a fifth of the time at most, however many ask, and what is quick is always new.
/// </summary>
/// <typeparam name="TKey">What differs between answers.</typeparam>
/// <typeparam name="TAnswer">The answer.</typeparam>
internal sealed class SharedRead<TKey, TAnswer>(TimeProvider clock)
    where TKey : notnull
{
    private const int Rest = 4;
    private const int Most = 10_000;
    private readonly ConcurrentDictionary<TKey, Reading> readings = new();

    /// <summary>What was read.</summary>
    /// <param name="Answer">The answer.</param>
    /// <param name="AsOf">When the read began: what came later may not be in it.</param>
    internal sealed record Known(TAnswer Answer, DateTimeOffset AsOf);

    /// <summary>The answer, from a read of one's own or somebody else's. A failure is told to all who waited for it, and is not kept.</summary>
    /// <param name="key">Which.</param>
    /// <param name="read">Reads it. Others may wait for it, so it does not end when the caller goes.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async Task<Known> GetAsync(TKey key, Func<Task<TAnswer>> read, CancellationToken cancellationToken)
    {
        var reading = readings.GetOrAdd(key, _ => new(clock, read));
        if (!reading.IsGood)
        {
            if (readings.Count > Most)
            {
                readings.Clear();
            }

            var next = new Reading(clock, read);
            reading = readings.TryUpdate(key, next, reading) ? next : readings.GetOrAdd(key, next);
        }

        return await reading.Answer.WaitAsync(cancellationToken);
    }

    /// <summary>A read that begins when its answer is asked for.</summary>
    private sealed class Reading
    {
        private readonly TimeProvider clock;
        private readonly Lazy<Task<Known>> answer;
        private long goodUntil = long.MaxValue;

        public Reading(TimeProvider clock, Func<Task<TAnswer>> read)
        {
            this.clock = clock;
            answer = new(() => ReadAsync(read));
        }

        public Task<Known> Answer => answer.Value;

        /// <summary>Under way, or not long ago for what it took.</summary>
        public bool IsGood => clock.GetTimestamp() < Volatile.Read(ref goodUntil);

        private async Task<Known> ReadAsync(Func<Task<TAnswer>> read)
        {
            // Those who wait for it do so without a thread, whatever of it runs before it waits itself: SQLite's reads do not.
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            var (asOf, began) = (clock.GetUtcNow(), clock.GetTimestamp());
            var until = long.MinValue;
            try
            {
                var known = new Known(await read(), asOf);
                var ended = clock.GetTimestamp();
                until = ended + Rest * (ended - began);
                return known;
            }
            finally
            {
                Volatile.Write(ref goodUntil, until);
            }
        }
    }
}
