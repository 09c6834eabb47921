using System.ComponentModel.DataAnnotations;

namespace LimoCha.Actors.Storage;

/// <summary>Which database.</summary>
public enum DatabaseKind
{
    /// <summary>Embedded; one process.</summary>
    Sqlite = 0,
    /// <summary>Production and clusters.</summary>
    PostgreSql = 1,
}

/// <summary>Which storage provider writes grain state; both read what the other wrote.</summary>
public enum StateWriter
{
    /// <summary>Many grains' writes in one transaction.</summary>
    GroupCommit = 0,
    /// <summary>Microsoft.Orleans.Persistence.AdoNet: a statement a write.</summary>
    AdoNet = 1,
}

/// <summary>Where everything is kept; section <c>Storage</c>.</summary>
public sealed class StorageOptions
{
    /// <summary>Sqlite (default) or PostgreSql.</summary>
    [EnumDataType(typeof(DatabaseKind))] public DatabaseKind Provider { get; set; } = DatabaseKind.Sqlite;

    /// <summary>The ADO.NET connection string. Default for SQLite: <c>limocha.db</c> in the data folder.</summary>
    public string ConnectionString { get; set; } = "";

    /// <summary>GroupCommit (default) or AdoNet.</summary>
    [EnumDataType(typeof(StateWriter))] public StateWriter Writer { get; set; } = StateWriter.GroupCommit;

    /// <summary>Most writes in one transaction. Default 128; 1 to 1,000.</summary>
    [Range(1, 1000)] public int MaxBatch { get; set; } = 128;

    /// <summary>Connections that write state at the same time on PostgreSQL; SQLite has one writer. Default 1; 1 to 16.</summary>
    [Range(1, 16)] public int Lanes { get; set; } = 1;

    /// <summary>Writes that may wait before more are refused at once. Default 20,000.</summary>
    [Range(100, 1_000_000)] public int MaxQueue { get; set; } = 20_000;

    /// <summary>The largest state, in bytes of JSON. Default 1 MiB; 1 KiB to 64 MiB.</summary>
    [Range(1024, 64 * 1024 * 1024)] public int MaxStateBytes { get; set; } = 1024 * 1024;

    /// <summary>Seconds a database command may take. Default 10; 1 to 120.</summary>
    [Range(1, 120)] public int CommandTimeoutSeconds { get; set; } = 10;
}
