using System.Net;
using LimoCha.Actors.Testing;

namespace LimoCha.Actors.EndToEnd;

/// <summary>The sign-in form is no part of the contract, and anyone may send it: whatever is in its fields, the page comes again and says what is wrong.</summary>
public sealed class SignInFormTests
{
    private static readonly string[] Fields = ["userName", "password", "code", "returnUrl"];

    /// <summary>On PostgreSQL, which takes less for a text than SQLite does.</summary>
    [Fact]
    public async Task Whatever_is_typed_brings_the_page_again()
    {
        await using var product = await Product.StartDemoAsync(
            ("Storage:Provider", "PostgreSql"), ("Storage:ConnectionString", await (await Postgres.SharedAsync()).CreateDatabaseAsync()), ("RateLimits:SignInsPerMinute", "100000"), ("Web:PasswordIterations", "10000"));
        using var form = new SignInForm(product.Address);
        List<string> wrong = [];
        foreach (var (field, value) in Fields.SelectMany(field => BadValues.Query.Append("\ud83d\ude00\r\n").Select(value => (field, value))))
        {
            using var answer = await form.PostAsync([.. Fields.Select(each => (each, each == field ? value : each == "userName" ? "nobody" : ""))]);
            // The framework reads no form that has this character, which PostgreSQL would not take.
            if (!(value.Contains('\0', StringComparison.Ordinal) ? answer.StatusCode == HttpStatusCode.BadRequest : answer.StatusCode == HttpStatusCode.Found && answer.Headers.Location!.OriginalString.StartsWith("/sign-in?problem=", StringComparison.Ordinal)))
            {
                wrong.Add($"{field} {value}: {answer.StatusCode} {answer.Headers.Location}");
            }
        }

        wrong.Should().BeEmpty();
        product.Process.Output.Should().NotContain("Unhandled");
    }
}
