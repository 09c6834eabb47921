using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace LimoCha.Actors.Push;

/// <summary>What the vendors' clients share: reading answers, and access tokens that are kept until shortly before they end.</summary>
internal static class VendorHttp
{
    /// <summary>The name of their HTTP clients.</summary>
    public const string Client = "push";

    private static readonly TimeSpan Early = TimeSpan.FromMinutes(1);

    /// <summary>Sends a request and reads its JSON; a broken network or a busy server is "later".</summary>
    public static async Task<PushAnswer> SendAsync(HttpClient http, HttpRequestMessage request, TimeProvider clock, Func<HttpResponseMessage, JsonElement, PushAnswer> judge, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await http.SendAsync(request, cancellationToken);
            var wait = After(answer, clock);
            if (answer.StatusCode is HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError or HttpStatusCode.RequestTimeout)
            {
                return new(PushOutcome.Later, $"HTTP {(int)answer.StatusCode}", wait);
            }

            return judge(answer, await JsonAsync(answer, cancellationToken));
        }
        catch (HttpRequestException error)
        {
            return new(PushOutcome.Later, error.HttpRequestError.ToString());
        }
        catch (TaskCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new(PushOutcome.Later, "timeout");
        }
    }

    /// <summary>Asks for an OAuth 2.0 access token and says until when it is good.</summary>
    public static async Task<(string Token, DateTimeOffset Until)> TokenAsync(HttpClient http, Uri address, Dictionary<string, string> form, TimeProvider clock, CancellationToken cancellationToken)
    {
        using var content = new FormUrlEncodedContent(form);
        using var answer = await http.PostAsync(address, content, cancellationToken);
        if (!answer.IsSuccessStatusCode)
        {
            throw new HttpRequestException($"The token was refused: HTTP {(int)answer.StatusCode}.");
        }

        var json = await answer.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
        return (json.GetProperty("access_token").GetString()!, clock.GetUtcNow() + TimeSpan.FromSeconds(json.GetProperty("expires_in").GetInt32()) - Early);
    }

    private static async Task<JsonElement> JsonAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        var text = await answer.Content.ReadAsStringAsync(cancellationToken);
        try
        {
            return text.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(text);
        }
        catch (JsonException)
        {
            return default;
        }
    }

    private static TimeSpan? After(HttpResponseMessage answer, TimeProvider clock) => answer.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } when date > clock.GetUtcNow() => date - clock.GetUtcNow(),
        _ => null,
    };
}

/// <summary>An access token that is asked for again shortly before it ends, by one caller at a time.</summary>
internal sealed class AccessToken(TimeProvider clock) : IDisposable
{
    private readonly SemaphoreSlim turn = new(1, 1);
    private (string Token, DateTimeOffset Until)? known;

    public async Task<string> GetAsync(Func<Task<(string, DateTimeOffset)>> ask, CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            if (known is not { } good || good.Until <= clock.GetUtcNow())
            {
                known = await ask();
            }

            return known.Value.Token;
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>The vendor does not take it any more.</summary>
    public void Forget() => known = null;

    public void Dispose() => turn.Dispose();
}
