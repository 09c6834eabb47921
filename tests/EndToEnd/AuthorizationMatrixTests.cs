using System.Net;
using System.Text;
using LimoCha.Actors.Testing;

namespace LimoCha.Actors.EndToEnd;

/// <summary>
/// E4: every endpoint of the contract is called as nobody and as every role, and the outcome compared with the table that people
/// read, <c>docs/authorization.md</c>. Run with UPDATE_MATRIX=1 to take a change over, on purpose.
/// </summary>
[Collection("demo")]
public sealed class AuthorizationMatrixTests(DemoFixture demo)
{
    private static readonly string[] Roles = ["nobody", "staff", "manager", "admin", "privacyOfficer", "auditor"];

    // These end the very sessions that the matrix is walked with.
    private static readonly HashSet<string> NotCalled = ["POST /api/v1/auth/logout", "POST /api/v1/setup"];

    private readonly Product product = demo.Product;

    [Fact]
    public async Task E4_who_may_call_what_is_the_committed_table()
    {
        using var anyone = new Api(product.Address);
        using var admin = await product.SteppedUpAsync("admin");
        const string password = "a password for auditors";
        var auditorName = $"auditor-{Guid.NewGuid():N}"[..20];
        (await admin.PostAsync("users", new { userName = auditorName, displayName = "审计", role = "auditor", password })).Status.Should().Be(HttpStatusCode.Created);
        using var auditor = new Api(product.Address);
        await auditor.SignInAsync(auditorName, password);
        Api[] callers = [anyone, await product.SignInAsync("staff5"), await product.SignInAsync("manager"), admin, await product.SteppedUpAsync("privacy"), auditor];

        var table = new StringBuilder("""
            # Who may call what

            Made by `AuthorizationMatrixTests`, which calls every endpoint of the contract with an empty body and an id that nobody has. ✓ is
            let in (and then told that the input is wrong or that there is no such thing), – is refused with 401 or 403. What a caller may
            see or change of what there is is decided by its actor and stands in [authorization-records.md](authorization-records.md). Admin and privacy officer
            have proved again that it is them (`/auth/step-up`), which sensitive calls ask for.

            | call | nobody | staff | manager | admin | privacy officer | auditor |
            |---|---|---|---|---|---|---|

            """);
        var contract = (await anyone.GetAsync("/openapi/v1.json")).Json;
        var cells = 0;
        foreach (var operation in new Contract(contract).Operations.OrderBy(operation => operation.Path, StringComparer.Ordinal))
        {
            var (call, method, path) = (operation.ToString(), operation.Method, operation.Path);
            if (NotCalled.Contains(call))
            {
                continue;
            }

            var outcomes = new List<string>();
            foreach (var caller in callers)
            {
                var answer = await caller.SendAsync(new(method), Concrete(path), method == "GET" ? null : path.EndsWith("/files", StringComparison.Ordinal) ? new ByteArrayContent([0]) : "{}");
                ((int)answer.Status).Should().BeLessThan(500, "{0} with an empty body is nobody's 500: {1}", call, answer.Text);
                // What is wrong with a sign-in is told with 401, and is not a refusal of the call.
                outcomes.Add(answer.Status is HttpStatusCode.Unauthorized && !IsSignIn(answer) || answer.Status is HttpStatusCode.Forbidden ? "–" : "✓");
                cells++;
            }

            table.Append("| `").Append(call.Replace("/api/v1", "", StringComparison.Ordinal)).Append("` | ").AppendJoin(" | ", outcomes).Append(" |\n");
        }

        cells.Should().BeGreaterThan(400);
        var file = Path.Combine(Repository.Root, "docs", "authorization.md");
        if (Environment.GetEnvironmentVariable("UPDATE_MATRIX") == "1")
        {
            await File.WriteAllTextAsync(file, table.ToString());
        }

        table.ToString().Should().Be(await File.ReadAllTextAsync(file), "a change of who may call what is made on purpose: {0}", string.Join(", ", Roles));
        foreach (var caller in callers.Except([admin]))
        {
            caller.Dispose();
        }
    }

    private static string Concrete(string path) =>
        string.Join('/', path.Split('/').Select(part => !part.StartsWith('{') ? part : part.Contains("id", StringComparison.OrdinalIgnoreCase) || part.Contains("Id", StringComparison.Ordinal) ? "01900000-0000-7000-8000-00000000dead" : part.Contains("version", StringComparison.Ordinal) ? "99" : "none"));

    private static bool IsSignIn(Answer answer) =>
        answer.ContentType == "application/problem+json" && answer.Json.TryGetProperty("type", out var type) && type.GetString() is "urn:limocha:problem:invalid-token" or "urn:limocha:problem:invalid-credentials";
}
