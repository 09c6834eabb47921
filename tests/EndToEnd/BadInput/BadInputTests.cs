using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using LimoCha.Actors.Testing;

namespace LimoCha.Actors.EndToEnd;

/// <summary>
/// Every call of the contract with every field, query parameter, path and header that it may have set to what a caller may send by mistake
/// or on purpose: no answer is a failure of the server's, each that refuses says so as problem details, and nothing that was
/// taken breaks what runs afterwards.
/// </summary>
public sealed class BadInputTests
{
    private const int AtOnce = 8;
    private const string Dead = "01900000-0000-7000-8000-00000000dead";

    /// <summary>Bytes that are no character in UTF-8, as an address has them.</summary>
    private const string NoCharacter = "%ED%A0%80";

    /// <summary>Of pages and links, which are no part of the contract.</summary>
    private static readonly string[] Addresses = ["/s/", "/my/", "/my/a?language=", "/sign-in?returnUrl=", "/sign-in?problem=", "/setup?token=", "/m?a=", "/privacy?a=", "/announcements?a=", "/language?to=", "/language?returnUrl=", "/hubs/device?access_token=", "/hubs/device?id="];

    /// <summary>These end or lock the very accounts that the others are called with.</summary>
    private static readonly HashSet<string> Last = ["POST /api/v1/auth/logout", "POST /api/v1/me/password", "POST /api/v1/customers/{id}/erase", "DELETE /api/v1/customers/{id}"];

    private readonly ConcurrentBag<string> wrong = [];
    private readonly ConcurrentDictionary<string, JsonNode?> ids = new();
    private readonly Dictionary<string, Api> callers = [];
    private int sent;

    [Theory, InlineData("Sqlite"), InlineData("PostgreSql")]
    public async Task Whatever_is_sent_is_answered_and_never_as_a_failure_of_the_servers(string provider)
    {
        (string, string)[] storage = provider == "Sqlite" ? []
            : [("Storage:Provider", provider), ("Storage:ConnectionString", await (await Postgres.SharedAsync()).CreateDatabaseAsync())];
        await using var product = await Product.StartDemoAsync(
            [("RateLimits:PerUserPerSecond", "100000"), ("RateLimits:PerUserBurst", "100000"), ("Web:PasswordIterations", "10000"), ("Web:Registration", "true"), ("Risk:UsesPerTenMinutes", "100000"), ("Risk:FastestKmh", "100000"), ("RateLimits:PublicPerSecond", "100000"), .. storage]);
        var contract = new Contract(JsonSerializer.Deserialize<JsonElement>(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "openapi.json"))), Known);
        foreach (var name in new[] { "admin", "privacy", "staff1" })
        {
            callers[name] = await product.SteppedUpAsync(name);
        }

        callers["nobody"] = new(product.Address);
        var operations = contract.Operations.OrderBy(operation => Last.Contains(operation.ToString()) ? 3 : operation.Method == "GET" ? 0 : operation.Method == "DELETE" ? 2 : 1).ToList();
        await FindAsync(contract, operations);
        foreach (var operation in operations)
        {
            await Parallel.ForEachAsync(Requests(contract, operation), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (request, _) => await SendAsync(operation, request));
        }

        foreach (var (address, value) in Addresses.SelectMany(address => BadValues.Query.Select(value => (address, value))))
        {
            var answer = await callers["nobody"].GetAsync($"{address}{Escaped(value)}");
            sent++;
            if ((int)answer.Status >= 500)
            {
                wrong.Add($"{address}{Short(value)}: {answer.Status}");
            }
        }

        wrong.Should().BeEmpty("of {0} requests", sent);
        sent.Should().BeGreaterThan(10_000);
        product.Process.Output.Split('\n').Where(line => line.StartsWith("fail:", StringComparison.Ordinal) || line.StartsWith("crit:", StringComparison.Ordinal) || line.StartsWith("Unhandled", StringComparison.Ordinal))
            .Should().BeEmpty("nothing that was taken fails later: {0}", product.Process.Output);
        foreach (var caller in callers.Values)
        {
            caller.Dispose();
        }
    }

    private sealed record Request(string What, string Path, object? Body, (string, string)[] Headers);

    private IEnumerable<Request> Requests(Contract contract, Operation operation)
    {
        var path = Concrete(operation.Path);
        var sample = operation.Body is { } schema ? contract.Sample(schema) : null;
        if (operation.Body is { } shape)
        {
            foreach (var field in contract.Fields(shape))
            {
                foreach (var value in BadValues.Json)
                {
                    yield return new($"{string.Join('.', field)} = {value}", path, contract.With(shape, field, value), []);
                }
            }

            foreach (var body in BadValues.Bodies)
            {
                yield return new($"body {body}", path, body, []);
            }

            yield return new("not UTF-8", path, Content([0x22, 0xff, 0xfe, 0x22], "application/json"), []);
            yield return new("text", path, Content("{}"u8.ToArray(), "text/plain"), []);
            yield return new("another charset", path, Content("{}"u8.ToArray(), "application/json; charset=utf-7"), []);
            yield return new("no type", path, new ByteArrayContent([0x7b, 0x7d]), []);
        }

        foreach (var name in operation.Query)
        {
            foreach (var value in BadValues.Query)
            {
                yield return new($"?{name}={value}", $"{path}?{name}={Escaped(value)}", sample, []);
            }

            yield return new($"?{name} twice", $"{path}?{name}=1&{name}=2", sample, []);
        }

        var parts = operation.Path.Split('/');
        for (var i = 0; i < parts.Length; i++)
        {
            foreach (var value in parts[i].StartsWith('{') ? BadValues.Query : [])
            {
                yield return new($"{parts[i]} = {value}", Concrete(string.Join('/', [.. parts[..i], Escaped(value), .. parts[(i + 1)..]])), sample, []);
            }
        }

        foreach (var header in operation.Method == "GET" ? (string[])["If-None-Match"] : ["If-Match", "Idempotency-Key"])
        {
            foreach (var value in BadValues.Headers)
            {
                yield return new($"{header}: {value}", path, sample, [(header, value)]);
            }
        }
    }

    private async Task SendAsync(Operation operation, Request request)
    {
        Interlocked.Increment(ref sent);
        try
        {
            var answer = await Caller(operation).SendAsync(new(operation.Method), request.Path, operation.Method == "GET" ? null : request.Body, request.Headers);
            var status = (int)answer.Status;
            if (status >= 500 || status >= 400 && !IsProblem(answer) && !IsNoAddress(request))
            {
                wrong.Add($"{operation} {Short(request.What)}: {status} {answer.ContentType} {Short(answer.Text)}");
            }
        }
        catch (Exception error) when (error is HttpRequestException or TaskCanceledException)
        {
            wrong.Add($"{operation} {Short(request.What)}: {error.Message}");
        }
    }

    private Api Caller(Operation operation) => callers[
        operation.Path.StartsWith("/api/v1/auth", StringComparison.Ordinal) && !operation.Path.EndsWith("/step-up", StringComparison.Ordinal) || operation.Path.StartsWith("/api/v1/setup", StringComparison.Ordinal) ? "nobody"
        : operation.Path.StartsWith("/api/v1/privacy", StringComparison.Ordinal) ? "privacy"
        : operation.Path.StartsWith("/api/v1/me", StringComparison.Ordinal) || operation.Path.StartsWith("/api/v1/check-ins", StringComparison.Ordinal) || operation.Path.EndsWith("/step-up", StringComparison.Ordinal) ? "staff1"
        : "admin"];

    private static bool IsProblem(Answer answer) => answer.Problem is { } type && type.StartsWith("urn:limocha:problem:", StringComparison.Ordinal);

    /// <summary>What is no address is refused by the HTTP server itself, without a word.</summary>
    private static bool IsNoAddress(Request request) => request.Path.Split('?')[0] is var path && (path.Contains("%00", StringComparison.Ordinal) || path.Contains(NoCharacter, StringComparison.Ordinal));

    /// <summary>One of each kind of thing that paths name, made where the demo has none.</summary>
    private async Task FindAsync(Contract contract, List<Operation> operations)
    {
        ids["/api/v1/files"] = JsonNode.Parse((await callers["privacy"].PostAsync("files?name=demand.png", Content(RecordFactory.Png, "image/png"))).Text)!["id"];
        foreach (var path in operations.Select(operation => operation.Path).Where(path => path.Contains('{') && !path.StartsWith("/api/v1/files", StringComparison.Ordinal)).Select(path => path[..(path.IndexOf('{') - 1)]).Distinct())
        {
            var list = operations.Find(operation => operation.Method == "GET" && operation.Path == path);
            var made = operations.Find(operation => operation.Method == "POST" && operation.Path == path && operation.Body is not null);
            var found = list is null ? null : First((await Caller(list).GetAsync(path)).Text);
            if (found is null && made is not null)
            {
                var answer = await Caller(made).PostAsync(path, contract.Sample(made.Body!.Value));
                found = answer.Status == HttpStatusCode.Created ? JsonNode.Parse(answer.Text)!["id"] : null;
            }

            ids[path] = found;
        }

        // Not one of those who call.
        ids["/api/v1/users"] = await callers["admin"].UserIdAsync("staff5");
    }

    private static JsonNode? First(string text)
    {
        var json = text.StartsWith('{') || text.StartsWith('[') ? JsonNode.Parse(text) : null;
        var items = json as JsonArray ?? (json as JsonObject)?["items"] as JsonArray;
        var last = items?.LastOrDefault();
        return last?["id"] ?? last?["key"] ?? last?["version"] ?? last?["purpose"];
    }

    /// <summary>What is there for a field that names something, or has a form of its own, so that a request gets beyond the first look.</summary>
    private JsonNode? Known(string name)
    {
        if (name is "rule" or "birthDate")
        {
            return name == "rule" ? "FREQ=DAILY" : "1990-01-01";
        }

        var path = name switch
        {
            "assigneeId" or "userId" or "ownerId" or "actorId" or "byId" => "users",
            "customerId" or "subjectId" => "customers",
            "departmentId" or "parentId" => "departments",
            "locationId" => "check-in-locations",
            "taskId" => "tasks",
            "typeId" => "task-types",
            "documentId" => "files",
            _ => null,
        };
        return path is null ? null : ids.GetValueOrDefault($"/api/v1/{path}")?.DeepClone();
    }

    private string Concrete(string path)
    {
        var at = path.IndexOf('{');
        var known = at < 0 ? null : ids.GetValueOrDefault(path[..(at - 1)])?.ToString();
        return string.Join('/', path.Split('/').Select((part, i) => !part.StartsWith('{') ? part
            : path.IndexOf(part, StringComparison.Ordinal) == at && known is not null ? Uri.EscapeDataString(known)
            : part.Contains("purpose", StringComparison.Ordinal) ? "customer.contact"
            : part.Contains("version", StringComparison.Ordinal) ? "1"
            : part.Contains("step", StringComparison.Ordinal) ? "accept" : Dead));
    }

    private static ByteArrayContent Content(byte[] bytes, string type)
    {
        var content = new ByteArrayContent(bytes);
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        return content;
    }

    /// <summary>Escaped byte by byte: what is no character stays none.</summary>
    private static string Escaped(string value) => value == "\ud800" ? NoCharacter : Uri.EscapeDataString(value);

    private static string Short(string text) => text.Length > 300 ? $"{text[..300]}…" : text;
}
