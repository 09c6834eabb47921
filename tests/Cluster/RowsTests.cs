using System.Net;
using System.Net.Sockets;
using LimoCha.Actors.Storage;
using LimoCha.Actors.Testing;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;
using Npgsql;

namespace LimoCha.Actors.Cluster;

/// <summary>Rows as they come from a network.</summary>
public sealed class RowsTests
{
    /// <summary>More than the answers before the row, less than the row.</summary>
    private const int BreaksAfter = 60_000;

    [Fact]
    public async Task A_connection_that_breaks_in_the_middle_of_a_row_is_a_database_that_is_away()
    {
        var given = new NpgsqlConnectionStringBuilder(await (await Postgres.SharedAsync()).CreateDatabaseAsync());
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var relaying = RelayAsync(listener, given.Host!, given.Port);
        (given.Host, given.Port, given.Pooling) = ("127.0.0.1", ((IPEndPoint)listener.LocalEndpoint).Port, false);
        await using var database = new Database(Options.Create(new StorageOptions { Provider = DatabaseKind.PostgreSql, ConnectionString = given.ConnectionString }));
        await using var connection = await database.OpenAsync();
        (await connection.QueryAsync<Row>("SELECT 1 AS number, '公海' AS text")).Should().Equal(new Row(1, "公海"));

        var query = () => connection.QueryAsync<Row>("SELECT 1 AS number, repeat('访', 200000) AS text");

        (await query.Should().ThrowAsync<Exception>()).Which.Should().Match<Exception>(error => StorageErrors.IsAway(error));
        await relaying;
    }

    [Theory]
    [InlineData("CREATE TABLE t (x)", true)]
    [InlineData("SELECT 1", false)]
    [InlineData("DROP TABLE not_there", true)]
    [InlineData("SELECT x FROM not_there", false)]
    public async Task Who_asked_goes_on_in_the_thread_pool_and_not_at_the_thread_that_watches_the_sockets(string sql, bool writes)
    {
        await using var connection = new SqliteConnection("Data Source=:memory:");
        await connection.OpenAsync();
        var goesOn = new TaskCompletionSource<bool>();
        // Like that thread, this is none of the pool's, and the answer comes at it.
        new Thread(Ask).Start();

        (await goesOn.Task).Should().BeTrue();

        void Ask()
        {
            // What the pool has answered before this thread looks tells nothing; what was answered here would have been each time.
            for (var time = 0; time < 100; time++)
            {
                Task answer = writes ? connection.ExecuteAsync(sql) : connection.QueryAsync<int>(sql);
                if (!answer.IsCompleted)
                {
                    answer.GetAwaiter().OnCompleted(() => goesOn.SetResult(Thread.CurrentThread.IsThreadPoolThread));
                    return;
                }
            }

            goesOn.SetResult(false);
        }
    }

    private static async Task RelayAsync(TcpListener listener, string host, int port)
    {
        using var client = await listener.AcceptTcpClientAsync();
        using var server = new TcpClient();
        await server.ConnectAsync(host, port);
        var asked = client.GetStream().CopyToAsync(server.GetStream());
        var buffer = new byte[4096];
        for (var (sent, read) = (0, 1); sent < BreaksAfter && read > 0; sent += read)
        {
            read = await server.GetStream().ReadAsync(buffer);
            await client.GetStream().WriteAsync(buffer.AsMemory(0, read));
        }

        client.Close();
        await asked.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private sealed record Row(int Number, string Text);
}
