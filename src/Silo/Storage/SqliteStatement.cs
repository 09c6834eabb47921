using System.Globalization;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace LimoCha.Actors.Storage;

/// <summary>
/// A statement compiled once and run with values by position, from 1. The driver's command looks each parameter up by its name, boxes its
/// value and makes a reader for every run, which for the rows of a batch took as long as SQLite itself.
/// </summary>
public sealed class SqliteStatement : IDisposable
{
    private const int GuidLength = 36;

    private readonly sqlite3 database;
    private readonly sqlite3_stmt statement;

    /// <summary>Compiles it on an open connection, and must be disposed of before that.</summary>
    public SqliteStatement(SqliteConnection connection, string sql)
    {
        ArgumentNullException.ThrowIfNull(connection);
        database = connection.Handle!;
        Check(raw.sqlite3_prepare_v3(database, sql, raw.SQLITE_PREPARE_PERSISTENT, out statement));
    }

    /// <summary>Sets a value, as <see cref="DapperTypes"/> keeps it.</summary>
    public void Set<T>(int at, T value) => Check(value switch
    {
        null => raw.sqlite3_bind_null(statement, at),
        string text => raw.sqlite3_bind_text(statement, at, text),
        Guid id => Bind(at, id),
        DateTimeOffset instant => raw.sqlite3_bind_int64(statement, at, DapperTypes.Microseconds(instant)),
        int number => raw.sqlite3_bind_int(statement, at, number),
        long number => raw.sqlite3_bind_int64(statement, at, number),
        bool flag => raw.sqlite3_bind_int(statement, at, flag ? 1 : 0),
        double number => raw.sqlite3_bind_double(statement, at, number),
        byte[] bytes => raw.sqlite3_bind_blob(statement, at, bytes),
        Enum member => raw.sqlite3_bind_int(statement, at, Convert.ToInt32(member, CultureInfo.InvariantCulture)),
        _ => throw new NotSupportedException($"{typeof(T).Name} is not kept in SQLite."),
    });

    /// <summary>Sets a text that is there in UTF-8.</summary>
    public void SetText(int at, ReadOnlySpan<byte> text) => Check(raw.sqlite3_bind_text(statement, at, text));

    /// <summary>Runs a statement that writes; how many rows it changed.</summary>
    public int Run()
    {
        Step();
        var changed = raw.sqlite3_changes(database);
        Reset();
        return changed;
    }

    /// <summary>Goes to the next row; false after the last. <see cref="Reset"/> follows.</summary>
    public bool Step()
    {
        var result = raw.sqlite3_step(statement);
        if (result is not (raw.SQLITE_ROW or raw.SQLITE_DONE))
        {
            // The reset answers with the same, and the statement can be run again.
            _ = raw.sqlite3_reset(statement);
            SqliteException.ThrowExceptionForRC(result, database);
        }

        return result == raw.SQLITE_ROW;
    }

    /// <summary>The row's value at a column, from 0, where SQLite has it: until the next step or reset. Empty for NULL.</summary>
    public ReadOnlySpan<byte> Bytes(int column) => raw.sqlite3_column_blob(statement, column);

    /// <summary>The row's value at a column, from 0.</summary>
    public int Number(int column) => raw.sqlite3_column_int(statement, column);

    /// <summary>Makes it ready to run again; its values stay.</summary>
    public void Reset() => Check(raw.sqlite3_reset(statement));

    /// <inheritdoc />
    public void Dispose() => statement.Dispose();

    private int Bind(int at, Guid id)
    {
        Span<byte> text = stackalloc byte[GuidLength];
        id.TryFormat(text, out _);
        return raw.sqlite3_bind_text(statement, at, text);
    }

    private void Check(int result)
    {
        if (result != raw.SQLITE_OK)
        {
            SqliteException.ThrowExceptionForRC(result, database);
        }
    }
}
