using LimoCha.Actors.Kernel;
using LimoCha.Actors.Notices;

namespace LimoCha.Actors.Consent;

/// <summary>A policy version in the read model, with its texts.</summary>
[Privacy.NotPersonal]
public sealed record PolicyRow : IProjectedRow
{
    public Guid Id { get; init; }
    public int Version { get; init; }
    public int Number { get; init; }
    public string TextZh { get; init; } = "";
    public string TextEn { get; init; } = "";
}

/// <summary>How far the catalogue is in the read model.</summary>
public sealed record CatalogRow : IProjectedRow
{
    public Guid Id { get; init; }
    public int Version { get; init; }
}

/// <summary>The catalogue: its facts, rows, and the announcement of a new policy.</summary>
public sealed class CatalogKind : EntityKind<CatalogState, CatalogEvent>
{
    /// <summary>The only one.</summary>
    public static readonly CatalogKind Instance = new();

    /// <summary>The key of the one catalogue of a deployment.</summary>
    public static readonly Guid Key = new("019380a0-0000-7000-8000-000000000001");

    private CatalogKind() { }

    /// <inheritdoc />
    public override string Name => "catalog";

    /// <inheritdoc />
    public override CatalogState Apply(CatalogState state, CatalogEvent fact, DateTimeOffset at) => CatalogRules.Apply(state, fact);

    /// <inheritdoc />
    public override IReadOnlyList<IProjectedRow> Rows(Guid id, CatalogState state, int version, IReadOnlyList<Committed<CatalogEvent>> facts) =>
    [
        new CatalogRow { Id = id, Version = version },
        .. facts.Select(fact => fact.Event).OfType<PolicyPublished>().Select(published => new PolicyRow
        {
            Id = Ids.Derived(published.Policy.PublishedAt, id, $"policy/{published.Policy.Version}"), Version = 1, Number = published.Policy.Version,
            TextZh = published.Policy.TextZh!, TextEn = published.Policy.TextEn!,
        }),
    ];

    /// <summary>A material change is announced to everybody; nobody can switch such an announcement off (B7, A2).</summary>
    public override async Task TellAsync(Others others, Guid id, CatalogState state, int version, IReadOnlyList<Committed<CatalogEvent>> facts)
    {
        ArgumentNullException.ThrowIfNull(others);
        ArgumentNullException.ThrowIfNull(facts);
        foreach (var fact in facts.Where(fact => fact.Event is PolicyPublished))
        {
            var policy = ((PolicyPublished)fact.Event).Policy;
            var notice = Ids.Derived(fact.At, id, $"policy-notice/{policy.Version}");
            await others.Grains.Grain<INoticeGrain>(notice).PublishAsync(
                new()
                {
                    Title = $"隐私政策第 {policy.Version} 版 / Privacy policy, version {policy.Version}", Body = $"{policy.ChangeZh}\n\n{policy.ChangeEn}",
                    Category = "policy", Mandatory = true, Audience = new() { Kind = AudienceKind.Everyone },
                },
                new(Actor.System, notice));
        }
    }
}

/// <inheritdoc cref="IPrivacyCatalogGrain" />
[GrainType("catalog")]
public sealed class PrivacyCatalogGrain(IServiceProvider services) : DurableGrain<CatalogState, CatalogEvent>(CatalogKind.Instance, services), IPrivacyCatalogGrain
{
    public Task<PrivacyCatalog> GetAsync(CancellationToken cancellationToken = default) => Task.FromResult(CatalogRules.View(State));

    public Task<Outcome<Purpose>> DeclareAsync(DeclarePurpose command, CallContext context, CancellationToken cancellationToken = default) =>
        ExecuteAsync(context, state => CatalogRules.Declare(state, command, context.By), (state, _) => CatalogRules.View(state).Find(command.Key)!);

    public Task<Outcome<ThirdParty>> RegisterAsync(ThirdParty command, CallContext context, CancellationToken cancellationToken = default) =>
        ExecuteAsync(context, state => CatalogRules.Register(state, command, Customers.CustomerFields.All.Names, context.By), (state, _) => state.ThirdParties[command.Key]);

    public Task<Outcome<Policy>> PublishAsync(PublishPolicy command, CallContext context, CancellationToken cancellationToken = default) =>
        ExecuteAsync(context, state => CatalogRules.Publish(state, command, context.By, Clock.GetUtcNow()), (state, _) => CatalogRules.View(state).Policy);
}

/// <summary>The catalogue as every process knows it: asked of its actor once a second, and after each change made through this process.</summary>
public sealed class PrivacyCatalogs(IGrainFactory grains, TimeProvider clock)
{
    private static readonly TimeSpan Good = TimeSpan.FromSeconds(1);
    private readonly Remembered<Guid, PrivacyCatalog> remembered = new(Good, clock);

    private IPrivacyCatalogGrain Itself => grains.Grain<IPrivacyCatalogGrain>(CatalogKind.Key);

    /// <summary>The catalogue, at most a second old.</summary>
    public ValueTask<PrivacyCatalog> GetAsync() => remembered.GetAsync(CatalogKind.Key, _ => Itself.GetAsync());

    /// <summary>The catalogue as it is now, whichever process changed it last: for what is seldom and must not miss a change.</summary>
    public Task<PrivacyCatalog> NowAsync(CancellationToken cancellationToken) => Itself.GetAsync(cancellationToken);

    /// <summary>Changes it; who goes on through this process sees the change.</summary>
    public async Task<Outcome<T>> ChangeAsync<T>(Func<IPrivacyCatalogGrain, Task<Outcome<T>>> change)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(change);
        try
        {
            return await change(Itself);
        }
        finally
        {
            // Also when the answer got lost: the change may stand.
            remembered.Forget(CatalogKind.Key);
        }
    }
}
