using System.Buffers.Text;
using System.Globalization;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Privacy;

namespace LimoCha.Actors.Sharing;

/// <summary>Content in the read model.</summary>
[NotPersonal]
public sealed record ContentRow : IProjectedRow
{
    public Guid Id { get; init; }
    public int Version { get; init; }
    public string Title { get; init; } = "";
    public ContentKind Kind { get; init; }
    public string? Address { get; init; }
    public bool Withdrawn { get; init; }
    public Guid CreatedById { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
}

/// <summary>A link in the read model.</summary>
[NotPersonal]
public sealed record ShareRow : IProjectedRow
{
    public Guid Id { get; init; }
    public int Version { get; init; }
    public Guid ContentId { get; init; }
    public Guid SharedById { get; init; }
    public string Channel { get; init; } = "";
    public int Visits { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
}

/// <summary>A visit in the read model; kept as long as its purpose says.</summary>
public sealed record ShareVisitRow : IProjectedRow
{
    public Guid Id { get; init; }
    public int Version { get; init; }
    public Guid ShareId { get; init; }
    public int VisitOrder { get; init; }
    [NotPersonal] public string Channel { get; init; } = "";
    [NotPersonal] public string Browser { get; init; } = "";
    [NotPersonal] public string System { get; init; } = "";
    public DateTimeOffset At { get; init; }
}

/// <summary>Content: its facts and row.</summary>
public sealed class ContentEntityKind : EntityKind<ContentState, ContentEvent>
{
    /// <summary>The only one.</summary>
    public static readonly ContentEntityKind Instance = new();

    private ContentEntityKind() { }

    /// <inheritdoc />
    public override string Name => "content";

    /// <inheritdoc />
    public override ContentState Apply(ContentState state, ContentEvent fact, DateTimeOffset at) => SharingRules.Apply(state, fact, at);

    /// <inheritdoc />
    public override IReadOnlyList<IProjectedRow> Rows(Guid id, ContentState state, int version, IReadOnlyList<Committed<ContentEvent>> facts) => [Row(id, state, version)];

    /// <summary>The row of a state.</summary>
    public static ContentRow Row(Guid id, ContentState state, int version)
    {
        ArgumentNullException.ThrowIfNull(state);
        return new()
        {
            Id = id, Version = version, Title = state.Content.Title, Kind = state.Content.Kind, Address = state.Content.Address, Withdrawn = state.Content.Withdrawn, CreatedById = state.CreatedById, CreatedAt = state.CreatedAt,
        };
    }

    /// <summary>The answer of a row, without the text.</summary>
    public static ContentView View(ContentRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return new() { Id = row.Id, Version = row.Version, Title = row.Title, Kind = row.Kind, Address = row.Address, Withdrawn = row.Withdrawn, CreatedById = row.CreatedById, CreatedAt = row.CreatedAt };
    }
}

/// <summary>Links: their facts and rows.</summary>
public sealed class ShareEntityKind : EntityKind<ShareState, ShareEvent>
{
    /// <summary>The only one.</summary>
    public static readonly ShareEntityKind Instance = new();

    private ShareEntityKind() { }

    /// <inheritdoc />
    public override string Name => "share";

    /// <inheritdoc />
    public override ShareState Apply(ShareState state, ShareEvent fact, DateTimeOffset at) => SharingRules.Apply(state, fact, at);

    /// <inheritdoc />
    public override IReadOnlyList<IProjectedRow> Rows(Guid id, ShareState state, int version, IReadOnlyList<Committed<ShareEvent>> facts)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(facts);
        return
        [
            Row(id, state, version),
            .. facts.Where(fact => fact.Event is ShareVisited).Select(fact => (fact, (ShareVisited)fact.Event)).Select(visit => new ShareVisitRow
            {
                Id = Ids.Derived(visit.fact.At, id, string.Create(CultureInfo.InvariantCulture, $"visit/{visit.Item2.Order}")), Version = 1, ShareId = id, VisitOrder = visit.Item2.Order,
                Channel = state.Channel, Browser = visit.Item2.Browser, System = visit.Item2.System, At = visit.fact.At,
            }),
        ];
    }

    /// <summary>The row of a state.</summary>
    public static ShareRow Row(Guid id, ShareState state, int version)
    {
        ArgumentNullException.ThrowIfNull(state);
        return new() { Id = id, Version = version, ContentId = state.ContentId, SharedById = state.SharedById, Channel = state.Channel, Visits = state.Visits, CreatedAt = state.CreatedAt };
    }

    /// <summary>The answer of a row.</summary>
    public static ShareView View(ShareRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return new()
        {
            Id = row.Id, Version = row.Version, ContentId = row.ContentId, SharedById = row.SharedById, Channel = row.Channel, Visits = row.Visits, CreatedAt = row.CreatedAt, Path = $"/s/{ShareCodes.Of(row.Id)}",
        };
    }
}

/// <summary>A link's code is its id, shorter: nothing has to be looked up.</summary>
public static class ShareCodes
{
    /// <summary>The code of a link.</summary>
    public static string Of(Guid id) => Base64Url.EncodeToString(id.ToByteArray(bigEndian: true));

    /// <summary>The link of a code; null when it is none.</summary>
    public static Guid? Read(string code) =>
        Base64Url.IsValid(code, out var length) && length == 16 ? new Guid(Base64Url.DecodeFromChars(code), bigEndian: true) : null;
}

/// <inheritdoc cref="IContentGrain" />
[GrainType("content")]
public sealed class ContentGrain(IServiceProvider services) : DurableGrain<ContentState, ContentEvent>(ContentEntityKind.Instance, services), IContentGrain
{
    public Task<Outcome<ContentView>> CreateAsync(SaveContent command, CallContext context, CancellationToken cancellationToken = default) =>
        ExecuteAsync(context, state => SharingRules.Save(state, command, context.By, makes: true), View);

    public Task<Outcome<ContentView>> ChangeAsync(SaveContent command, CallContext context, CancellationToken cancellationToken = default) =>
        ExecuteAsync(context, state => SharingRules.Save(state, command, context.By, makes: false), View);

    public Task<Outcome<ContentView>> GetAsync(CancellationToken cancellationToken = default) =>
        Task.FromResult(State.Made ? Outcome.Of(View(State, Version), Version) : Refusal.NotFound("content"));

    private ContentView View(ContentState state, int version) => ContentEntityKind.View(ContentEntityKind.Row(Id, state, version)) with { Text = state.Content.Text };
}

/// <inheritdoc cref="IShareGrain" />
[GrainType("share"), Orleans.Concurrency.Reentrant]
public sealed class ShareGrain(IServiceProvider services) : DurableGrain<ShareState, ShareEvent>(ShareEntityKind.Instance, services), IShareGrain
{
    public async Task<Outcome<ShareView>> CreateAsync(Guid contentId, ShareContent command, CallContext context, CancellationToken cancellationToken = default)
    {
        var content = (await GrainFactory.Grain<IContentGrain>(contentId).GetAsync(cancellationToken)).Value;
        return await ExecuteAsync(context, state => SharingRules.Share(state, contentId, content, command, context.By), View);
    }

    public async Task<Outcome<ContentView>> VisitAsync(string browser, string system, CancellationToken cancellationToken = default)
    {
        if (!State.Made)
        {
            return Refusal.NotFound("link");
        }

        var content = (await GrainFactory.Grain<IContentGrain>(State.ContentId).GetAsync(cancellationToken)).Value;
        return await ExecuteAsync(Itself, state => SharingRules.Visit(state, content, browser, system), (_, _) => content!);
    }

    private ShareView View(ShareState state, int version) => ShareEntityKind.View(ShareEntityKind.Row(Id, state, version));
}
