using System.Globalization;
using System.Net;
using System.Text.Json;
using LimoCha.Actors.Testing;
using Microsoft.Data.Sqlite;

namespace LimoCha.Actors.EndToEnd;

/// <summary>What is told of a month that is over, by a company that was at work in it.</summary>
public sealed class PastMonthTests : IDisposable
{
    private const int DaysAgo = 40;
    private static readonly string ClockFile = Path.Combine(Path.GetTempPath(), $"limocha-clock-{Guid.CreateVersion7():N}");
    private readonly MachineClock clock = new(ClockFile);

    [Fact]
    public async Task D2_a_promotion_partner_gets_the_rounded_numbers_of_a_past_month_and_they_stay_when_people_leave_it()
    {
        clock.Set(-(long)TimeSpan.FromDays(DaysAgo).TotalSeconds);
        await using var product = await Product.StartDemoAsync(clock.Environment);
        var then = TimeProvider.System.GetUtcNow().AddDays(-DaysAgo).AddHours(8);
        var month = then.ToString("yyyy-MM", CultureInfo.InvariantCulture);
        List<string> fair = [];
        using (var staff = await product.SignInAsync("staff1"))
        using (var officer = await product.SteppedUpAsync("privacy"))
        {
            (await officer.PostAsync("privacy/third-parties", new { key = "ad-partner", kind = "promotion", name = "推广公司", agreement = "推-1", allowed = Array.Empty<object>() })).Status.Should().Be(HttpStatusCode.OK);
            for (var i = 0; i < 13; i++)
            {
                fair.Add(await CustomerAsync(staff, $"展会客户{i}", "展会", takesPromotion: true));
            }

            await CustomerAsync(staff, "不收推广者", "展会", takesPromotion: false);
            for (var i = 0; i < 3; i++)
            {
                await CustomerAsync(staff, $"讲座客户{i}", "小型讲座", takesPromotion: true);
            }

            (await officer.PostAsync("privacy/third-parties/ad-partner/aggregates", new { dimension = "source", month })).Problem.Should().Be("urn:limocha:problem:month-not-over");
        }

        (await product.Process.StopAsync()).Should().Be(0);
        clock.Set(0);
        await product.StartAgainAsync();
        using var office = await product.SteppedUpAsync("privacy");
        var told = await office.PostAsync("privacy/third-parties/ad-partner/aggregates", new { dimension = "source", month });
        told.Status.Should().Be(HttpStatusCode.OK, "{0}", told.Text);
        Cells(told.Json).Should().Equal(new Dictionary<string, int?> { ["展会"] = 10, ["*"] = null }, "thirteen are told as ten, three people are not told and not named");
        told.Text.Should().NotContain("讲座");

        // Four leave: one takes the consent back, three are deleted. Twelve less three and one would be told as nothing.
        using (var staff = await product.SignInAsync("staff1"))
        {
            (await staff.SendAsync(HttpMethod.Put, $"customers/{fair[0]}/consents/customer.marketing", new { state = "withdrawn", channel = "phone" })).Status.Should().Be(HttpStatusCode.OK);
            foreach (var id in fair.Skip(1).Take(3))
            {
                (await staff.SendAsync(HttpMethod.Delete, $"customers/{id}", null)).Status.Should().Be(HttpStatusCode.OK);
            }
        }

        var again = await office.PostAsync("privacy/third-parties/ad-partner/aggregates", new { dimension = "source", month });
        Cells(again.Json).Should().Equal(Cells(told.Json), "a difference of two answers would tell of single people");
        (await office.PostAsync("privacy/third-parties/ad-partner/aggregates", new { dimension = "ageBand", month })).Json.GetProperty("table").GetProperty("total").GetInt32().Should().BeGreaterThan(0);
        await Eventually.TrueAsync(
            async () => (await office.GetAsync("privacy/audit?action=promotion.share")).Json.GetProperty("items").EnumerateArray().Count(entry => entry.GetProperty("recipient").GetString() == "ad-partner") == 3, "each telling is logged");
    }

    [Fact]
    public async Task E9_customers_from_before_there_were_facts_for_analysis_get_theirs_at_an_upgrade()
    {
        await using var product = await Product.StartDemoAsync();
        JsonElement[] before = [];
        using (var staff = await product.SignInAsync("staff1"))
        {
            for (var i = 0; i < 11; i++)
            {
                await CustomerAsync(staff, $"老客户{i}", "老系统", takesPromotion: false);
            }
        }

        using (var manager = await product.SignInAsync("manager"))
        {
            await Eventually.TrueAsync(async () => (before = await SourcesAsync(manager)).Any(cell => cell.GetProperty("group").GetString() == "老系统"), "they are counted");
        }

        (await product.Process.StopAsync()).Should().Be(0);
        await using (var database = new SqliteConnection($"Data Source={Directory.GetFiles(product.Folder, "*.db").Single(file => HasTable(file, "customer_fact"))};Pooling=False"))
        {
            await database.OpenAsync();
            await using var command = database.CreateCommand();
            command.CommandText = "DELETE FROM customer_fact; DELETE FROM schemaversions WHERE scriptname LIKE '%0010%'";
            (await command.ExecuteNonQueryAsync()).Should().BeGreaterThan(11);
        }

        await product.StartAgainAsync();
        using var again = await product.SignInAsync("manager");
        await Eventually.TrueAsync(async () => (await SourcesAsync(again)).Select(cell => cell.ToString()).SequenceEqual(before.Select(cell => cell.ToString())), "the sweep writes all of them anew");
    }

    public void Dispose() => File.Delete(ClockFile);

    private static bool HasTable(string file, string table)
    {
        using var database = new SqliteConnection($"Data Source={file};Pooling=False");
        database.Open();
        using var command = database.CreateCommand();
        command.CommandText = $"SELECT count(*) FROM sqlite_master WHERE name = '{table}'";
        return (long)command.ExecuteScalar()! > 0;
    }

    private static async Task<JsonElement[]> SourcesAsync(Api manager) => [.. (await manager.GetAsync("reports/customers?by=source")).Json.EnumerateArray()];

    private static Dictionary<string, int?> Cells(JsonElement told) => told.GetProperty("table").GetProperty("cells").EnumerateArray()
        .ToDictionary(cell => cell.GetProperty("group").GetString()!, cell => cell.TryGetProperty("count", out var count) && count.ValueKind == JsonValueKind.Number ? count.GetInt32() : (int?)null);

    private static async Task<string> CustomerAsync(Api api, string name, string source, bool takesPromotion)
    {
        var made = await api.PostAsync("customers", new { name, source, birthDate = "1990-05-01" });
        made.Status.Should().Be(HttpStatusCode.Created, "{0}", made.Text);
        var id = made.Json.GetProperty("id").GetString()!;
        if (takesPromotion)
        {
            (await api.SendAsync(HttpMethod.Put, $"customers/{id}/consents/customer.marketing", new { state = "granted", channel = "phone" })).Status.Should().Be(HttpStatusCode.OK);
        }

        return id;
    }
}
