using LimoCha.Actors.Testing;
using System.Net;
using System.Text.RegularExpressions;

namespace LimoCha.Actors.EndToEnd;

public sealed partial class SetupTests
{
    [Fact]
    public async Task Without_the_demo_the_first_start_prints_a_link_that_makes_one_admin()
    {
        await using var product = await Product.StartAsync();
        await Eventually.TrueAsync(() => Task.FromResult(Link().IsMatch(product.Process.Output)), "the link is printed");
        var token = Link().Match(product.Process.Output).Groups[1].Value;
        using var api = new Api(product.Address);
        object body = new { token, userName = "boss", displayName = "老板", password = "a long password" };
        (await api.PostAsync("setup", new { token = "guess", userName = "boss", displayName = "x", password = "a long password" })).Status.Should().Be(HttpStatusCode.Forbidden);
        (await api.PostAsync("setup", body)).Status.Should().Be(HttpStatusCode.Created);
        (await api.PostAsync("setup", body)).Status.Should().Be(HttpStatusCode.Forbidden, "the link works once");
        await api.SignInAsync("boss", "a long password");
        (await api.GetAsync("me")).Json.GetProperty("role").GetString().Should().Be("admin");
    }

    /// <summary>Each web process of a new cluster prints a link; the second link does not make a second first admin.</summary>
    [Fact]
    public async Task Two_doors_print_two_links_and_one_admin_is_made()
    {
        var connection = await (await Testing.Postgres.SharedAsync()).CreateDatabaseAsync();
        (string, string)[] common = [("Storage:Provider", "PostgreSql"), ("Storage:ConnectionString", connection), ("Cluster:Mode", "AdoNet"), ("Cluster:ClusterId", $"c{Guid.NewGuid():N}"), ("Privacy:MasterKeys:1", Convert.ToBase64String(new byte[32]))];
        await using var silo = ProductProcess.Start("Silo", [.. common, ("Cluster:SiloPort", $"{Ports.Free()}"), ("Cluster:GatewayPort", $"{Ports.Free()}"), ("Cluster:AdvertisedAddress", "127.0.0.1")]);
        (string, string)[] door = [.. common, ("Web:Mode", "Client"), ("Web:Secret", Convert.ToBase64String(new byte[32]))];
        await using var one = await Product.StartAsync(door);
        await using var two = await Product.StartAsync(door);
        async Task<HttpStatusCode> SetUpAsync(Product at, string userName)
        {
            await Eventually.TrueAsync(() => Task.FromResult(Link().IsMatch(at.Process.Output)), "the link is printed");
            using var api = new Api(at.Address);
            return (await api.PostAsync("setup", new { token = Link().Match(at.Process.Output).Groups[1].Value, userName, displayName = "老板", password = "a long password" })).Status;
        }

        (await SetUpAsync(one, "boss")).Should().Be(HttpStatusCode.Created);
        (await SetUpAsync(two, "boss2")).Should().Be(HttpStatusCode.Forbidden);

        // A page signed in at one door is signed in at the other: they share what seals the cookie.
        using var form = new SignInForm(one.Address);
        using var signedIn = await form.PostAsync(("userName", "boss"), ("password", "a long password"));
        signedIn.Headers.Location!.ToString().Should().Be("/");
        (await form.Browser.GetAsync($"{two.Address}/")).StatusCode.Should().Be(HttpStatusCode.OK, "cookies are for a host, and both doors are on this one");
    }

    [Theory]
    [InlineData("Storage:Provider", "PostgreSql", "Storage:ConnectionString")]
    [InlineData("Cluster:Mode", "AdoNet", "PostgreSql")]
    [InlineData("Actors:TimeZone", "Mars/Olympus", "Actors:TimeZone")]
    [InlineData("Web:Secret", "short", "Web:Secret")]
    [InlineData("Privacy:MasterKeys:1", "short", "Privacy:MasterKeys:1")]
    public async Task A_bad_setting_stops_the_process_with_its_name_and_the_fix(string key, string value, string named)
    {
        var folder = Directory.CreateTempSubdirectory("limocha-e2e-").FullName;
        await using var process = ProductProcess.Start("WebApi", ("LIMOCHA_DATA", folder), ("LIMOCHA_URLS", "http://127.0.0.1:0"), ("Cluster:SiloPort", $"{Ports.Free()}"), ("Cluster:GatewayPort", $"{Ports.Free()}"), (key, value));
        await Eventually.TrueAsync(() => Task.FromResult(process.HasExited), "it must not run");
        await Eventually.TrueAsync(() => Task.FromResult(process.Output.Contains(named, StringComparison.Ordinal)), "it says what is wrong");
        Directory.Delete(folder, recursive: true);
    }

    [GeneratedRegex(@"/setup\?token=([0-9a-f]+)")]
    private static partial Regex Link();
}
