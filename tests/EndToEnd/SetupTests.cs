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

    [Theory]
    [InlineData("Storage:Provider", "PostgreSql", "Storage:ConnectionString")]
    [InlineData("Cluster:Mode", "AdoNet", "PostgreSql")]
    [InlineData("Actors:TimeZone", "Mars/Olympus", "Actors:TimeZone")]
    [InlineData("Web:Secret", "short", "Web:Secret")]
    public async Task A_bad_setting_stops_the_process_with_its_name_and_the_fix(string key, string value, string named)
    {
        var folder = Directory.CreateTempSubdirectory("limocha-e2e-").FullName;
        await using var process = ProductProcess.Start("WebApi", ("LIMOCHA_DATA", folder), ("LIMOCHA_URLS", "http://127.0.0.1:0"), ("Cluster:SiloPort", $"{Testing.Postgres.FreePort()}"), ("Cluster:GatewayPort", $"{Testing.Postgres.FreePort()}"), (key, value));
        await Eventually.TrueAsync(() => Task.FromResult(process.HasExited), "it must not run");
        await Eventually.TrueAsync(() => Task.FromResult(process.Output.Contains(named, StringComparison.Ordinal)), "it says what is wrong");
        Directory.Delete(folder, recursive: true);
    }

    [GeneratedRegex(@"/setup\?token=([0-9a-f]+)")]
    private static partial Regex Link();
}
