using System.Security.Cryptography;
using LimoCha.Actors.Identity;
using LimoCha.Actors.Kernel;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace LimoCha.Actors.Unit.Identity;

public sealed class RememberedTokensTests
{
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2026, 3, 1, 8, 0, 0, TimeSpan.Zero));
    private readonly Guid user = Guid.NewGuid();
    private readonly Guid session = Guid.NewGuid();

    [Fact]
    public async Task A_token_is_known_once_it_was_validated_and_until_it_expires()
    {
        var tokens = Tokens();
        var remembered = new RememberedTokens(tokens, clock);
        var token = tokens.Issue(user, session, 0).AccessToken;
        remembered.Find(token).Should().BeNull();

        (await remembered.ValidateAsync(token)).Should().Be((user, session));
        remembered.Find(token).Should().Be((user, session));

        clock.Advance(TimeSpan.FromMinutes(10));
        remembered.Find(token).Should().BeNull();
        (await remembered.ValidateAsync(token)).Should().BeNull();
    }

    [Fact]
    public async Task A_token_that_another_key_signed_is_never_known()
    {
        var remembered = new RememberedTokens(Tokens(), clock);
        var forged = Tokens().Issue(user, session, 0).AccessToken;

        (await remembered.ValidateAsync(forged)).Should().BeNull();

        remembered.Find(forged).Should().BeNull();
    }

    [Theory]
    [InlineData("")]
    [InlineData("not a token")]
    [InlineData("a.b.c")]
    public async Task What_is_no_token_is_nobodys(string text) => (await new RememberedTokens(Tokens(), clock).ValidateAsync(text)).Should().BeNull();

    private Tokens Tokens() => new(new Secrets(RandomNumberGenerator.GetBytes(32)), Options.Create(new WebSettings { AccessTokenLifetime = TimeSpan.FromMinutes(10) }), clock);
}
