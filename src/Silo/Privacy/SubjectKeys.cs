using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Channels;
using LimoCha.Actors.Kernel;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LimoCha.Actors.Privacy;

/// <inheritdoc cref="ISubjectKeys" />
/// <remarks>
/// Keys are wrapped with AES-256-GCM under a master key. An opened key is remembered for a minute at most, so a destroyed one
/// is gone from every process's memory by then; what it sealed has been purged before it is destroyed.
/// </remarks>
internal sealed partial class SubjectKeys(KeyTable table, IOptions<PrivacyOptions> options, TimeProvider clock, ILogger<SubjectKeys> logger) : BackgroundService, IHostedLifecycleService, ISubjectKeys
{
    private const int Made = 128;
    private const int MostAtOnce = 256;
    private const int MostRemembered = 50_000;
    private static readonly TimeSpan Good = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<Guid, (SubjectKey Key, long At)> remembered = new();
    private readonly ConcurrentDictionary<string, SubjectKey> deployment = new();
    private readonly ConcurrentQueue<SubjectKey> unused = new();
    private BlindIndex? index;
    private readonly SemaphoreSlim making = new(1, 1);
    private readonly Channel<Asked> asked = Channel.CreateUnbounded<Asked>(new() { SingleReader = true });

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        var since = clock.GetTimestamp();
        while (true)
        {
            try
            {
                await table.PrepareAsync(cancellationToken);
                index = new(await DeploymentKeyAsync(BlindIndex.KeyName, cancellationToken));
                break;
            }
            catch (System.Data.Common.DbException error) when (Storage.StorageErrors.IsAway(error) && clock.GetElapsedTime(since) < Patience)
            {
                // A server that is still starting, as after a restart of everything, is waited for.
                LogFailed(logger, "starting", Storage.StorageErrors.Describe(error));
                await Task.Delay(AfterFailure, clock, cancellationToken);
            }
        }
    }

    /// <summary>The blind index of this deployment; there once the host has started.</summary>
    public BlindIndex Index => index ?? throw new InvalidOperationException("The keys are not open yet.");

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public ValueTask<SubjectKey> TakeAsync(CancellationToken cancellationToken = default)
    {
        if (!unused.TryDequeue(out var key))
        {
            return new(MakeAsync(cancellationToken));
        }

        if (unused.Count < Made / 4 && making.CurrentCount > 0)
        {
            _ = RefillAsync();
        }

        return ValueTask.FromResult(key);
    }

    public async ValueTask<SubjectKey?> FindAsync(Guid id, CancellationToken cancellationToken = default)
    {
        if (remembered.TryGetValue(id, out var known) && clock.GetElapsedTime(known.At) < Good)
        {
            return known.Key;
        }

        var question = new Asked(id);
        asked.Writer.TryWrite(question);
        return await question.Answer.Task.WaitAsync(cancellationToken);
    }

    public async Task<IReadOnlyDictionary<Guid, SubjectKey>> FindAsync(IEnumerable<Guid> ids, CancellationToken cancellationToken = default)
    {
        var found = await Task.WhenAll(ids.Distinct().Select(id => FindAsync(id, cancellationToken).AsTask()));
        return found.OfType<SubjectKey>().ToDictionary(key => key.Id);
    }

    public async Task DestroyAsync(Guid id, CancellationToken cancellationToken = default)
    {
        await table.DeleteAsync(id, cancellationToken);
        remembered.TryRemove(id, out _);
    }

    public async ValueTask<SubjectKey> DeploymentKeyAsync(string name, CancellationToken cancellationToken = default)
    {
        if (deployment.TryGetValue(name, out var known))
        {
            return known;
        }

        var id = DeploymentKeyId(name);
        await table.AddAsync([Wrap(new(id, RandomNumberGenerator.GetBytes(SubjectKey.Length)))], cancellationToken);
        var key = Unwrap((await table.ReadAsync([id], cancellationToken)).Single());
        return deployment.GetOrAdd(name, key);
    }

    public Task DestroyDeploymentKeyAsync(string name, CancellationToken cancellationToken = default)
    {
        deployment.TryRemove(name, out _);
        return DestroyAsync(DeploymentKeyId(name), cancellationToken);
    }

    /// <summary>Follows from the name, so that two processes that make the key at once keep the one that came first.</summary>
    private static Guid DeploymentKeyId(string name) => new(SHA256.HashData(Encoding.UTF8.GetBytes($"limocha/{name}")).AsSpan(0, 16));

    /// <summary>Reads what many ask for in one round trip.</summary>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _ = RewrapAsync(stoppingToken);
        _ = RefillAsync();
        while (await asked.Reader.WaitToReadAsync(stoppingToken))
        {
            var batch = new List<Asked>();
            while (batch.Count < MostAtOnce && asked.Reader.TryRead(out var question))
            {
                batch.Add(question);
            }

            await AnswerAsync(batch, stoppingToken);
        }
    }

    private async Task AnswerAsync(List<Asked> batch, CancellationToken cancellationToken)
    {
        try
        {
            var at = clock.GetTimestamp();
            var keys = (await table.ReadAsync([.. batch.Select(question => question.Id).Distinct()], cancellationToken)).Select(Unwrap).ToDictionary(key => key.Id);
            if (remembered.Count > MostRemembered)
            {
                remembered.Clear();
            }

            foreach (var question in batch)
            {
                if (keys.TryGetValue(question.Id, out var key))
                {
                    remembered[key.Id] = (key, at);
                }

                question.Answer.TrySetResult(key);
            }
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            LogFailed(logger, "reading", Storage.StorageErrors.Describe(error));
            batch.ForEach(question => question.Answer.TrySetException(new StorageUnavailableException("The key store does not answer.")));
        }
    }

    private async Task<SubjectKey> MakeAsync(CancellationToken cancellationToken)
    {
        await making.WaitAsync(cancellationToken);
        try
        {
            if (unused.TryDequeue(out var waiting))
            {
                return waiting;
            }

            SubjectKey[] keys = [.. Enumerable.Range(0, Made).Select(_ => new SubjectKey(Ids.New(clock), RandomNumberGenerator.GetBytes(SubjectKey.Length)))];
            await table.AddAsync(keys.Select(Wrap), cancellationToken);
            foreach (var key in keys.Skip(1))
            {
                unused.Enqueue(key);
            }

            return keys[0];
        }
        catch (Exception error) when (error is System.Data.Common.DbException or TimeoutException)
        {
            throw new StorageUnavailableException("The key store does not answer.", error);
        }
        finally
        {
            making.Release();
        }
    }

    private async Task RefillAsync()
    {
        try
        {
            unused.Enqueue(await MakeAsync(CancellationToken.None));
        }
        catch (StorageUnavailableException error)
        {
            LogFailed(logger, "making", error.GetType().Name);
        }
    }

    /// <summary>Brings every key under the current master key; the data sealed with them is not touched.</summary>
    private async Task RewrapAsync(CancellationToken stopping)
    {
        var moved = 0;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                var others = await table.NotUnderAsync(options.Value.Current, MostAtOnce, stopping);
                if (others.Count == 0)
                {
                    break;
                }

                await table.RewrapAsync(others.Select(other => Wrap(Unwrap(other))), stopping);
                moved += others.Count;
            }
            catch (Exception error) when (!stopping.IsCancellationRequested)
            {
                LogFailed(logger, "rewrapping", Storage.StorageErrors.Describe(error));
                await Task.Delay(AfterFailure, clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        if (moved > 0)
        {
            LogMoved(logger, moved, options.Value.Current);
        }
    }

    private WrappedKey Wrap(SubjectKey key)
    {
        var name = options.Value.Current;
        return new() { Id = key.Id, Master = name, Wrapped = Convert.FromBase64String(Sealing.Seal(Master(name), Place(key.Id), key.Bytes)) };
    }

    private SubjectKey Unwrap(WrappedKey wrapped) => new(wrapped.Id, Sealing.Open(Master(wrapped.Master), Place(wrapped.Id), Convert.ToBase64String(wrapped.Wrapped)));

    private SubjectKey Master(string name) =>
        options.Value.MasterKeys.TryGetValue(name, out var text)
            ? new(Guid.Empty, Convert.FromBase64String(text))
            : throw new InvalidOperationException($"Keys are wrapped under the master key {name}, which Privacy:MasterKeys does not have any more.");

    private static string Place(Guid id) => $"key/{id:N}";

    private sealed record Asked(Guid Id)
    {
        public TaskCompletionSource<SubjectKey?> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The key store failed while {What}: {Why}")]
    private static partial void LogFailed(ILogger logger, [NotPersonal] string what, [NotPersonal] string why);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} keys are now under the master key {Master}")]
    private static partial void LogMoved(ILogger logger, int count, [NotPersonal] string master);
}
