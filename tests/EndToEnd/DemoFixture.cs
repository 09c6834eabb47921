namespace LimoCha.Actors.EndToEnd;

/// <summary>One running demo for tests that do not stop it.</summary>
public sealed class DemoFixture : IAsyncLifetime
{
    public Product Product { get; private set; } = default!;

    public async Task InitializeAsync() => Product = await Product.StartDemoAsync(("RateLimits:PerUserPerSecond", "1000"), ("RateLimits:PerUserBurst", "2000"));

    public async Task DisposeAsync() => await Product.DisposeAsync();
}

[CollectionDefinition("demo")]
public sealed class DemoGroup : ICollectionFixture<DemoFixture>;
