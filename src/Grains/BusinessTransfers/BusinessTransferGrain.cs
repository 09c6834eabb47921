using LimoCha.Actors.Audit;
using LimoCha.Actors.Consent;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Notices;
using LimoCha.Actors.Privacy;
using Microsoft.Extensions.DependencyInjection;

namespace LimoCha.Actors.BusinessTransfers;

/// <summary>A transfer in the read model.</summary>
[NotPersonal]
public sealed record BusinessTransferRow : IProjectedRow
{
    public Guid Id { get; init; }
    public int Version { get; init; }
    public BusinessTransferStage Stage { get; init; }
    public string NewHolder { get; init; } = "";
    public string? Agreement { get; init; }
    public string EffectiveOn { get; init; } = "";
    public string Contact { get; init; } = "";
    public Guid PlannedById { get; init; }
    public Guid? CompletedById { get; init; }
    public DateTimeOffset? CompletedAt { get; init; }
    public int? PolicyVersion { get; init; }
}

/// <summary>Counts what a transfer would do.</summary>
public interface ITransferEffects
{
    /// <summary>As it is now.</summary>
    Task<TransferEffect> CountAsync(CancellationToken cancellationToken = default);
}

/// <summary>Transfers: their facts, row, audit entries, and the announcement.</summary>
public sealed class BusinessTransferKind : EntityKind<BusinessTransferState, BusinessTransferEvent>
{
    /// <summary>The only one.</summary>
    public static readonly BusinessTransferKind Instance = new();

    private const string DayFormat = "yyyy-MM-dd";

    private BusinessTransferKind() { }

    /// <inheritdoc />
    public override string Name => "business-transfer";

    /// <inheritdoc />
    public override BusinessTransferState Apply(BusinessTransferState state, BusinessTransferEvent fact, DateTimeOffset at) => BusinessTransferRules.Apply(state, fact, at);

    /// <inheritdoc />
    public override IReadOnlyList<IProjectedRow> Rows(Guid id, BusinessTransferState state, int version, IReadOnlyList<Committed<BusinessTransferEvent>> facts) => [Row(id, state, version)];

    /// <inheritdoc />
    public override async Task TellAsync(Others others, Guid id, BusinessTransferState state, int version, IReadOnlyList<Committed<BusinessTransferEvent>> facts)
    {
        ArgumentNullException.ThrowIfNull(others);
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(facts);
        await others.Grains.AuditAsync(id, facts.Select(fact => AuditEntries.Of(Name, id, fact) with { SubjectId = null, Recipient = state.Plan.NewHolder, Basis = state.Plan.Agreement is null ? "consent" : "agreement" }));
        foreach (var fact in facts.Where(fact => fact.Event is BusinessTransferAnnounced))
        {
            var notice = Ids.Derived(fact.At, id, "announcement");
            var day = state.Plan.EffectiveOn!.Value.ToString(DayFormat, System.Globalization.CultureInfo.InvariantCulture);
            await others.Grains.Grain<INoticeGrain>(notice).PublishAsync(
                new()
                {
                    Title = $"业务转让公告 / Transfer of the business: {state.Plan.NewHolder}", Category = "policy", Mandatory = true, Audience = new() { Kind = AudienceKind.Everyone },
                    Body = state.Plan.Agreement is null
                        ? $"{day} 起由 {state.Plan.NewHolder}（{state.Plan.Contact}）持有您的信息，并将重新征求您的授权同意。\n\nFrom {day} on {state.Plan.NewHolder} ({state.Plan.Contact}) holds your data, and you are asked for your consent again."
                        : $"{day} 起由 {state.Plan.NewHolder}（{state.Plan.Contact}）持有您的信息，并继续受本隐私政策约束。\n\nFrom {day} on {state.Plan.NewHolder} ({state.Plan.Contact}) holds your data, bound by this privacy policy.",
                },
                new(Actor.System, notice));
        }
    }

    /// <summary>The row of a state.</summary>
    public static BusinessTransferRow Row(Guid id, BusinessTransferState state, int version)
    {
        ArgumentNullException.ThrowIfNull(state);
        return new()
        {
            Id = id, Version = version, Stage = state.Stage, NewHolder = state.Plan.NewHolder, Agreement = state.Plan.Agreement, Contact = state.Plan.Contact, PlannedById = state.PlannedById,
            EffectiveOn = (state.Plan.EffectiveOn ?? default).ToString(DayFormat, System.Globalization.CultureInfo.InvariantCulture), CompletedById = state.CompletedById, CompletedAt = state.CompletedAt, PolicyVersion = state.PolicyVersion,
        };
    }

    /// <summary>The answer of a row, without the rehearsal.</summary>
    public static BusinessTransferView View(BusinessTransferRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return new()
        {
            Id = row.Id, Version = row.Version, Stage = row.Stage, NewHolder = row.NewHolder, Agreement = row.Agreement, Contact = row.Contact, PlannedById = row.PlannedById,
            EffectiveOn = DateOnly.ParseExact(row.EffectiveOn, DayFormat, System.Globalization.CultureInfo.InvariantCulture), CompletedById = row.CompletedById, CompletedAt = row.CompletedAt, PolicyVersion = row.PolicyVersion,
        };
    }
}

/// <inheritdoc cref="IBusinessTransferGrain" />
[GrainType("business-transfer")]
public sealed class BusinessTransferGrain(IServiceProvider services) : DurableGrain<BusinessTransferState, BusinessTransferEvent>(BusinessTransferKind.Instance, services), IBusinessTransferGrain
{
    private readonly CompanyDays days = services.GetRequiredService<CompanyDays>();
    private readonly ITransferEffects effects = services.GetRequiredService<ITransferEffects>();

    public Task<Outcome<BusinessTransferView>> PlanAsync(PlanBusinessTransfer command, CallContext context, CancellationToken cancellationToken = default) =>
        ExecuteAsync(context, state => BusinessTransferRules.Plan(state, command, context.By, days.Today), View);

    public async Task<Outcome<BusinessTransferView>> RehearseAsync(CallContext context, CancellationToken cancellationToken = default)
    {
        var effect = await effects.CountAsync(cancellationToken);
        return await ExecuteAsync(context, state => BusinessTransferRules.Rehearse(state, effect, context.By), View);
    }

    public Task<Outcome<BusinessTransferView>> AnnounceAsync(CallContext context, CancellationToken cancellationToken = default) =>
        ExecuteAsync(context, state => BusinessTransferRules.Announce(state, context.By), View);

    /// <summary>The policy that names the new holder is published first, under an operation of its own: a repeat after a crash publishes no second one.</summary>
    public async Task<Outcome<BusinessTransferView>> CompleteAsync(CompleteBusinessTransfer command, CallContext context, CancellationToken cancellationToken = default)
    {
        if (BusinessTransferRules.CheckComplete(State, context.By, days.Today) is { } no)
        {
            return no;
        }

        var catalog = GrainFactory.Grain<IPrivacyCatalogGrain>(CatalogKind.Key);
        string[] material = State.Plan.Agreement is not null ? [] : [.. (await catalog.GetAsync(cancellationToken)).Purposes.Where(purpose => purpose is { Basis: LegalBasis.Consent, Retired: false }).Select(purpose => purpose.Key)];
        var published = await catalog.PublishAsync(
            new()
            {
                TextZh = command.TextZh, TextEn = command.TextEn, Material = material,
                ChangeZh = $"您的信息现由 {State.Plan.NewHolder} 持有。", ChangeEn = $"Your data is now held by {State.Plan.NewHolder}.",
            },
            new(context.By with { Role = Role.PrivacyOfficer }, Ids.Derived(State.Effect!.At, Id, "policy")), cancellationToken);
        return published.Ok
            ? await ExecuteAsync(context, state => BusinessTransferRules.Complete(state, published.Value.Version, context.By, days.Today), View)
            : published.Refusal;
    }

    public Task<Outcome<BusinessTransferView>> CancelAsync(CallContext context, CancellationToken cancellationToken = default) =>
        ExecuteAsync(context, state => BusinessTransferRules.Cancel(state, context.By), View);

    public Task<Outcome<BusinessTransferView>> GetAsync(Actor by, CancellationToken cancellationToken = default) =>
        Task.FromResult(BusinessTransferRules.MaySee(State, by) ? Outcome.Of(View(State, Version), Version) : Refusal.NotFound("transfer"));

    private BusinessTransferView View(BusinessTransferState state, int version) => BusinessTransferKind.View(BusinessTransferKind.Row(Id, state, version)) with { Effect = state.Effect };
}
