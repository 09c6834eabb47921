using System.Diagnostics;
using System.Net;
using LimoCha.Actors.Testing;

namespace LimoCha.Actors.EndToEnd;

/// <summary>E7: data stays where it is deployed.</summary>
[Collection("demo")]
public sealed class ResidencyTests(DemoFixture demo)
{
    /// <summary>The whole product in a network without routes: it works, and has not even tried to reach anything else.</summary>
    [Fact]
    public async Task E7_the_product_works_without_a_network_and_tries_nothing_else()
    {
        var folder = Directory.CreateTempSubdirectory("limocha-residency-").FullName;
        using var script = Process.Start(new ProcessStartInfo("bash", [Path.Combine(Repository.Root, "tests", "EndToEnd", "residency.sh"), ProductProcess.PathOf("WebApi"), folder]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (said, complained) = (script.StandardOutput.ReadToEndAsync(), script.StandardError.ReadToEndAsync());
        await script.WaitForExitAsync();
        var lines = (await said).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Should().Contain(["ok signed in", "ok customer", "ok use", "ok task", "ok page", "ok metrics"], "it works; it said {0} {1}", string.Join('\n', lines), await complained);
        lines.Should().Contain("product 0", "nothing was tried that has no route");
        lines.Single(line => line.StartsWith("control ", StringComparison.Ordinal)).Should().NotBe("control 0", "the counter counts");
        Directory.Delete(folder, recursive: true);
        File.Delete($"{folder}.log");
    }

    [Fact]
    public async Task E7_every_outgoing_host_is_listed_and_off_until_it_is_configured()
    {
        using var officer = await demo.Product.SignInAsync("privacy");
        var hosts = (await officer.GetAsync("privacy/outgoing-hosts")).Json.EnumerateArray().ToList();
        hosts.Select(host => host.GetProperty("name").GetString()).Should().BeEquivalentTo("jpush", "fcm", "apns", "huawei", "sms", "mail", "telemetry");
        hosts.Should().OnlyContain(host => !host.GetProperty("on").GetBoolean());
        await using var configured = await Product.StartDemoAsync(("Push:JPush:AppKey", "key"), ("Push:JPush:MasterSecret", "secret"), ("Push:JPush:Address", "http://127.0.0.1:9"));
        using var other = await configured.SignInAsync("privacy");
        (await other.GetAsync("privacy/outgoing-hosts")).Json.EnumerateArray().Where(host => host.GetProperty("on").GetBoolean()).Select(host => (host.GetProperty("name").GetString(), host.GetProperty("hosts")[0].GetString())).Should().Equal(("jpush", "127.0.0.1"));
        using var staff = await demo.Product.SignInAsync("staff5");
        (await staff.GetAsync("privacy/outgoing-hosts")).Status.Should().Be(HttpStatusCode.Forbidden);
    }
}
