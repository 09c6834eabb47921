using System.Net;
using LimoCha.Actors.Testing;

namespace LimoCha.Actors.EndToEnd;

/// <summary>Customers are found by parts of their names and of their companies' names, the same on both databases.</summary>
public sealed class CustomerSearchTests
{
    [Theory]
    [InlineData("Sqlite")]
    [InlineData("PostgreSql")]
    public async Task Customers_are_found_by_any_part_of_their_name_or_company(string provider)
    {
        (string, string)[] settings = provider == "Sqlite" ? [] : [("Storage:Provider", provider), ("Storage:ConnectionString", await (await Postgres.SharedAsync()).CreateDatabaseAsync())];
        await using var product = await Product.StartDemoAsync(settings);
        using var staff = await product.SignInAsync("staff1");
        async Task<string> MakeAsync(string name, string? company)
        {
            var made = await staff.PostAsync("customers", new { name, company, phone = "+8613612340000" });
            made.Status.Should().Be(HttpStatusCode.Created);
            return made.Json.GetProperty("id").GetString()!;
        }

        async Task<List<string>> FindAsync(string q) =>
            [.. (await staff.GetAsync($"customers?limit=200&q={Uri.EscapeDataString(q)}")).Json.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetString()!)];

        var (moon, plain, odd) = (await MakeAsync("闻人望舒", "Qingshan 钟表 100%_\\公司"), await MakeAsync("闻人望月", null), await MakeAsync("端木𠮷", "𠮷林"));
        await Eventually.TrueAsync(async () => (await FindAsync("端木")).Contains(odd), "all are projected");

        (await FindAsync("闻人")).Should().BeEquivalentTo([moon, plain]);
        (await FindAsync("望舒")).Should().Equal(moon);
        (await FindAsync("舒")).Should().Equal(moon);
        (await FindAsync("人望月")).Should().Equal(plain);
        (await FindAsync("望人")).Should().BeEmpty("the pairs have an order");
        (await FindAsync("qingSHAN")).Should().Equal(moon);
        (await FindAsync("钟表")).Should().Equal(moon);
        (await FindAsync("n 钟")).Should().Equal(moon);
        (await FindAsync("Q")).Should().Contain(moon).And.NotContain(plain);
        (await FindAsync("100%")).Should().Equal(moon);
        (await FindAsync("%_\\公")).Should().Equal(moon);
        (await FindAsync("0%公")).Should().BeEmpty("a percent sign is itself");
        (await FindAsync("𠮷林")).Should().Equal(odd);
        (await FindAsync("𠮷")).Should().Equal(odd);
    }
}
