using System.Diagnostics;

namespace LimoCha.Actors.Devices;

/// <summary>
/// The way from a silo to one gateway in another process, for all actors of the silo: what they push while a call is under
/// way goes out together in the next. A user's link waits for its push before it sends the next, which keeps the order.
/// </summary>
internal sealed class GatewayChannel(IDeviceGateway gateway, TimeProvider clock) : IPushTarget, IThreadPoolWorkItem
{
    /// <summary>A call takes no more when it has so many messages and cards.</summary>
    public const int Enough = 1_000;

    /// <summary>A call that is not answered by then holds the next up no longer: it may be lost, and those in it hear of that alone.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly Queue<Call> calls = [];
    private Call? filling;
    private bool sending;

    /// <inheritdoc />
    public Task PushAsync(Guid userId, IReadOnlyList<DeviceMessage> messages)
    {
        var push = new UserPush(userId, messages) { TraceParent = Activity.Current is { Recorded: true } span ? span.Id : null };
        Task sent;
        GatewayMetrics.Waiting.Add(messages.Count);
        lock (gate)
        {
            if (filling is null)
            {
                calls.Enqueue(filling = new());
            }

            filling.Pushes.Add(push);
            filling.Messages += messages.Count;
            filling.Weight += messages.Sum(message => 1 + (message.Sync?.Count ?? 0));
            sent = filling.Sent.Task;
            filling = filling.Weight < Enough ? filling : null;
            if (sending)
            {
                return sent;
            }

            sending = true;
        }

        // Nobody's turn and nobody's trace: it sends for all.
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        return sent;
    }

    /// <inheritdoc />
    void IThreadPoolWorkItem.Execute() => _ = SendAllAsync();

    private async Task SendAllAsync()
    {
        while (Next() is { } call)
        {
            await SendAsync(call).WaitAsync(Patience, clock).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task SendAsync(Call call)
    {
        try
        {
            await gateway.PushManyAsync(call.Pushes).ConfigureAwait(false);
            call.Sent.SetResult();
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            call.Sent.SetException(error);
        }
    }

    private Call? Next()
    {
        Call? next;
        lock (gate)
        {
            sending = calls.TryDequeue(out next);
            filling = next == filling ? null : filling;
        }

        if (next is not null)
        {
            GatewayMetrics.Waiting.Add(-next.Messages);
            GatewayMetrics.Batch.Record(next.Pushes.Count);
        }

        return next;
    }

    private sealed class Call
    {
        public List<UserPush> Pushes { get; } = [];

        public TaskCompletionSource Sent { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Weight { get; set; }

        public int Messages { get; set; }
    }
}
