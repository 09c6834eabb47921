namespace LimoCha.Actors.Devices;

/// <summary>
/// Sends to one gateway in order, one call at a time: what comes while a call is under way goes out together in the
/// next. A gateway that does not answer is given up, and its connections with it; it re-announces those it still has.
/// </summary>
internal sealed class GatewayLink(Guid userId, IPushTarget gateway, Action gone)
{
    private const int MaxQueued = 10_000;
    private List<DeviceMessage> queue = [];
    private bool sending;

    /// <summary>Queues a message; never blocks.</summary>
    public void Send(DeviceMessage message)
    {
        if (queue.Count >= MaxQueued)
        {
            GiveUp();
            return;
        }

        queue.Add(message);
        if (sending)
        {
            GatewayMetrics.Waiting.Add(1);
        }
        else
        {
            _ = SendAllAsync();
        }
    }

    private async Task SendAllAsync()
    {
        sending = true;
        try
        {
            for (var waited = false; queue.Count > 0; waited = true)
            {
                var batch = queue;
                queue = [];
                if (waited)
                {
                    GatewayMetrics.Waiting.Add(-batch.Count);
                }

                await gateway.PushAsync(userId, batch);
            }
        }
        catch (Exception error) when (error is TimeoutException or OrleansException or OperationCanceledException)
        {
            GiveUp();
        }
        finally
        {
            sending = false;
        }
    }

    private void GiveUp()
    {
        GatewayMetrics.Waiting.Add(-queue.Count);
        queue = [];
        gone();
    }
}
