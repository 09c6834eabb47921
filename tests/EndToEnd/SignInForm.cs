using System.Text.RegularExpressions;

namespace LimoCha.Actors.EndToEnd;

/// <summary>The sign-in page of a process, as a browser fills it in.</summary>
internal sealed partial class SignInForm(string address) : IDisposable
{
    /// <summary>The browser, with its cookies.</summary>
    public HttpClient Browser { get; } = new(new HttpClientHandler { UseCookies = true, AllowAutoRedirect = false });

    /// <summary>Opens the page and sends its form.</summary>
    public async Task<HttpResponseMessage> PostAsync(params (string Field, string Value)[] fields)
    {
        var token = AntiforgeryField().Match(await Browser.GetStringAsync($"{address}/sign-in")).Groups[1].Value;
        using var form = new FormUrlEncodedContent(fields.Append((Field: "__RequestVerificationToken", Value: token)).Select(field => KeyValuePair.Create(field.Field, field.Value)));
        return await Browser.PostAsync($"{address}/sign-in", form);
    }

    public void Dispose() => Browser.Dispose();

    [GeneratedRegex("name=\"__RequestVerificationToken\"[^>]*value=\"([^\"]+)\"")]
    private static partial Regex AntiforgeryField();
}
