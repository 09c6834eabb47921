using Dapper;
using LimoCha.Actors.Storage;
using LimoCha.Actors.Testing;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace LimoCha.Actors.Cluster;

/// <summary>Rows of states that are read at once, and when they are not; and the connections that read.</summary>
public sealed class SqliteReadsTests
{
    [Fact]
    public async Task A_row_is_read_at_once_as_it_was_committed_last()
    {
        await using var host = await TestHost.StartAsync(DatabaseKind.Sqlite);
        using var store = Store(host, new Clock());
        var key = Key();
        TryRead(store, key, out var none).Should().BeTrue();
        none.Should().BeNull();

        await WriteAsync(store, key, null, 1);
        TryRead(store, key, out var first).Should().BeTrue();
        await WriteAsync(store, key, 1, 2);
        TryRead(store, key, out var second).Should().BeTrue();
        (first!.Value.Version, first.Value.Payload![0], second!.Value.Version, second.Value.Payload![0]).Should().Be((1, 1, 2, 2));

        await WriteAsync(store, key, 2, null);
        TryRead(store, key, out var cleared).Should().BeTrue();
        cleared.Should().Be(((byte[]?)null, 3));
    }

    [Fact]
    public async Task After_some_rows_that_came_from_the_disk_rows_are_read_in_turns_for_ten_milliseconds()
    {
        await using var host = await TestHost.StartAsync(DatabaseKind.Sqlite);
        var clock = new Clock();
        using var store = Store(host, clock);
        var key = Key();
        await WriteAsync(store, key, null, 1);

        clock.Step = TimeSpan.FromMilliseconds(1);
        var slow = 0;
        while (slow <= 2 * store.Readers + 1 && TryRead(store, key, out _))
        {
            slow++;
        }

        slow.Should().BeGreaterThanOrEqualTo(3, "one or two may be a thread that lost its processor").And.BeLessThanOrEqualTo(2 * store.Readers + 1, "each reader takes two for that");
        clock.Step = TimeSpan.Zero;
        TryRead(store, key, out _).Should().BeFalse();
        (await store.ReadAsync([new PendingRead(key)])).Should().ContainSingle().Which!.Value.Version.Should().Be(1);

        clock.Advance(TimeSpan.FromMilliseconds(8));
        TryRead(store, key, out _).Should().BeFalse();
        clock.Advance(TimeSpan.FromMilliseconds(1));
        TryRead(store, key, out _).Should().BeTrue();
        TryRead(store, key, out _).Should().BeTrue("that one was quick");
    }

    [Fact]
    public async Task Who_reads_for_long_holds_up_nobody_else()
    {
        await using var host = await TestHost.StartAsync(DatabaseKind.Sqlite);
        var clock = new Clock();
        using var store = Store(host, clock);
        using var reads = new SemaphoreSlim(0);
        using var mayEnd = new SemaphoreSlim(0);
        var key = Key();
        await WriteAsync(store, key, null, 1);

        List<Task<bool>> longest = [];
        try
        {
            for (var reader = 0; reader < store.Readers; reader++)
            {
                TryRead(store, key, out _).Should().BeTrue("{0} of {1} are taken", reader, store.Readers);
                // Asked when it begins and when it has read.
                clock.Asked = () => clock.Asked = () =>
                {
                    clock.Asked = null;
                    reads.Release();
                    mayEnd.Wait();
                };
                longest.Add(Task.Run(() => TryRead(store, key, out _)));
                await reads.WaitAsync();
            }

            TryRead(store, key, out _).Should().BeFalse();
            (await store.ReadAsync([new PendingRead(key)])).Should().ContainSingle().Which!.Value.Version.Should().Be(1);
        }
        finally
        {
            mayEnd.Release(store.Readers);
        }

        (await Task.WhenAll(longest)).Should().AllBeEquivalentTo(true);
        TryRead(store, key, out _).Should().BeTrue();
    }

    [Fact]
    public async Task A_row_that_could_not_be_read_at_once_is_told_in_its_turn_and_can_be_read_again()
    {
        await using var host = await TestHost.StartAsync(DatabaseKind.Sqlite);
        using var store = Store(host, new Clock());
        var key = Key();
        await WriteAsync(store, key, null, 1);
        TryRead(store, key, out _).Should().BeTrue();

        await RenameAsync(host, "OrleansStorage", "Elsewhere");
        TryRead(store, key, out _).Should().BeFalse();
        await store.Invoking(s => s.ReadAsync([new PendingRead(key)])).Should().ThrowAsync<SqliteException>();

        await RenameAsync(host, "Elsewhere", "OrleansStorage");
        TryRead(store, key, out var row).Should().BeTrue();
        (await store.ReadAsync([new PendingRead(key)])).Should().ContainSingle().Which!.Value.Version.Should().Be(row!.Value.Version);
    }

    [Fact]
    public async Task A_connection_has_its_settings_whoever_had_it_before()
    {
        await using var host = await TestHost.StartAsync(DatabaseKind.Sqlite);
        for (var time = 0; time < 3; time++)
        {
            await using var first = await Database(host).OpenAsync();
            await using var second = await Database(host).OpenAsync();
            foreach (var connection in new[] { first, second })
            {
                (await connection.ExecuteScalarAsync<string>("PRAGMA journal_mode"), await connection.ExecuteScalarAsync<int>("PRAGMA secure_delete"),
                    await connection.ExecuteScalarAsync<int>("PRAGMA synchronous"), await connection.ExecuteScalarAsync<long>("PRAGMA mmap_size")).Should().Be(("wal", 1, 1, 1L << 30));
            }
        }
    }

    [Fact]
    public async Task A_database_that_is_closed_opens_no_connection()
    {
        await using var host = await TestHost.StartAsync(DatabaseKind.Sqlite);
        var database = new Database(host.Services.GetRequiredService<IOptions<StorageOptions>>());
        await using (await database.OpenAsync())
        {
        }

        await database.DisposeAsync();

        database.Invoking(closed => closed.Open()).Should().Throw<ObjectDisposedException>();
        await database.Invoking(closed => closed.OpenAsync()).Should().ThrowAsync<ObjectDisposedException>();
    }

    private static bool TryRead(SqliteStateStore store, GrainRowKey key, out (byte[]? Payload, int Version)? row)
    {
        var rows = new List<(byte[]? Payload, int Version)?>(1);
        var read = store.TryRead(key, rows, static (payload, version, taken) => taken.Add(version == 0 ? null : (payload.IsEmpty ? null : payload.ToArray(), version)));
        rows.Should().HaveCount(read ? 1 : 0);
        row = read ? rows[0] : null;
        return read;
    }

    private static SqliteStateStore Store(TestHost host, TimeProvider clock) => new(Database(host), host.Services.GetRequiredService<IOptions<ClusterOptions>>(), clock);

    private static Database Database(TestHost host) => host.Services.GetRequiredService<Database>();

    private static GrainRowKey Key() => GrainRowKey.Of("doc", GrainId.Create(GrainType.Create("doc"), GrainIdKeyExtensions.CreateGuidKey(Guid.CreateVersion7())));

    private static async Task WriteAsync(SqliteStateStore store, GrainRowKey key, int? version, byte? content) =>
        (await store.WriteAsync([new PendingWrite(key, version, content is { } one ? [one] : null)])).Should().Equal((version ?? 0) + 1);

    private static Task<int> RenameAsync(TestHost host, string from, string to) => Database(host).WriteAsync(connection => connection.ExecuteAsync($"ALTER TABLE {from} RENAME TO {to}"));

    /// <summary>A clock that stands still, or goes on whenever it is looked at.</summary>
    private sealed class Clock : TimeProvider
    {
        private long now;

        public TimeSpan Step { get; set; }

        /// <summary>What happens before the time is told.</summary>
        public Action? Asked { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public void Advance(TimeSpan by) => now += by.Ticks;

        public override long GetTimestamp()
        {
            Asked?.Invoke();
            return now += Step.Ticks;
        }
    }
}
