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

/// <summary>An actor that reads its state when it comes up; the contender's name is its state's storage.</summary>
[Alias("IBenchGrain")]
public interface IBenchGrain : IGrainWithGuidKey
{
    [Alias("RoundAsync")]
    Task<int> RoundAsync();
}

/// <summary>Over the product's storage provider.</summary>
[Alias("IGroupCommitGrain")]
public interface IGroupCommitGrain : IBenchGrain;

/// <summary>Over Microsoft.Orleans.Persistence.AdoNet.</summary>
[Alias("IAdoNetGrain")]
public interface IAdoNetGrain : IBenchGrain;

/// <summary>Reads nothing: what an actor's coming up costs whatever the storage.</summary>
[Alias("IStatelessGrain")]
public interface IStatelessGrain : IBenchGrain;

public sealed class StatelessGrain : Grain, IStatelessGrain
{
    public Task<int> RoundAsync() => Task.FromResult(1);
}

public sealed class GroupCommitGrain([PersistentState("bench", "Default")] IPersistentState<BenchState> state) : Grain, IGroupCommitGrain
{
    public Task<int> RoundAsync() => Task.FromResult(state.State.Round);
}

public sealed class AdoNetGrain([PersistentState("bench", "AdoNet")] IPersistentState<BenchState> state) : Grain, IAdoNetGrain
{
    public Task<int> RoundAsync() => Task.FromResult(state.State.Round);
}
