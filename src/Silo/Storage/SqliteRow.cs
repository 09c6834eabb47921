namespace LimoCha.Actors.Storage;

/// <summary>A grain's row in SQLite. Values by position: 1 hash, 2 and 3 the halves of the id, 4 hash of the type, 5 type, 6 service, 7 extension.</summary>
internal static class SqliteRow
{
    /// <summary>The row of those values.</summary>
    public static readonly string Where = $"""
        WHERE {GrainRowKey.TimeOf("GrainIdN0")} = {GrainRowKey.TimeOf("?2")} AND GrainIdHash = ?1 AND GrainIdN0 = ?2 AND GrainIdN1 = ?3 AND GrainTypeHash = ?4 AND GrainTypeString = ?5
          AND ServiceId = ?6 AND COALESCE(GrainIdExtensionString, '') = COALESCE(?7, '')
        """;

    public static void Set(SqliteStatement statement, GrainRowKey key, string serviceId)
    {
        SetId(statement, key);
        SetType(statement, key);
        SetService(statement, serviceId);
    }

    /// <summary>What differs from row to row.</summary>
    public static void SetId(SqliteStatement statement, GrainRowKey key)
    {
        statement.Set(1, key.IdHash);
        statement.Set(2, key.N0);
        statement.Set(3, key.N1);
        statement.Set(7, key.Extension);
    }

    /// <summary>What all grains of a kind have.</summary>
    public static void SetType(SqliteStatement statement, GrainRowKey key)
    {
        statement.Set(4, key.TypeHash);
        statement.Set(5, key.Type);
    }

    /// <summary>What all rows have.</summary>
    public static void SetService(SqliteStatement statement, string serviceId) => statement.Set(6, serviceId);
}
