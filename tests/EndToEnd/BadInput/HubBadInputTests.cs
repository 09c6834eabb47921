using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace LimoCha.Actors.EndToEnd;

/// <summary>
/// Every method of the hub with every field set to what a device may send by mistake or on purpose. What is no message ends its connection;
/// every other is answered, and never as a failure of the hub's.
/// </summary>
public sealed class HubBadInputTests
{
    private const char End = '\u001e';
    private const string Value = "@@value@@";

    /// <summary>SignalR's words for any exception; a refusal of ours follows them.</summary>
    private const string Failure = "An unexpected error occurred";
    private const string Refusal = "HubException: urn:limocha:problem:";

    /// <summary>The methods with their argument, and each field of it in turn as the value that is tried.</summary>
    private static readonly (string Method, string Argument)[] Calls =
    [
        ("Hello", Value), ("Hello", $$$"""{"deviceId":{{{Value}}},"platform":"test"}"""), ("Hello", $$$"""{"deviceId":"a","platform":{{{Value}}}}"""), ("Hello", $$$"""{"deviceId":"a","platform":"test","model":{{{Value}}}}"""),
        ("Hello", $$$"""{"deviceId":"a","platform":"test","appVersion":{{{Value}}}}"""), ("Hello", $$$"""{"deviceId":"a","platform":"test","have":{{{Value}}}}"""),
        ("Hello", $$$"""{"deviceId":"a","platform":"test","have":[{"id":{{{Value}}},"version":1}]}"""), ("Hello", $$$"""{"deviceId":"a","platform":"test","have":[{"id":"01900000-0000-7000-8000-00000000dead","version":{{{Value}}}}]}"""),
        ("Ack", Value), ("Ack", $$$"""[{{{Value}}}]"""), ("Ack", $$$"""[{"id":{{{Value}}},"version":1}]"""), ("Ack", $$$"""[{"id":"01900000-0000-7000-8000-00000000dead","version":{{{Value}}}}]"""),
        ("Act", Value), ("Act", $$$"""{"taskId":{{{Value}}},"action":"accept"}"""), ("Act", $$$"""{"taskId":"@@task@@","action":{{{Value}}}}"""), ("Act", $$$"""{"taskId":"@@task@@","action":"comment","version":{{{Value}}}}"""),
        ("Act", $$$"""{"taskId":"@@task@@","action":"comment","note":{{{Value}}}}"""), ("Act", $$$"""{"taskId":{{{Value}}},"action":"read"}"""),
        ("Locate", Value), ("Locate", $$$"""{"point":{{{Value}}}}"""), ("Locate", $$$"""{"point":{"latitude":{{{Value}}},"longitude":1}}"""), ("Locate", $$$"""{"point":{"latitude":1,"longitude":{{{Value}}}}}"""),
        ("Locate", $$$"""{"point":{"latitude":1,"longitude":1,"system":{{{Value}}}}}"""), ("Locate", $$$"""{"point":{"latitude":1,"longitude":1,"accuracy":{{{Value}}}}}"""), ("Locate", $$$"""{"point":{"latitude":1,"longitude":1},"at":{{{Value}}}}"""),
        ("Active", Value), ("None", Value),
    ];

    [Fact]
    public async Task Whatever_a_device_sends_is_answered_and_never_as_a_failure_of_the_hubs()
    {
        await using var product = await Product.StartDemoAsync(("RateLimits:ConnectsPerUserPerSecond", "100000"), ("RateLimits:HubMessagesPerSecond", "100000"), ("RateLimits:PerUserPerSecond", "100000"));
        using var staff = await product.SignInAsync("staff1");
        (await staff.SendAsync(HttpMethod.Put, "me/consents/dispatch.location", new { state = "granted" })).Status.Should().Be(System.Net.HttpStatusCode.OK);
        var task = (await staff.PostAsync("tasks", new { title = "巡检", assigneeId = await staff.UserIdAsync("staff1") })).Json.GetProperty("id").GetString()!;
        var (wrong, answered, ended) = (new List<string>(), 0, 0);
        var hub = await HubAsync(staff);
        foreach (var (method, argument) in Calls)
        {
            foreach (var value in BadValues.Json)
            {
                var answer = await hub.InvokeAsync(method, argument.Replace(Value, value, StringComparison.Ordinal).Replace("@@task@@", task, StringComparison.Ordinal));
                if (answer is null)
                {
                    ended++;
                    hub.Dispose();
                    hub = await HubAsync(staff);
                }
                else
                {
                    answered++;
                    if (answer.Contains(Failure, StringComparison.Ordinal) && !answer.Contains(Refusal, StringComparison.Ordinal))
                    {
                        wrong.Add($"{method} {argument}, {(value.Length > 100 ? value[..100] : value)}: {answer}");
                    }
                }
            }
        }

        hub.Dispose();
        wrong.Should().BeEmpty("of {0} messages", answered);
        (answered, ended).Should().Match<(int Answered, int Ended)>(count => count.Answered > 1_000 && count.Ended > 20 && count.Ended < count.Answered / 4);
    }

    private static async Task<RawHub> HubAsync(Api staff)
    {
        var hub = new RawHub();
        await hub.ConnectAsync(staff.Address, staff.Tokens.GetProperty("accessToken").GetString()!);
        return hub;
    }

    /// <summary>SignalR's JSON protocol with messages as they are given.</summary>
    private sealed class RawHub : IDisposable
    {
        private readonly ClientWebSocket socket = new();
        private readonly byte[] buffer = new byte[64 * 1024];
        private string received = "";
        private int invocations;

        public async Task ConnectAsync(string address, string token)
        {
            await socket.ConnectAsync(new Uri($"{address.Replace("http", "ws", StringComparison.Ordinal)}/hubs/device?access_token={token}"), CancellationToken.None);
            await SendAsync("""{"protocol":"json","version":1}""");
            (await NextAsync()).Should().Be("{}");
        }

        /// <summary>The completion; null when the connection ended instead.</summary>
        public async Task<string?> InvokeAsync(string method, string argument)
        {
            var id = $"{++invocations}";
            await SendAsync($$"""{"type":1,"invocationId":"{{id}}","target":"{{method}}","arguments":[{{argument}}]}""");
            while (await NextAsync() is { } message)
            {
                using var json = JsonDocument.Parse(message);
                switch (json.RootElement.GetProperty("type").GetInt32())
                {
                    case 3 when json.RootElement.GetProperty("invocationId").GetString() == id:
                        return message;
                    case 7:
                        return null;
                }
            }

            return null;
        }

        public void Dispose() => socket.Dispose();

        private async Task SendAsync(string message)
        {
            if (socket.State == WebSocketState.Open)
            {
                await socket.SendAsync(Encoding.UTF8.GetBytes($"{message}{End}"), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
            }
        }

        private async Task<string?> NextAsync()
        {
            int end;
            while ((end = received.IndexOf(End, StringComparison.Ordinal)) < 0)
            {
                using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
                try
                {
                    var part = await socket.ReceiveAsync(buffer, patience.Token);
                    if (part.MessageType == WebSocketMessageType.Close)
                    {
                        return null;
                    }

                    received += Encoding.UTF8.GetString(buffer, 0, part.Count);
                }
                catch (WebSocketException)
                {
                    return null;
                }
            }

            var message = received[..end];
            received = received[(end + 1)..];
            return message;
        }
    }
}
