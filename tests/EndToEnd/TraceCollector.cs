using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace LimoCha.Actors.EndToEnd;

/// <summary>An OpenTelemetry collector (OTLP over HTTP) that keeps what spans said, as it came.</summary>
public sealed class TraceCollector : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly StringBuilder text = new();
    private readonly List<(string Trace, string Name)> spans = [];

    private TraceCollector(WebApplication app) => this.app = app;

    public string Address => app.Urls.Single();

    /// <summary>Every span's bytes as UTF-8: names and attributes stand in them in the open.</summary>
    public string Text
    {
        get
        {
            lock (text)
            {
                return text.ToString();
            }
        }
    }

    /// <summary>The spans: of which trace, and what they are called.</summary>
    public IReadOnlyList<(string Trace, string Name)> Spans
    {
        get
        {
            lock (text)
            {
                return [.. spans];
            }
        }
    }

    public static async Task<TraceCollector> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var collector = new TraceCollector(builder.Build());
        collector.app.MapPost("/v1/traces", async (HttpRequest request) =>
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body);
            var bytes = body.ToArray();
            lock (collector.text)
            {
                collector.text.Append(Encoding.UTF8.GetString(bytes));
                collector.spans.AddRange(Read(bytes));
            }

            return Results.Bytes([], "application/x-protobuf");
        });
        await collector.app.StartAsync();
        return collector;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    // ExportTraceServiceRequest.resource_spans.scope_spans.spans: trace_id is field 1 and name field 5 (opentelemetry-proto 1.x, trace.proto).
    private static IEnumerable<(string Trace, string Name)> Read(byte[] request) =>
        from resource in Fields(request, 1) from scope in Fields(resource, 2) from span in Fields(scope, 2)
        select (Convert.ToHexString(Fields(span, 1).Single()), Encoding.UTF8.GetString(Fields(span, 5).Single()));

    /// <summary>A field's values in a Protocol Buffers message, as far as they have a length.</summary>
    private static List<byte[]> Fields(byte[] message, int field)
    {
        List<byte[]> found = [];
        for (var at = 0; at < message.Length;)
        {
            var tag = Number();
            switch (tag & 7)
            {
                case 0:
                    Number();
                    break;
                case 1:
                    at += 8;
                    break;
                case 5:
                    at += 4;
                    break;
                case 2:
                    var length = Number();
                    if (tag >> 3 == field)
                    {
                        found.Add(message[at..(at + length)]);
                    }

                    at += length;
                    break;
                default:
                    throw new InvalidDataException("Not a Protocol Buffers message.");
            }

            int Number()
            {
                var number = 0L;
                for (var shift = 0; ; shift += 7)
                {
                    var next = message[at++];
                    number |= (long)(next & 0x7f) << shift;
                    if (next < 0x80)
                    {
                        return (int)number;
                    }
                }
            }
        }

        return found;
    }
}
