namespace LimoCha.Actors.Devices;

/// <summary>
/// Sends to one gateway in order, one call at a time: what comes while a call is under way goes out together in the
/// next. A gateway that does not answer is given up, and its connections with it; it re-announces those it still has.
/// </summary>
internal sealed class GatewayLink(Guid userId, IPushTarget gateway, Action gone)
{
    private const int MaxQueued = 10_000;
    private List<DeviceMessage>? queue;
    private bool sending;

    /// <summary>Sends a message, or queues it while a call is under way; never blocks.</summary>
    public void Send(DeviceMessage message)
    {
        if (!sending)
        {
            _ = SendAllAsync(message);
        }
        else if (queue is { Count: >= MaxQueued })
        {
            GiveUp();
        }
        else
        {
            (queue ??= []).Add(message);
            GatewayMetrics.Waiting.Add(1);
        }
    }

    private async Task SendAllAsync(DeviceMessage first)
    {
        sending = true;
        try
        {
            // An array: what a collection expression makes of an interface cannot go to another process.
            for (IReadOnlyList<DeviceMessage>? batch = new[] { first }; batch is not null; batch = TakeAll())
            {
                await gateway.PushAsync(userId, batch);
            }
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // Whatever it was: what was under way is not known to have arrived, and nothing may overtake it.
            GiveUp();
        }
        finally
        {
            sending = false;
        }
    }

    private List<DeviceMessage>? TakeAll()
    {
        var all = queue;
        if (all is not null)
        {
            queue = null;
            GatewayMetrics.Waiting.Add(-all.Count);
        }

        return all;
    }

    private void GiveUp()
    {
        TakeAll();
        gone();
    }
}
