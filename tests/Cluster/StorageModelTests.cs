using CsCheck;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Storage;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;

namespace LimoCha.Actors.Cluster;

/// <summary>The group-commit provider beside a dictionary, one caller after the other and all at once, with answers that get lost.</summary>
public sealed class StorageModelTests
{
    public static TheoryData<DatabaseKind> Kinds => [DatabaseKind.Sqlite, DatabaseKind.PostgreSql];

    public sealed record Counter : StateRecord
    {
        public int Value { get; init; }
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Provider_and_dictionary_agree_on_every_sequence_of_reads_writes_and_clears(DatabaseKind kind)
    {
        await using var host = await TestHost.StartAsync(kind);
        var storage = Storage(host);
        // 0 write with the right ETag, 1 write with an old one, 2 write as if there were nothing, 3 read, 4 clear.
        var operation = Gen.Select(Gen.Frequency((5, Gen.Const(0)), (1, Gen.Int[1, 2]), (3, Gen.Const(3)), (1, Gen.Const(4))), Gen.Int[0, 3], Gen.Int[1, 999]);
        await operation.Array[1, 25].SampleAsync(async operations =>
        {
            var keys = Enumerable.Range(0, 4).Select(_ => GrainId.Create(GrainType.Create("counter"), GrainIdKeyExtensions.CreateGuidKey(Guid.CreateVersion7()))).ToArray();
            var model = new (int? Value, int Version)[4];
            foreach (var (what, k, value) in operations)
            {
                var (known, etag) = (model[k], model[k].Version == 0 ? null : $"{model[k].Version}");
                var state = new GrainState<Counter>(new Counter { Value = value }) { ETag = what switch { 1 => $"{known.Version + 3}", 2 => null, _ => etag } };
                var conflicts = what == 1 || what == 2 && known.Version > 0;
                switch (what)
                {
                    case 3:
                        await storage.ReadStateAsync("counter", keys[k], state);
                        (state.RecordExists ? state.State!.Value : (int?)null, state.ETag).Should().Be((known.Value, etag));
                        break;
                    case 4:
                        await storage.ClearStateAsync("counter", keys[k], state);
                        model[k] = known.Version == 0 ? known : (null, known.Version + 1);
                        break;
                    default:
                        var write = () => storage.WriteStateAsync("counter", keys[k], state);
                        if (conflicts)
                        {
                            await write.Should().ThrowAsync<InconsistentStateException>();
                        }
                        else
                        {
                            await write();
                            model[k] = (value, known.Version + 1);
                            state.ETag.Should().Be($"{known.Version + 1}");
                        }

                        break;
                }
            }
        }, iter: kind == DatabaseKind.Sqlite ? 60 : 40, threads: 2);
    }

    /// <summary>Many read, add one and write back, at once and on the same few rows. What was acknowledged is there, once; what was refused is not.</summary>
    [Theory, MemberData(nameof(Kinds))]
    public async Task Concurrent_increments_are_neither_lost_nor_doubled(DatabaseKind kind)
    {
        await using var host = await TestHost.StartAsync(kind);
        var storage = Storage(host);
        var keys = Enumerable.Range(0, 5).Select(_ => GrainId.Create(GrainType.Create("counter"), GrainIdKeyExtensions.CreateGuidKey(Guid.CreateVersion7()))).ToArray();
        var acknowledged = new int[keys.Length];
        await Task.WhenAll(Enumerable.Range(0, 24).Select(async caller =>
        {
            var random = new Random(caller);
            for (var i = 0; i < 40; i++)
            {
                var k = random.Next(keys.Length);
                var state = new GrainState<Counter>();
                await storage.ReadStateAsync("counter", keys[k], state);
                state.State = state.State! with { Value = state.State.Value + 1 };
                try
                {
                    await storage.WriteStateAsync("counter", keys[k], state);
                    Interlocked.Increment(ref acknowledged[k]);
                }
                catch (InconsistentStateException)
                {
                    // Somebody was faster; nothing of this one is there.
                }
            }
        }));
        acknowledged.Sum().Should().BeGreaterThan(100, "most got through");
        for (var k = 0; k < keys.Length; k++)
        {
            var state = new GrainState<Counter>();
            await storage.ReadStateAsync("counter", keys[k], state);
            (state.State!.Value, state.ETag).Should().Be((acknowledged[k], $"{acknowledged[k]}"));
        }
    }

    [Fact]
    public async Task An_increment_whose_answer_was_lost_is_there_or_not_but_never_twice()
    {
        var lossy = new LossyStore();
        await using var host = await TestHost.StartAsync(services: services => lossy.Wrap(services));
        var storage = Storage(host);
        var key = GrainId.Create(GrainType.Create("counter"), GrainIdKeyExtensions.CreateGuidKey(Guid.CreateVersion7()));
        var (acknowledged, unknown) = (0, 0);
        for (var i = 0; i < 60; i++)
        {
            var state = new GrainState<Counter>();
            await storage.ReadStateAsync("counter", key, state);
            state.State!.Value.Should().BeInRange(acknowledged, acknowledged + unknown);
            (acknowledged, unknown) = (state.State.Value, 0);
            state.State = state.State with { Value = state.State.Value + 1 };
            lossy.LoseNextAnswer = i % 3 == 0;
            try
            {
                await storage.WriteStateAsync("counter", key, state);
                acknowledged++;
            }
            catch (StorageUnavailableException)
            {
                unknown = 1;
            }
        }
    }

    private static IGrainStorage Storage(TestHost host) => host.Services.GetRequiredKeyedService<IGrainStorage>(Orleans.Providers.ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME);
}
