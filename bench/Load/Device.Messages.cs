using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace LimoCha.Bench;

/// <summary>What the device reads, and what it answers.</summary>
internal sealed partial class Device
{
    private static readonly byte[][] Steps = [[.. "accept"u8], [.. "start"u8], [.. "complete"u8]];

    private static ReadOnlySpan<byte> AckStart => "{\"type\":1,\"target\":\"Ack\",\"arguments\":[["u8;

    private static ReadOnlySpan<byte> AckEnd => "]]}\u001e"u8;

    private readonly HashSet<Guid> open = [];
    private readonly List<Guid> tasks = [];
    private byte[] acks = new byte[512];

    /// <summary>
    /// Reads a message; when it has cards, their acknowledgement is in <see cref="acks"/>, with the steps of tasks that are new, and its length
    /// the answer.
    /// </summary>
    private int Handle(ReadOnlySpan<byte> message, ref string why)
    {
        if (message.IndexOf("\"target\":\"Remove\""u8) >= 0)
        {
            return AcknowledgeRemoval(message);
        }

        if (message.StartsWith("{\"type\":7"u8))
        {
            why = Encoding.UTF8.GetString(message);
            return 0;
        }

        var sync = message.IndexOf("\"target\":\"Sync\""u8) >= 0;
        return sync || message.IndexOf("\"target\":\"Upsert\""u8) >= 0 ? AcknowledgeCards(message, sync) : 0;
    }

    /// <summary>One card that is new or has changed, or all that are open.</summary>
    private int AcknowledgeCards(ReadOnlySpan<byte> message, bool sync)
    {
        var reader = new Utf8JsonReader(message);
        var (id, version, length) = (Guid.Empty, 0, Write(0, AckStart));
        ReadOnlySpan<byte> title = default;
        var cardDepth = sync ? 3 : 2;
        open.Clear();
        tasks.Clear();
        while (reader.Read())
        {
            if (reader.CurrentDepth == cardDepth + 1 && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("id"u8))
                {
                    reader.Read();
                    id = reader.GetGuid();
                }
                else if (reader.ValueTextEquals("version"u8))
                {
                    reader.Read();
                    version = reader.GetInt32();
                }
                else if (reader.ValueTextEquals("title"u8))
                {
                    reader.Read();
                    title = reader.ValueSpan;
                }
            }
            else if (reader.CurrentDepth == cardDepth && reader.TokenType == JsonTokenType.EndObject)
            {
                var known = seen.TryGetValue(id, out var had) && had >= version;
                seen[id] = version;
                if (synced.Task.IsCompleted && !(sync && known))
                {
                    shown(title, known);
                }

                if (works && (sync || had == 0))
                {
                    tasks.Add(id);
                }

                length = Write(open.Count == 0 ? length : Write(length, ","u8), id, version);
                open.Add(id);
            }
        }

        if (sync)
        {
            foreach (var gone in seen.Keys.Where(shows => !open.Contains(shows)).ToList())
            {
                seen.Remove(gone);
            }

            SyncsAgain += synced.TrySetResult() ? 0 : 1;
        }

        length = Write(length, AckEnd);
        foreach (var task in tasks)
        {
            foreach (var step in Steps)
            {
                length = Write(length, "{\"type\":1,\"target\":\"Act\",\"arguments\":[{\"taskId\":\""u8);
                length = Write(Write(Write(length, task), "\",\"action\":\""u8), step);
                length = Write(length, "\"}]}\u001e"u8);
            }
        }

        return open.Count == 0 ? 0 : length;
    }

    /// <summary>Its arguments are the card's id and version; the card is shown no more.</summary>
    private int AcknowledgeRemoval(ReadOnlySpan<byte> message)
    {
        var reader = new Utf8JsonReader(message);
        var (id, version) = (Guid.Empty, 0);
        while (reader.Read())
        {
            if (reader.CurrentDepth == 2 && reader.TokenType == JsonTokenType.String)
            {
                id = reader.GetGuid();
            }
            else if (reader.CurrentDepth == 2 && reader.TokenType == JsonTokenType.Number)
            {
                version = reader.GetInt32();
            }
        }

        seen.Remove(id);
        return Write(Write(Write(0, AckStart), id, version), AckEnd);
    }

    /// <summary>A card's id and version, as they are acknowledged.</summary>
    private int Write(int at, Guid id, int version)
    {
        at = Write(Write(Write(at, "{\"id\":\""u8), id), "\",\"version\":"u8);
        Room(at, 16);
        Utf8Formatter.TryFormat(version, acks.AsSpan(at), out var written);
        return Write(at + written, "}"u8);
    }

    private int Write(int at, ReadOnlySpan<byte> text)
    {
        Room(at, text.Length);
        text.CopyTo(acks.AsSpan(at));
        return at + text.Length;
    }

    private int Write(int at, Guid id)
    {
        Room(at, 64);
        Utf8Formatter.TryFormat(id, acks.AsSpan(at), out var written);
        return at + written;
    }

    private void Room(int at, int more)
    {
        if (acks.Length < at + more)
        {
            Array.Resize(ref acks, Math.Max(acks.Length * 2, at + more));
        }
    }
}
