using Microsoft.Data.Sqlite;
using Npgsql;

namespace LimoCha.Actors.Storage;

/// <summary>What a database error means, without repeating its text, which may hold values.</summary>
internal static class StorageErrors
{
    private const int SqliteBusy = 5;
    private const int SqliteLocked = 6;
    private const int SqliteIoError = 10;
    private const int SqliteFull = 13;
    private const int SqliteCannotOpen = 14;
    private const int SqliteTooBig = 18;
    private const int SqliteConstraint = 19;
    private const int SqliteMismatch = 20;

    /// <summary>True when the database looked at the rows and did not like one: the same batch would fail again.</summary>
    public static bool IsRowsFault(Exception error) => error switch
    {
        // 22: data exception, 23: integrity constraint, 54: program limit exceeded
        PostgresException { SqlState: { Length: 5 } state } => state[..2] is "22" or "23" or "54",
        SqliteException lite => lite.SqliteErrorCode is SqliteTooBig or SqliteConstraint or SqliteMismatch,
        _ => false,
    };

    /// <summary>True when the database cannot be reached or cannot now: the same may work in a moment.</summary>
    public static bool IsAway(Exception error) => error switch
    {
        // 08: connection, 40: transaction rollback, 53: insufficient resources, 57: operator intervention (starting, shutting down), 58: system error
        PostgresException { SqlState: { Length: 5 } state } => state[..2] is "08" or "40" or "53" or "57" or "58",
        NpgsqlException => true,
        SqliteException lite => lite.SqliteErrorCode is SqliteBusy or SqliteLocked or SqliteIoError or SqliteFull or SqliteCannotOpen,
        _ => false,
    };

    /// <summary>A few words for logs and callers.</summary>
    public static string Describe(Exception error) => error switch
    {
        PostgresException { SqlState: PostgresErrorCodes.DiskFull } => "the database's disk is full",
        PostgresException postgres => $"PostgreSQL error {postgres.SqlState}",
        SqliteException { SqliteErrorCode: SqliteFull } => "the database's disk is full",
        SqliteException { SqliteErrorCode: SqliteBusy } => "the database file is locked by another process",
        SqliteException lite => $"SQLite error {lite.SqliteExtendedErrorCode}",
        NpgsqlException { InnerException: TimeoutException } or TimeoutException => "the database did not answer in time",
        NpgsqlException or IOException or System.Net.Sockets.SocketException => "the database cannot be reached",
        _ => error.GetType().Name,
    };
}
