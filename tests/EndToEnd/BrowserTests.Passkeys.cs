using System.Globalization;
using System.Net;
using System.Text.Json;
using Microsoft.Playwright;

namespace LimoCha.Actors.EndToEnd;

/// <summary>Passkeys in the browser.</summary>
public sealed partial class BrowserTests
{
    /// <summary>A passkey of chromium's virtual authenticator: made, used to sign in, not usable twice from one state, removed.</summary>
    [Fact]
    public async Task E4_a_passkey_signs_in_without_a_password_until_it_is_removed()
    {
        // The browser knows passkeys for names, not for addresses.
        var address = product.Address.Replace("127.0.0.1", "localhost", StringComparison.Ordinal);
        var page = await NewPageAsync(Desktop, "zh-CN");
        await page.GotoAsync($"{address}/sign-in");
        var authenticator = await page.Context.NewCDPSessionAsync(page);
        await authenticator.SendAsync("WebAuthn.enable");
        await authenticator.SendAsync("WebAuthn.addVirtualAuthenticator", new()
        {
            ["options"] = new Dictionary<string, object>
            {
                ["protocol"] = "ctap2", ["transport"] = "internal", ["hasResidentKey"] = true, ["hasUserVerification"] = true, ["isUserVerified"] = true,
                ["automaticPresenceSimulation"] = true,
            },
        });
        using var staff = await product.SignInAsync("staff5");
        var token = staff.Tokens.GetProperty("accessToken").GetString();

        var added = await PasskeyAsync(page, "create", "/api/v1/me/passkeys/options", "/api/v1/me/passkeys", token, "name: '我的手机'");
        added.Status.Should().Be(201, "{0}", added.Body);
        (await staff.GetAsync("me/passkeys")).Json.EnumerateArray().Should().ContainSingle().Which.GetProperty("name").GetString().Should().Be("我的手机");

        var signedIn = await PasskeyAsync(page, "get", "/api/v1/auth/passkey/options", "/api/v1/auth/passkey", null, "deviceId: 'passkey-phone'");
        signedIn.Status.Should().Be(200, "{0}", signedIn.Body);
        using var other = new Api(product.Address);
        other.Use(JsonSerializer.Deserialize<JsonElement>(signedIn.Body));
        (await other.GetAsync("me")).Json.GetProperty("userName").GetString().Should().Be("staff5");

        var replay = await page.EvaluateAsync<string>(
            "async sent => { const again = await fetch('/api/v1/auth/passkey', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: sent }); return `${again.status} ${await again.text()}`; }", signedIn.Sent);
        replay.Should().NotStartWith("200", "a state serves once");

        var id = JsonSerializer.Deserialize<JsonElement>(added.Body).GetProperty("id").GetString();
        (await staff.SendAsync(HttpMethod.Delete, $"me/passkeys/{id}", null)).Status.Should().Be(HttpStatusCode.NoContent);
        (await PasskeyAsync(page, "get", "/api/v1/auth/passkey/options", "/api/v1/auth/passkey", null, "deviceId: 'passkey-phone'")).Status.Should().Be(401);
        (await staff.PostAsync("me/passkeys", new { state = "made up", credential = new { }, name = "x" })).Problem.Should().Be("urn:limocha:problem:passkey-state");
        consoleErrors.RemoveAll(error => error.Contains("Failed to load resource", StringComparison.Ordinal));
    }

    private sealed record Ceremony(int Status, string Body, string Sent);

    private static async Task<Ceremony> PasskeyAsync(IPage page, string verb, string optionsPath, string path, string? token, string more)
    {
        var parse = verb == "create" ? "parseCreationOptionsFromJSON" : "parseRequestOptionsFromJSON";
        var result = await page.EvaluateAsync<string[]>($$"""
            async token => {
                const headers = { 'Content-Type': 'application/json' };
                if (token) headers.Authorization = `Bearer ${token}`;
                const begun = await (await fetch('{{optionsPath}}', { method: 'POST', headers })).json();
                const credential = await navigator.credentials.{{verb}}({ publicKey: PublicKeyCredential.{{parse}}(begun.options) });
                const sent = JSON.stringify({ state: begun.state, credential: credential.toJSON(), {{more}} });
                const answer = await fetch('{{path}}', { method: 'POST', headers, body: sent });
                return [String(answer.status), await answer.text(), sent];
            }
            """, token);
        return new(int.Parse(result[0], CultureInfo.InvariantCulture), result[1], result[2]);
    }
}
