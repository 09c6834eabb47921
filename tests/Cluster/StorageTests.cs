using System.Diagnostics;
using Dapper;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Storage;
using LimoCha.Actors.Testing;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;

namespace LimoCha.Actors.Cluster;

/// <summary>The group-commit provider beside Microsoft.Orleans.Persistence.AdoNet, on the same table, and in trouble.</summary>
public sealed class StorageTests
{
    public sealed record Doc : StateRecord
    {
        public string Text { get; init; } = "";
        public int Number { get; init; } = 7;
    }

    public static TheoryData<DatabaseKind> Kinds => [DatabaseKind.Sqlite, DatabaseKind.PostgreSql];

    private static readonly GrainId[] Keys =
    [
        GrainId.Create(GrainType.Create("doc"), GrainIdKeyExtensions.CreateGuidKey(Guid.CreateVersion7())),
        GrainId.Create(GrainType.Create("doc"), GrainIdKeyExtensions.CreateGuidKey(Guid.CreateVersion7(), "with extension")),
        GrainId.Create(GrainType.Create("doc"), GrainIdKeyExtensions.CreateIntegerKey(42)),
        GrainId.Create("doc", "name-键"),
    ];

    [Theory, MemberData(nameof(Kinds))]
    public async Task Each_provider_reads_and_changes_what_the_other_wrote(DatabaseKind kind)
    {
        await using var host = await TestHost.StartAsync(kind);
        var (ours, theirs) = (Ours(host), Theirs(host));
        foreach (var key in Keys)
        {
            foreach (var (writer, reader) in new[] { (ours, theirs), (theirs, ours) })
            {
                var state = ReferenceEquals(writer, ours) ? "ours" : "theirs";
                var written = new GrainState<Doc>(new Doc { Text = "一" });
                await writer.WriteStateAsync(state, key, written);
                var read = new GrainState<Doc>();
                await reader.ReadStateAsync(state, key, read);
                (read.State!.Text, read.ETag, read.RecordExists).Should().Be(("一", "1", true));

                read.State = read.State with { Text = "二" };
                await reader.WriteStateAsync(state, key, read);
                await writer.ReadStateAsync(state, key, written);
                (written.State!.Text, written.ETag).Should().Be(("二", "2"));

                await writer.ClearStateAsync(state, key, written);
                await reader.ReadStateAsync(state, key, read);
                (read.RecordExists, read.ETag).Should().Be((false, "3"));
                await reader.WriteStateAsync(state, key, read);
                read.ETag.Should().Be("4");
            }
        }
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Both_providers_refuse_a_stale_version_and_a_second_first_insert(DatabaseKind kind)
    {
        await using var host = await TestHost.StartAsync(kind);
        foreach (var storage in new[] { Ours(host), Theirs(host) })
        {
            var key = Key();
            await storage.WriteStateAsync("doc", key, new GrainState<Doc>(new Doc()));
            await storage.Invoking(s => s.WriteStateAsync("doc", key, new GrainState<Doc>(new Doc()))).Should().ThrowAsync<InconsistentStateException>();
            await storage.Invoking(s => s.WriteStateAsync("doc", key, new GrainState<Doc>(new Doc(), "9"))).Should().ThrowAsync<InconsistentStateException>();
        }
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task In_a_batch_a_conflict_fails_only_its_own_caller(DatabaseKind kind)
    {
        await using var host = await TestHost.StartAsync(kind);
        var storage = Ours(host);
        var taken = Key();
        await storage.WriteStateAsync("doc", taken, new GrainState<Doc>(new Doc()));

        var others = Enumerable.Range(0, 200).Select(_ => new GrainState<Doc>(new Doc { Text = "x" })).ToArray();
        var conflict = storage.WriteStateAsync("doc", taken, new GrainState<Doc>(new Doc(), "5"));
        await Task.WhenAll(others.Select(state => storage.WriteStateAsync("doc", Key(), state)));

        await conflict.Invoking(task => task).Should().ThrowAsync<InconsistentStateException>();
        others.Should().OnlyContain(state => state.ETag == "1");
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task In_a_batch_a_row_the_database_rejects_fails_only_its_own_caller(DatabaseKind kind)
    {
        await using var host = await TestHost.StartAsync(kind);
        await using (var connection = await host.Database.OpenAsync())
        {
            await connection.ExecuteAsync(kind == DatabaseKind.Sqlite
                ? "CREATE TRIGGER poison BEFORE INSERT ON OrleansStorage WHEN NEW.GrainTypeString = 'poison' BEGIN SELECT RAISE(ABORT, 'no'); END"
                : "ALTER TABLE OrleansStorage ADD CONSTRAINT poison CHECK (GrainTypeString <> 'poison')");
        }

        var storage = Ours(host);
        var writes = Enumerable.Range(0, 200).Select(i => (Poison: i == 100, Key: Key())).ToArray();
        var outcomes = await Task.WhenAll(writes.Select(async write =>
        {
            try
            {
                await storage.WriteStateAsync(write.Poison ? "poison" : "doc", write.Key, new GrainState<Doc>(new Doc()));
                return "stored";
            }
            catch (StorageUnavailableException)
            {
                return "refused";
            }
        }));
        outcomes.Should().Equal(writes.Select(write => write.Poison ? "refused" : "stored"));
        foreach (var write in writes.Where(write => !write.Poison))
        {
            var read = new GrainState<Doc>();
            await storage.ReadStateAsync("doc", write.Key, read);
            read.RecordExists.Should().BeTrue();
        }
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_state_that_is_too_large_is_refused_before_anything_is_written(DatabaseKind kind)
    {
        await using var host = await TestHost.StartAsync(kind, settings: ("Storage:MaxStateBytes", "2048"));
        var (storage, key) = (Ours(host), Key());
        await storage.Invoking(s => s.WriteStateAsync("doc", key, new GrainState<Doc>(new Doc { Text = new('x', 4000) }))).Should().ThrowAsync<StateTooLargeException>();
        var read = new GrainState<Doc>();
        await storage.ReadStateAsync("doc", key, read);
        read.RecordExists.Should().BeFalse();
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Unknown_fields_survive_and_missing_ones_take_their_defaults(DatabaseKind kind)
    {
        await using var host = await TestHost.StartAsync(kind);
        var (storage, key) = (Ours(host), Key());
        await storage.WriteStateAsync("doc", key, new GrainState<Newer>(new Newer { Text = "kept", Added = new() { ["deep"] = [1, 2] } }));
        var old = new GrainState<Doc>();
        await storage.ReadStateAsync("doc", key, old);
        (old.State!.Text, old.State.Number).Should().Be(("kept", 7));
        old.State = old.State with { Text = "changed" };
        await storage.WriteStateAsync("doc", key, old);

        var back = new GrainState<Newer>();
        await storage.ReadStateAsync("doc", key, back);
        back.State!.Text.Should().Be("changed");
        back.State.Added["deep"].Should().Equal(1, 2);
    }

    public sealed record Newer : StateRecord
    {
        public string Text { get; init; } = "";
        public Dictionary<string, int[]> Added { get; init; } = [];
    }

    /// <summary>The server is gone for half a minute: every write in that time fails by itself and clearly, and what was acknowledged is there afterwards.</summary>
    [Fact]
    public async Task A_database_that_is_down_for_30_seconds_loses_nothing_acknowledged()
    {
        await using var postgres = await Postgres.StartNewAsync();
        await using var host = await TestHost.StartAsync(DatabaseKind.PostgreSql, connectionString: await postgres.CreateDatabaseAsync());
        var storage = Ours(host);
        var acknowledged = new List<GrainId>();
        async Task<bool> TryAsync()
        {
            var key = Key();
            try
            {
                await storage.WriteStateAsync("doc", key, new GrainState<Doc>(new Doc()));
                acknowledged.Add(key);
                return true;
            }
            catch (StorageUnavailableException)
            {
                return false;
            }
        }

        (await TryAsync()).Should().BeTrue();
        postgres.Stop();
        var down = Stopwatch.StartNew();
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(250));
        while (down.Elapsed < TimeSpan.FromSeconds(30))
        {
            (await TryAsync()).Should().BeFalse("the server is down");
            await pace.WaitForNextTickAsync();
        }

        await postgres.StartAsync();
        await Eventually.TrueAsync(TryAsync, "the server is back");
        foreach (var key in acknowledged)
        {
            var read = new GrainState<Doc>();
            await storage.ReadStateAsync("doc", key, read);
            read.RecordExists.Should().BeTrue();
        }
    }

    /// <summary>A real full disk: a file system of 3 MiB. Needs root to mount it, as the test machine gives.</summary>
    [Fact]
    public async Task A_full_disk_fails_writes_clearly_and_keeps_what_was_acknowledged()
    {
        var folder = Directory.CreateTempSubdirectory("limocha-full-").FullName;
        await RunAsync("mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", folder);
        try
        {
            await using var host = await TestHost.StartAsync(connectionString: $"Data Source={folder}/limocha.db");
            var storage = Ours(host);
            var stored = new List<GrainId>();
            Exception? full = null;
            for (var i = 0; i < 1000 && full is null; i++)
            {
                var key = Key();
                try
                {
                    await storage.WriteStateAsync("doc", key, new GrainState<Doc>(new Doc { Text = new('x', 20_000) }));
                    stored.Add(key);
                }
                catch (StorageUnavailableException error)
                {
                    full = error;
                }
            }

            full!.Message.Should().Contain("disk is full");
            stored.Should().NotBeEmpty();
            foreach (var key in stored)
            {
                var read = new GrainState<Doc>();
                await storage.ReadStateAsync("doc", key, read);
                read.State!.Text.Should().HaveLength(20_000);
            }
        }
        finally
        {
            await RunAsync("umount", "-l", folder);
            Directory.Delete(folder);
        }
    }

    private static async Task RunAsync(string command, params string[] arguments)
    {
        using var process = Process.Start(command, arguments);
        await process.WaitForExitAsync();
        process.ExitCode.Should().Be(0, "{0} should work", command);
    }

    private static GrainId Key() => GrainId.Create(GrainType.Create("doc"), GrainIdKeyExtensions.CreateGuidKey(Guid.CreateVersion7()));

    private static IGrainStorage Ours(TestHost host) => host.Services.GetRequiredService<GroupCommitStorage>();

    private static IGrainStorage Theirs(TestHost host) => host.Services.GetRequiredKeyedService<IGrainStorage>("AdoNet");
}
