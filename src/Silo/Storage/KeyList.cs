using System.Text.Json;

namespace LimoCha.Actors.Storage;

/// <summary>
/// Rows by many ids, which go to the database as one value. A parameter for each would be looked for by its name, from the first one on, by SQLite: five
/// hundred of them are a hundred thousand comparisons.
/// </summary>
internal static class KeyList
{
    /// <summary>A condition "column is one of @parameter".</summary>
    public static string In(DatabaseKind kind, string column, string parameter) =>
        kind == DatabaseKind.PostgreSql ? $"{column} = ANY(@{parameter})" : $"{column} IN (SELECT value FROM json_each(@{parameter}))";

    /// <summary>The parameter's value.</summary>
    public static object Of(DatabaseKind kind, IEnumerable<Guid> ids) => kind == DatabaseKind.PostgreSql ? ids.ToArray() : JsonSerializer.Serialize(ids);
}
