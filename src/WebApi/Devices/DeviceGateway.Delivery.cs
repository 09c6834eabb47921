using System.Diagnostics;
using LimoCha.Actors.Hosting;

namespace LimoCha.Actors.Devices;

/// <summary>What goes out to a device, and out again.</summary>
public sealed partial class DeviceGateway
{
    private static readonly TimeSpan ResendPeriod = TimeSpan.FromSeconds(1);

    private async Task PushAsync(Guid userId, IReadOnlyList<DeviceMessage> messages, string? traceParent)
    {
        ArgumentNullException.ThrowIfNull(messages);
        if (messages is [var only])
        {
            await SendAsync(userId, only.ConnectionId, messages, traceParent);
            return;
        }

        await Task.WhenAll(messages.GroupBy(message => message.ConnectionId).Select(group => SendAsync(userId, group.Key, [.. group], traceParent)));
    }

    private Task SendAsync(Guid userId, string connectionId, IReadOnlyList<DeviceMessage> messages, string? traceParent)
    {
        using var span = traceParent is null ? Tracing.Start("push", ActivityKind.Producer) : Tracing.Source.StartActivity("push", ActivityKind.Producer, traceParent);
        return links.TryGetValue(connectionId, out var link) && link.UserId == userId
            ? SendAsync(link, () => Sent(link, messages))
            : GoneAsync(userId, connectionId);
    }

    private IReadOnlyList<DeviceMessage> Sent(DeviceLink link, IReadOnlyList<DeviceMessage> messages)
    {
        link.Announced = true;
        lock (link.Unacknowledged)
        {
            if (messages.FirstOrDefault(message => !link.Passes(message)) is { } late)
            {
                // Late, or from an activation that has been replaced; or the one that should send was never told. Whoever
                // is the user's actor hears of the connection now, and sends the whole set.
                LogLate(logger, late.Token);
                link.ToAnnounce = true;
                messages = [.. messages.Where(link.Passes)];
            }

            foreach (var message in messages)
            {
                link.Unacknowledged.Sent(message, link.Have, Steady);
                DeviceMetrics.Push(message, clock.GetUtcNow());
                link.Note(message);
            }
        }

        return messages;
    }

    /// <summary>
    /// One sender at a time: a repeat chosen before a newer message went out must not follow it, so what to send is
    /// asked when it is this sender's turn.
    /// </summary>
    private async Task SendAsync(DeviceLink link, Func<IReadOnlyList<DeviceMessage>> choose)
    {
        await link.Turn.WaitAsync();
        try
        {
            foreach (var message in choose())
            {
                var sent = link.Sink.SendAsync(message);
                if (!sent.IsCompletedSuccessfully)
                {
                    await sent.WaitAsync(Slow, clock);
                }

                if (message.SessionEnded is not null)
                {
                    Drop(link);
                    link.Sink.Close();
                }
            }
        }
        catch (Exception error) when (error is TimeoutException or InvalidOperationException or IOException or OperationCanceledException)
        {
            // Too slow or gone: closing it makes the device come back, and then it gets everything.
            Drop(link);
            link.Sink.Close();
        }
        finally
        {
            link.Turn.Release();
        }

        if (link.Unacknowledged.Count > Unacknowledged.Most)
        {
            LogDeaf(logger, Unacknowledged.Most);
            Drop(link);
            link.Sink.Close();
        }
    }

    private async Task ResendAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(ResendPeriod, clock);
        while (await timer.WaitForNextTickAsync(stopping))
        {
            var now = Steady;
            // One by one: the dictionary's Values are a copy, made under all its locks.
            foreach (var (_, link) in links)
            {
                if (link.IsActive(now) != link.ToldActive)
                {
                    _ = TellActiveAsync(link);
                }

                if (link.Unacknowledged.Count > 0)
                {
                    // A connection that is busy sending does not hold the others up.
                    _ = ResendAsync(link, now);
                }
            }
        }
    }

    private Task ResendAsync(DeviceLink link, DateTimeOffset now) => SendAsync(link, () =>
    {
        lock (link.Unacknowledged)
        {
            var due = link.Unacknowledged.Due(now, Random.Shared.NextDouble());
            DeviceMetrics.Repeat(due.Count);
            return due;
        }
    });
}
