using System.Net;
using System.Text.Json;
using LimoCha.Actors.Testing;

namespace LimoCha.Actors.EndToEnd;

/// <summary>What all lists have in common.</summary>
[Collection("demo")]
public sealed class ListApiTests(DemoFixture demo)
{
    private readonly Product product = demo.Product;

    [Fact]
    public async Task Lists_page_by_cursor_without_gaps_or_repeats_in_every_order()
    {
        using var admin = await product.SignInAsync("admin");
        foreach (var sort in new[] { "-createdAt", "createdAt", "-updatedAt" })
        {
            var seen = (await admin.GetAllAsync($"customers?limit=37&sort={sort}")).Select(item => item.GetProperty("id").GetString()).ToList();
            seen.Should().HaveCountGreaterThanOrEqualTo(200).And.OnlyHaveUniqueItems("sort {0}", sort);
        }
    }

    [Fact]
    public async Task A_list_refuses_what_it_did_not_offer()
    {
        using var admin = await product.SignInAsync("admin");
        (await admin.GetAsync("customers?sort=phone")).Status.Should().Be(HttpStatusCode.BadRequest);
        (await admin.GetAsync("customers?cursor=rubbish")).Status.Should().Be(HttpStatusCode.BadRequest);
        // Well formed, but not what a list in this order gives.
        foreach (var parts in new string?[][] { ["-updatedAt", "s", "soon", Guid.Empty.ToString()], ["-updatedAt", "i", "1", Guid.Empty.ToString()], ["-updatedAt", null, null, Guid.Empty.ToString()] })
        {
            var cursor = Convert.ToBase64String(JsonSerializer.SerializeToUtf8Bytes(parts)).TrimEnd('=');
            var refused = await admin.GetAsync($"customers?sort=-updatedAt&cursor={Uri.EscapeDataString(cursor)}");
            refused.Status.Should().Be(HttpStatusCode.BadRequest, "{0}", refused.Text);
        }

        (await admin.GetAsync("customers?limit=201")).Json.GetProperty("errors").TryGetProperty("limit", out _).Should().BeTrue();
    }
}
