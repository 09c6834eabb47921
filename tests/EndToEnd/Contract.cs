using System.Text.Json;
using System.Text.Json.Nodes;

namespace LimoCha.Actors.EndToEnd;

/// <summary>A call of the contract.</summary>
/// <param name="Method">GET, POST, …</param>
/// <param name="Path">With its parameters in braces.</param>
/// <param name="Query">The names of its query's parameters.</param>
/// <param name="Body">The schema of its JSON body.</param>
public sealed record Operation(string Method, string Path, IReadOnlyList<string> Query, JsonElement? Body)
{
    public override string ToString() => $"{Method} {Path}";
}

/// <summary>The contract, read for what may be sent: calls, their bodies, and the fields of those.</summary>
/// <param name="document">It, as OpenAPI.</param>
/// <param name="known">A value for a field that a sample is to have.</param>
public sealed class Contract(JsonElement document, Func<string, JsonNode?>? known = null)
{
    /// <summary>What stands for a field's value until one is put there as it is to be sent.</summary>
    private const string Placeholder = "\"@@value@@\"";
    private const int Deepest = 5;

    /// <summary>Optional by their kind and asked for by a rule, with nearly every call that has them.</summary>
    private static readonly HashSet<string> Wanted = ["text", "subjectId"];

    /// <summary>All calls under /api.</summary>
    public IEnumerable<Operation> Operations =>
        from path in document.GetProperty("paths").EnumerateObject()
        where path.Name.StartsWith("/api/", StringComparison.Ordinal)
        from member in path.Value.EnumerateObject()
        where member.Name is "get" or "post" or "put" or "patch" or "delete"
        select new Operation(member.Name.ToUpperInvariant(), path.Name, QueryOf(member.Value), BodyOf(member.Value));

    /// <summary>A body with what is required.</summary>
    public string Sample(JsonElement schema) => Node(schema, "", [], 0)?.ToJsonString() ?? "null";

    /// <summary>Every field that a body may have, as the names that lead to it; "[]" is an item of a list.</summary>
    public IEnumerable<string[]> Fields(JsonElement schema) => Fields(schema, []);

    /// <summary>A body with what is required, and in one field a value that is put there unread.</summary>
    public string With(JsonElement schema, string[] field, string value) => Node(schema, "", field, 0)!.ToJsonString().Replace(Placeholder, value, StringComparison.Ordinal);

    private IEnumerable<string[]> Fields(JsonElement schema, string[] before)
    {
        if (before.Length > 0)
        {
            yield return before;
        }

        var shape = Resolve(schema);
        if (before.Length == Deepest)
        {
            yield break;
        }

        IEnumerable<(string Name, JsonElement Schema)> next = shape.TryGetProperty("properties", out var properties) ? properties.EnumerateObject().Select(member => (member.Name, member.Value))
            : shape.TryGetProperty("items", out var items) ? [("[]", items)]
            : [];
        foreach (var field in next.SelectMany(member => Fields(member.Schema, [.. before, member.Name])))
        {
            yield return field;
        }
    }

    private JsonNode? Node(JsonElement schema, string name, string[] field, int depth)
    {
        if (field.Length > 0 && depth == field.Length)
        {
            return JsonNode.Parse(Placeholder);
        }

        if (known?.Invoke(name) is { } value)
        {
            return value;
        }

        var shape = Resolve(schema);
        if (shape.TryGetProperty("enum", out var choices))
        {
            return JsonNode.Parse(choices[0].GetRawText());
        }

        if (shape.TryGetProperty("properties", out var properties))
        {
            return Members(shape, properties, field, depth);
        }

        return Type(shape) switch
        {
            "array" => new JsonArray(Node(shape.GetProperty("items"), "[]", Follows(field, depth, "[]") ? field : [], depth + 1)),
            "boolean" => true,
            "integer" or "number" => shape.TryGetProperty("minimum", out var least) ? JsonNode.Parse(least.GetRawText()) : 1,
            "string" => Text(shape),
            _ => new JsonObject(),
        };
    }

    private JsonObject Members(JsonElement shape, JsonElement properties, string[] field, int depth)
    {
        var required = shape.TryGetProperty("required", out var names) ? names.EnumerateArray().Select(each => each.GetString()!).ToHashSet() : [];
        var made = new JsonObject();
        foreach (var member in properties.EnumerateObject())
        {
            var follows = Follows(field, depth, member.Name);
            if (follows || required.Contains(member.Name) || Wanted.Contains(member.Name))
            {
                made[member.Name] = Node(member.Value, member.Name, follows ? field : [], depth + 1);
            }
        }

        return made;
    }

    private static bool Follows(string[] field, int depth, string name) => depth < field.Length && field[depth] == name;

    private static JsonNode Text(JsonElement shape) => (shape.TryGetProperty("format", out var format) ? format.GetString() : null) switch
    {
        "uuid" => Guid.CreateVersion7().ToString(),
        "date" => DateTime.UtcNow.AddDays(40).ToString("yyyy-MM-dd", null),
        "date-time" => DateTime.UtcNow.AddDays(1).ToString("O"),
        "time" => "09:00:00",
        "uri" => "https://example.com/",
        _ => new string('a', shape.TryGetProperty("minLength", out var least) ? Math.Max(1, least.GetInt32()) : 1),
    };

    private static string? Type(JsonElement shape) => !shape.TryGetProperty("type", out var type) ? null
        : type.ValueKind == JsonValueKind.String ? type.GetString()
        : type.EnumerateArray().Select(each => each.GetString()).First(each => each != "null");

    /// <summary>The schema that is meant: behind references, and of alternatives the first that is not null.</summary>
    private JsonElement Resolve(JsonElement schema)
    {
        while (true)
        {
            if (schema.TryGetProperty("$ref", out var reference))
            {
                schema = document.GetProperty("components").GetProperty("schemas").GetProperty(reference.GetString()!.Split('/')[^1]);
            }
            else if (schema.TryGetProperty("oneOf", out var alternatives))
            {
                schema = alternatives.EnumerateArray().First(each => !each.TryGetProperty("type", out var type) || type.ValueKind != JsonValueKind.String || type.GetString() != "null");
            }
            else
            {
                return schema;
            }
        }
    }

    private static string[] QueryOf(JsonElement operation) => operation.TryGetProperty("parameters", out var parameters)
        ? [.. parameters.EnumerateArray().Where(parameter => parameter.TryGetProperty("in", out var place) && place.GetString() == "query").Select(parameter => parameter.GetProperty("name").GetString()!)]
        : [];

    private static JsonElement? BodyOf(JsonElement operation) =>
        operation.TryGetProperty("requestBody", out var body) && body.GetProperty("content").TryGetProperty("application/json", out var content) ? content.GetProperty("schema") : null;
}
