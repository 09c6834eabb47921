using LimoCha.Actors.Storage;
using Microsoft.Data.Sqlite;

namespace LimoCha.Actors.Cluster;

/// <summary>When SQLite's writer waits for the disk, and for whom.</summary>
public sealed class SqliteWriterTests : IAsyncDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("limocha-writer-").FullName;
    private readonly SemaphoreSlim begun = new(0);
    private readonly ManualResetEventSlim goOn = new();
    private readonly SqliteWriter writer;
    private Action disk = () => { };
    private int syncs;

    public SqliteWriterTests() => writer = new($"Data Source={folder}/limocha.db", _ =>
    {
        syncs++;
        disk();
    });

    public async ValueTask DisposeAsync()
    {
        disk = () => { };
        goOn.Set();
        await writer.DisposeAsync();
        SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task While_one_waits_for_the_disk_others_write_and_the_next_wait_is_for_all_of_them()
    {
        await CreateAsync();
        disk = () =>
        {
            begun.Release();
            goOn.Wait();
        };
        var first = Task.Run(() => InsertAsync(1, durable: true));
        await begun.WaitAsync();
        (await InsertAsync(2, durable: false)).Should().Be(1);
        Task[] later = [Task.Run(() => InsertAsync(3, durable: true)), Task.Run(() => InsertAsync(4, durable: true))];
        await Eventually.TrueAsync(async () => await CountAsync("limocha.db") == 4, "what is committed is seen");
        await InsertAsync(5, durable: false); // Its turn comes when theirs are over.
        first.IsCompleted.Should().BeFalse();
        later.Should().NotContain(task => task.IsCompleted);

        goOn.Set();
        await Task.WhenAll([first, .. later]);
        syncs.Should().Be(3, "the table had one, the first row one, and those after it one together");
    }

    [Fact]
    public async Task What_cannot_be_brought_to_the_disk_is_not_acknowledged_and_nothing_goes_on_before_the_log_is_in_the_file()
    {
        await CreateAsync();
        disk = () => throw new IOException("x");
        (await FluentActions.Awaiting(() => InsertAsync(1, durable: true)).Should().ThrowAsync<SqliteException>()).Which.SqliteErrorCode.Should().Be(10);

        disk = () => { };
        await InsertAsync(2, durable: true);
        File.Copy($"{folder}/limocha.db", $"{folder}/without-log.db");
        (await CountAsync("limocha.db")).Should().Be(2);
        (await CountAsync("without-log.db")).Should().Be(1, "the log began anew after the first row");
    }

    [Fact]
    public async Task Who_waits_for_their_turn_when_it_is_closed_gets_it_and_who_comes_later_is_told()
    {
        await CreateAsync();
        var held = new TaskCompletionSource();
        var first = writer.RunAsync(async _ =>
        {
            await held.Task;
            return 0;
        });
        var waits = InsertAsync(1, durable: true);
        var closing = writer.DisposeAsync().AsTask();
        var late = InsertAsync(2, durable: true);

        held.SetResult();
        await Task.WhenAll(first, waits, closing).WaitAsync(TimeSpan.FromSeconds(30));
        await FluentActions.Awaiting(() => late.WaitAsync(TimeSpan.FromSeconds(30))).Should().ThrowAsync<ObjectDisposedException>();
        (await CountAsync("limocha.db")).Should().Be(1);
    }

    [Fact]
    public async Task A_long_log_goes_into_the_file_while_others_may_write()
    {
        await CreateAsync();
        for (var megabyte = 0; megabyte < 40; megabyte++)
        {
            await writer.CommitAsync(durable: false, open =>
            {
                var insert = open.Prepared("INSERT INTO row VALUES (randomblob(1048576))");
                return insert.Run();
            });
        }

        await Eventually.TrueAsync(() => Task.FromResult(new FileInfo($"{folder}/limocha.db").Length > 32 * 1048576), "a checkpoint was made");
        (await CountAsync("limocha.db")).Should().Be(40);
    }

    [Fact]
    public async Task A_log_is_empty_when_it_was_said_to_be_and_whoever_reads_it_keeps_it_from_that()
    {
        await CreateAsync();
        await InsertAsync(1, durable: true);
        await using (var reader = new SqliteConnection($"Data Source={folder}/limocha.db;Pooling=False"))
        {
            await reader.OpenAsync();
            await using var snapshot = reader.BeginTransaction(deferred: true);
            await using var look = new SqliteCommand("SELECT count(*) FROM row", reader, snapshot);
            (await look.ExecuteScalarAsync()).Should().Be(1L);
            await InsertAsync(2, durable: true);
            (await FluentActions.Awaiting(() => writer.EmptyLogAsync()).Should().ThrowAsync<SqliteException>()).Which.SqliteErrorCode.Should().Be(5);
        }

        await writer.EmptyLogAsync();
        new FileInfo($"{folder}/limocha.db-wal").Length.Should().Be(0);
        await InsertAsync(3, durable: true);
        (await CountAsync("limocha.db")).Should().Be(3);
    }

    private async Task CreateAsync()
    {
        await writer.RunAsync(async connection =>
        {
            await using var command = connection.CreateCommand();
            command.CommandText = "CREATE TABLE row (id INTEGER)";
            return await command.ExecuteNonQueryAsync();
        });
        syncs.Should().Be(1);
    }

    private Task<int> InsertAsync(int id, bool durable) => writer.CommitAsync(durable, open =>
    {
        var insert = open.Prepared("INSERT INTO row VALUES (?1)");
        insert.Set(1, id);
        return insert.Run();
    });

    private async Task<long> CountAsync(string file)
    {
        await using var connection = new SqliteConnection($"Data Source={folder}/{file};Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM row";
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
