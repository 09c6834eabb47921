using System.Runtime.Serialization;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;

namespace LimoCha.Actors.EndToEnd;

/// <summary>The device protocol with the .NET client, in both encodings.</summary>
[Collection("demo")]
public sealed class DotNetClientTests(DemoFixture demo)
{
    [DataContract]
    public sealed record WireCard
    {
        [DataMember(Name = "id")] public string Id { get; init; } = "";
        [DataMember(Name = "version")] public int Version { get; init; }
        [DataMember(Name = "title")] public string Title { get; init; } = "";
        [DataMember(Name = "at")] public string At { get; init; } = "";
    }

    [DataContract]
    public sealed record WireHello
    {
        [DataMember(Name = "deviceId")] public string DeviceId { get; init; } = "";
        [DataMember(Name = "platform")] public string Platform { get; init; } = "dotnet";
    }

    [DataContract]
    public sealed record WireRef
    {
        [DataMember(Name = "id")] public string Id { get; init; } = "";
        [DataMember(Name = "version")] public int Version { get; init; }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A1_the_dotnet_client_gets_the_set_and_then_each_card(bool messagePack)
    {
        using var manager = await demo.Product.SignInAsync("manager");
        using var staff = await demo.Product.SignInAsync("staff3");
        var synced = new TaskCompletionSource<List<WireCard>>();
        var upserted = new TaskCompletionSource<WireCard>();
        await using var hub = Connect(staff, messagePack);
        hub.On<List<WireCard>>("Sync", cards => synced.TrySetResult(cards));
        hub.On<WireCard>("Upsert", card => upserted.TrySetResult(card));
        await hub.StartAsync();
        await hub.InvokeAsync("Hello", new WireHello { DeviceId = $"dotnet-{messagePack}" });
        (await synced.Task.WaitAsync(TimeSpan.FromSeconds(20))).Should().NotBeEmpty();

        var task = await manager.PostAsync("tasks", new { title = "给 .NET 设备", assigneeId = await manager.UserIdAsync("staff3") });
        var shown = await upserted.Task.WaitAsync(TimeSpan.FromSeconds(20));
        (shown.Id, shown.Version, shown.Title).Should().Be((task.Json.GetProperty("id").GetString()!, 1, "给 .NET 设备"));
        DateTimeOffset.Parse(shown.At, System.Globalization.CultureInfo.InvariantCulture).Offset.Should().Be(TimeSpan.Zero, "instants are UTC in both encodings");
        await hub.InvokeAsync("Ack", new[] { new WireRef { Id = shown.Id, Version = shown.Version } });
    }

    [Fact]
    public async Task A_device_that_does_not_acknowledge_is_told_again_and_one_that_did_is_not()
    {
        using var manager = await demo.Product.SignInAsync("manager");
        using var staff = await demo.Product.SignInAsync("staff2");
        var synced = new TaskCompletionSource<List<WireCard>>();
        var twice = new TaskCompletionSource<string>();
        var seen = new HashSet<string>();
        await using var hub = Connect(staff, messagePack: false);
        hub.On<List<WireCard>>("Sync", cards => synced.TrySetResult(cards));
        hub.On<WireCard>("Upsert", card =>
        {
            if (!seen.Add(card.Id))
            {
                twice.TrySetResult(card.Id);
            }
        });
        await hub.StartAsync();
        await hub.InvokeAsync("Hello", new WireHello { DeviceId = "deaf" });
        var open = await synced.Task.WaitAsync(TimeSpan.FromSeconds(20));
        await hub.InvokeAsync("Ack", open.Select(card => new WireRef { Id = card.Id, Version = card.Version }).ToArray());

        var task = await manager.PostAsync("tasks", new { title = "Nobody hears", assigneeId = await manager.UserIdAsync("staff2") });
        (await twice.Task.WaitAsync(TimeSpan.FromSeconds(20))).Should().Be(task.Json.GetProperty("id").GetString(), "the set was acknowledged and the new card was not");
    }

    [Fact]
    public async Task Malformed_hub_messages_get_a_clear_error_and_no_token_no_connection()
    {
        using var staff = await demo.Product.SignInAsync("staff3");
        await using var hub = Connect(staff, messagePack: false);
        await hub.StartAsync();
        (await hub.Invoking(h => h.InvokeAsync("Hello", new WireHello { DeviceId = "with spaces" })).Should().ThrowAsync<HubException>()).Which.Message.Should().Contain("deviceId");
        await hub.Invoking(h => h.InvokeAsync("Ack", Array.Empty<WireRef>())).Should().ThrowAsync<HubException>();
        await hub.Invoking(h => h.InvokeAsync("Destroy")).Should().ThrowAsync<HubException>();

        await using var stranger = new HubConnectionBuilder().WithUrl($"{demo.Product.Address}/hubs/device").Build();
        await stranger.Invoking(h => h.StartAsync()).Should().ThrowAsync<HttpRequestException>();
    }

    /// <summary>Whoever connects a hundred times at once is told to slow down, and nobody else notices.</summary>
    [Fact]
    public async Task A_device_that_connects_a_hundred_times_a_second_gets_429_and_others_are_served()
    {
        using var staff = await demo.Product.SignInAsync("staff5");
        using var http = new HttpClient { BaseAddress = new(staff.Address) };
        http.DefaultRequestHeaders.Authorization = new("Bearer", staff.Tokens.GetProperty("accessToken").GetString());
        var answers = await Task.WhenAll(Enumerable.Range(0, 150).Select(async _ =>
        {
            using var answer = await http.PostAsync("/hubs/device/negotiate?negotiateVersion=1", null);
            return (answer.StatusCode, RetryAfter: answer.Headers.RetryAfter is not null);
        }));
        answers.Count(answer => answer.StatusCode == System.Net.HttpStatusCode.OK).Should().BeInRange(50, 70, "the burst that is allowed");
        answers.Where(answer => answer.StatusCode != System.Net.HttpStatusCode.OK).Should().OnlyContain(answer => answer.StatusCode == System.Net.HttpStatusCode.TooManyRequests && answer.RetryAfter);

        using var other = await demo.Product.SignInAsync("staff3");
        await using var hub = Connect(other, messagePack: false);
        await hub.StartAsync();
    }

    [Fact]
    public async Task A_connection_that_floods_is_refused_and_then_closed()
    {
        using var staff = await demo.Product.SignInAsync("staff3");
        await using var hub = Connect(staff, messagePack: false);
        var closed = new TaskCompletionSource();
        hub.Closed += _ =>
        {
            closed.TrySetResult();
            return Task.CompletedTask;
        };
        await hub.StartAsync();
        var refused = 0;
        for (var i = 0; i < 60_000 && !closed.Task.IsCompleted; i++)
        {
            try
            {
                await hub.SendAsync("Active", true);
            }
            catch (InvalidOperationException)
            {
                break;
            }
        }

        try
        {
            await hub.InvokeAsync("Active", true);
        }
        catch (Exception error) when (error is HubException or InvalidOperationException or OperationCanceledException)
        {
            refused++;
        }

        refused.Should().Be(1);
        await closed.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    internal static HubConnection Connect(Api user, bool messagePack)
    {
        var builder = new HubConnectionBuilder().WithUrl($"{user.Address}/hubs/device", options =>
            options.AccessTokenProvider = () => Task.FromResult<string?>(user.Tokens.GetProperty("accessToken").GetString()));
        if (messagePack)
        {
            builder.AddMessagePackProtocol();
        }

        return builder.Build();
    }
}
