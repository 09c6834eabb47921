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
        var (tokens, remembered) = (Tokens(), new RememberedTokens(clock));
        var token = tokens.Issue(user, session, 0).AccessToken;
        remembered.Find(token).Should().BeNull();

        (await remembered.ValidateTokenAsync(token, tokens.Validation)).IsValid.Should().BeTrue();
        remembered.Find(token).Should().Be((user, session));

        clock.Advance(TimeSpan.FromMinutes(10));
        remembered.Find(token).Should().BeNull();
        (await remembered.ValidateTokenAsync(token, tokens.Validation)).IsValid.Should().BeFalse();
    }

    [Fact]
    public async Task A_token_that_another_key_signed_is_never_known()
    {
        var remembered = new RememberedTokens(clock);
        var forged = Tokens().Issue(user, session, 0).AccessToken;

        (await remembered.ValidateTokenAsync(forged, Tokens().Validation)).IsValid.Should().BeFalse();

        remembered.Find(forged).Should().BeNull();
    }

    private Tokens Tokens() => new(new Secrets(RandomNumberGenerator.GetBytes(32)), Options.Create(new WebSettings { AccessTokenLifetime = TimeSpan.FromMinutes(10) }), clock);
}
