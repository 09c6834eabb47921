using System.Data;
using System.Data.Common;
using System.Globalization;
using Dapper;
using LimoCha.Actors.Hosting;

namespace LimoCha.Actors.Storage;

/// <summary>
/// Dapper's queries, with rows that have come as a whole before they are looked at. Dapper's own read columns while they come: what is not there
/// yet is waited for by a blocked thread, and a connection that breaks meanwhile is a <see cref="DataException"/> that nobody takes for one.
/// Whoever waits for an answer, or for the failure, goes on in the thread pool (<see cref="SocketThreads"/>).
/// </summary>
public static class Rows
{
    /// <summary>All rows.</summary>
    public static async Task<List<T>> QueryAsync<T>(this DbConnection connection, CommandDefinition command)
    {
        try
        {
            return await ReadAsync<T>(connection, command);
        }
        finally
        {
            await SocketThreads.Leave();
        }
    }

    /// <summary>All rows.</summary>
    public static Task<List<T>> QueryAsync<T>(this DbConnection connection, string sql, object? parameters = null) =>
        connection.QueryAsync<T>(new CommandDefinition(sql, parameters));

    /// <summary>The first row, if there is one.</summary>
    public static async Task<T?> QueryFirstOrDefaultAsync<T>(this DbConnection connection, string sql, object? parameters = null) =>
        (await connection.QueryAsync<T>(sql, parameters)).FirstOrDefault();

    /// <summary>The only row, if there is one.</summary>
    public static async Task<T?> QuerySingleOrDefaultAsync<T>(this DbConnection connection, CommandDefinition command) =>
        (await connection.QueryAsync<T>(command)).SingleOrDefault();

    /// <summary>The only row, if there is one.</summary>
    public static Task<T?> QuerySingleOrDefaultAsync<T>(this DbConnection connection, string sql, object? parameters = null) =>
        connection.QuerySingleOrDefaultAsync<T>(new CommandDefinition(sql, parameters));

    /// <summary>The only row.</summary>
    public static async Task<T> QuerySingleAsync<T>(this DbConnection connection, string sql, object? parameters = null) =>
        (await connection.QueryAsync<T>(sql, parameters)).Single();

    /// <summary>Runs a statement; how many rows it changed.</summary>
    public static async Task<int> ExecuteAsync(this DbConnection connection, CommandDefinition command)
    {
        try
        {
#pragma warning disable RS0030 // This is what is to be used instead.
            return await SqlMapper.ExecuteAsync(connection, command);
#pragma warning restore RS0030
        }
        finally
        {
            await SocketThreads.Leave();
        }
    }

    /// <summary>Runs a statement; how many rows it changed.</summary>
    public static Task<int> ExecuteAsync(this DbConnection connection, string sql, object? parameters = null) =>
        connection.ExecuteAsync(new CommandDefinition(sql, parameters));

    private static async Task<List<T>> ReadAsync<T>(DbConnection connection, CommandDefinition command)
    {
        await using var reader = await connection.ExecuteReaderAsync(command, CommandBehavior.Default);
        await SocketThreads.Leave();
        var rows = new List<T>();
        if (reader.FieldCount == 0)
        {
            return rows;
        }

        var parse = reader.GetRowParser(typeof(T));
        while (await reader.ReadAsync(command.CancellationToken))
        {
            rows.Add(As<T>(parse(reader)));
        }

        return rows;
    }

    /// <summary>A single value as it is wanted: a count is a long to PostgreSQL.</summary>
    private static T As<T>(object? value) => value switch
    {
        T wanted => wanted,
        null => default!,
        _ => (T)Convert.ChangeType(value, Nullable.GetUnderlyingType(typeof(T)) ?? typeof(T), CultureInfo.InvariantCulture),
    };
}
