using System.Diagnostics;
using OpenTelemetry;

namespace LimoCha.Actors.Hosting;

/// <summary>
/// E3: a span leaves with the route's template instead of the address (which may carry a one-time link or what somebody
/// searched for) and without the words of an exception.
/// </summary>
internal sealed class SpanPrivacy : BaseProcessor<Activity>
{
    private static readonly string[] Dropped = ["url.query", "url.full", "user_agent.original", "client.address", "exception.message", "exception.stacktrace"];

    public override void OnEnd(Activity data)
    {
        if (data.GetTagItem("url.path") is not null)
        {
            data.SetTag("url.path", data.GetTagItem("http.route"));
        }

        foreach (var tag in Dropped)
        {
            data.SetTag(tag, null);
        }
    }
}
