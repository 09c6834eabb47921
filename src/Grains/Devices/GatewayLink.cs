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
            gone();
            return;
        }

        queue.Add(message);
        if (!sending)
        {
            _ = SendAllAsync();
        }
    }

    private async Task SendAllAsync()
    {
        sending = true;
        try
        {
            while (queue.Count > 0)
            {
                var batch = queue;
                queue = [];
                await gateway.PushAsync(userId, batch);
            }
        }
        catch (Exception error) when (error is TimeoutException or OrleansException or OperationCanceledException)
        {
            gone();
        }
        finally
        {
            sending = false;
        }
    }
}
