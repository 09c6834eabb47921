using System.Threading.Channels;

namespace LimoCha.Bench;

/// <summary>Where cards wait for their acknowledgement.</summary>
internal interface IOutbox
{
    /// <summary>Deletes acknowledged rows.</summary>
    Task DeleteAsync(List<Guid> ids);
}

/// <summary>Deletes acknowledged outbox rows, many in a statement.</summary>
internal sealed class AckedRows(IOutbox outbox) : BackgroundService
{
    private readonly Channel<Guid> queue = Channel.CreateUnbounded<Guid>();

    public void Add(CardRef[] cards)
    {
        foreach (var card in cards)
        {
            queue.Writer.TryWrite(card.Id);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (await queue.Reader.WaitToReadAsync(stoppingToken))
        {
            var ids = new List<Guid>();
            while (ids.Count < 500 && queue.Reader.TryRead(out var id))
            {
                ids.Add(id);
            }

            await outbox.DeleteAsync(ids);
        }
    }
}
