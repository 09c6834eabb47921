using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;

namespace LimoCha.Bench;

/// <summary>A state of the size that a task's has: about 700 bytes of JSON.</summary>
public sealed record BenchState
{
    public string Title { get; init; } = "";
    public string Description { get; init; } = "";
    public Guid Assignee { get; init; }
    public Guid Customer { get; init; }
    public DateTimeOffset At { get; init; }
    public int Round { get; init; }
    public string[] Tags { get; init; } = [];
}

/// <summary>An actor that reads its state when it comes up.</summary>
[Alias("IBenchGrain")]
public interface IBenchGrain : IGrainWithGuidKey
{
    [Alias("RoundAsync")]
    Task<int> RoundAsync();
}

/// <summary>Over the product's storage provider, read as the product's actors read (<c>DurableGrain</c>).</summary>
[Alias("IGroupCommitGrain")]
public interface IGroupCommitGrain : IBenchGrain;

/// <summary>Over Microsoft.Orleans.Persistence.AdoNet, as its users read: a persistent state.</summary>
[Alias("IAdoNetGrain")]
public interface IAdoNetGrain : IBenchGrain;

/// <summary>Over Microsoft.Orleans.Persistence.AdoNet, read as the product's actors read: what the provider alone makes of the difference.</summary>
[Alias("IPlainAdoNetGrain")]
public interface IPlainAdoNetGrain : IBenchGrain;

/// <summary>Reads nothing: what an actor's coming up costs whatever the storage.</summary>
[Alias("IStatelessGrain")]
public interface IStatelessGrain : IBenchGrain;

public sealed class StatelessGrain : Grain, IStatelessGrain
{
    public Task<int> RoundAsync() => Task.FromResult(1);
}

public abstract class PlainGrain(IGrainStorage storage) : Grain, IBenchGrain
{
    private readonly GrainState<BenchState> state = new();

    public override Task OnActivateAsync(CancellationToken cancellationToken) => storage.ReadStateAsync("bench", this.GetGrainId(), state);

    public Task<int> RoundAsync() => Task.FromResult(state.State!.Round);
}

public sealed class GroupCommitGrain([FromKeyedServices("Default")] IGrainStorage storage) : PlainGrain(storage), IGroupCommitGrain;

public sealed class PlainAdoNetGrain([FromKeyedServices("AdoNet")] IGrainStorage storage) : PlainGrain(storage), IPlainAdoNetGrain;

public sealed class AdoNetGrain([PersistentState("bench", "AdoNet")] IPersistentState<BenchState> state) : Grain, IAdoNetGrain
{
    public Task<int> RoundAsync() => Task.FromResult(state.State.Round);
}
