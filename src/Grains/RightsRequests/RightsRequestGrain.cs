using LimoCha.Actors.Audit;
using LimoCha.Actors.Consent;
using LimoCha.Actors.Customers;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Notices;
using LimoCha.Actors.Privacy;
using LimoCha.Actors.Staff;
using Microsoft.Extensions.DependencyInjection;

namespace LimoCha.Actors.RightsRequests;

/// <summary>A request in the read model; its words stay with its actor.</summary>
public sealed record RightsRequestRow : IProjectedRow
{
    public Guid Id { get; init; }
    public int Version { get; init; }
    public RightsRequestKind Kind { get; init; }
    public RightsRequestStage Stage { get; init; }
    public SubjectKind Subject { get; init; }
    public Guid SubjectId { get; init; }
    [NotPersonal] public string? Channel { get; init; }
    public DateTimeOffset ReceivedAt { get; init; }
    public DateTimeOffset DueAt { get; init; }
    [NotPersonal] public string? VerifiedBy { get; init; }
    public Guid? OwnerId { get; init; }
    public DateTimeOffset? EndedAt { get; init; }
    public int Warnings { get; init; }
    public DateTimeOffset? WakeAt { get; init; }
}

/// <summary>Requests: their facts, row, audit entries and warnings.</summary>
public sealed class RightsRequestEntityKind : EntityKind<RightsRequestState, RightsRequestEvent>
{
    /// <summary>The only one.</summary>
    public static readonly RightsRequestEntityKind Instance = new();

    private RightsRequestEntityKind() { }

    /// <inheritdoc />
    public override string Name => "rights-request";

    /// <inheritdoc />
    public override RightsRequestState Apply(RightsRequestState state, RightsRequestEvent fact, DateTimeOffset at) => RightsRequestRules.Apply(state, fact, at);

    /// <inheritdoc />
    public override IReadOnlyList<IProjectedRow> Rows(Guid id, RightsRequestState state, int version, IReadOnlyList<Committed<RightsRequestEvent>> facts) => [Row(id, state, version)];

    /// <inheritdoc />
    public override Task TellAsync(Others others, Guid id, RightsRequestState state, int version, IReadOnlyList<Committed<RightsRequestEvent>> facts)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(facts);
        return others.Grains.AuditAsync(state.SubjectId, facts.Select(fact => AuditEntries.Of(Name, id, fact) with { SubjectId = state.SubjectId, Purpose = Purposes.CustomerRights, Basis = state.Kind.ToString() }));
    }

    /// <summary>The row of a state.</summary>
    public static RightsRequestRow Row(Guid id, RightsRequestState state, int version)
    {
        ArgumentNullException.ThrowIfNull(state);
        return new()
        {
            Id = id, Version = version, Kind = state.Kind, Stage = state.Stage, Subject = state.Subject, SubjectId = state.SubjectId, Channel = state.Channel, ReceivedAt = state.ReceivedAt,
            DueAt = state.DueAt, VerifiedBy = state.VerifiedBy, OwnerId = state.OwnerId, EndedAt = state.EndedAt, Warnings = state.Warnings, WakeAt = RightsRequestRules.NextWarning(state),
        };
    }

    /// <summary>The answer of a row, without words.</summary>
    public static RightsRequestView View(RightsRequestRow row, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(row);
        return new()
        {
            Id = row.Id, Version = row.Version, Kind = row.Kind, Stage = row.Stage, Subject = row.Subject, SubjectId = row.SubjectId, Channel = row.Channel, ReceivedAt = row.ReceivedAt, DueAt = row.DueAt,
            VerifiedBy = row.VerifiedBy, OwnerId = row.OwnerId, EndedAt = row.EndedAt, Warnings = row.Warnings, Overdue = row.EndedAt is null && row.DueAt <= now,
        };
    }
}

/// <inheritdoc cref="IRightsRequestGrain" />
[GrainType("rights-request")]
public sealed class RightsRequestGrain(IServiceProvider services) : DurableGrain<RightsRequestState, RightsRequestEvent>(RightsRequestEntityKind.Instance, services), IRightsRequestGrain
{
    private readonly CompanyDays days = services.GetRequiredService<CompanyDays>();
    private readonly IStaffReadModel staff = services.GetRequiredService<IStaffReadModel>();

    public Task<Outcome<RightsRequestView>> ReceiveAsync(MakeRightsRequest command, string? verifiedBy, CallContext context, CancellationToken cancellationToken = default) =>
        ExecuteAsync(context, state => RightsRequestRules.Receive(state, command, verifiedBy, context.By, RightsRequestRules.Due(days.Today, days.Zone)), View);

    public Task<Outcome<RightsRequestView>> VerifyAsync(VerifyIdentity command, CallContext context, CancellationToken cancellationToken = default) =>
        ExecuteAsync(context, state => RightsRequestRules.Verify(state, command, context.By), View);

    public Task<Outcome<RightsRequestView>> TakeAsync(CallContext context, CancellationToken cancellationToken = default) =>
        ExecuteAsync(context, state => RightsRequestRules.Take(state, context.By), View);

    public async Task<Outcome<RightsRequestView>> AnswerAsync(AnswerRightsRequest command, CallContext context, CancellationToken cancellationToken = default)
    {
        if (RightsRequestRules.Answer(State, command, context.By).Refusal is null && await CarryOutAsync(context, cancellationToken) is { } refusal)
        {
            return refusal;
        }

        return await ExecuteAsync(context, state => RightsRequestRules.Answer(state, command, context.By), View);
    }

    public Task<Outcome<RightsRequestView>> RejectAsync(AnswerRightsRequest command, CallContext context, CancellationToken cancellationToken = default) =>
        ExecuteAsync(context, state => RightsRequestRules.Reject(state, command, context.By), View);

    public Task<Outcome<RightsRequestView>> WithdrawAsync(CallContext context, CancellationToken cancellationToken = default) =>
        ExecuteAsync(context, state => RightsRequestRules.Withdraw(state, context.By), View);

    public Task<Outcome<RightsRequestView>> GetAsync(Actor by, CancellationToken cancellationToken = default) =>
        Task.FromResult(RightsRequestRules.MaySee(State, by) ? Outcome.Of(View(State, Version), Version) : Refusal.NotFound("rights request"));

    public Task ForgetAsync(CancellationToken cancellationToken = default) => ExecuteAsync(Itself, RightsRequestRules.Forget);

    public Task OnDueAsync(CancellationToken cancellationToken = default) =>
        ExecuteAsync(Itself, state => RightsRequestRules.Warn(state, Clock.GetUtcNow()));

    /// <summary>The privacy office hears of a new request, and of a deadline that nears or has passed.</summary>
    protected override async Task TellAsync(RightsRequestState state, int version, IReadOnlyList<Committed<RightsRequestEvent>> facts)
    {
        await base.TellAsync(state, version, facts);
        foreach (var fact in facts.Where(fact => fact.Event is RightsRequestReceived or RightsRequestWarned))
        {
            var office = await staff.WithRoleAsync(Role.PrivacyOfficer);
            if (office.Count == 0)
            {
                continue;
            }

            var notice = Ids.Derived(fact.At, Id, $"warning/{(fact.Event as RightsRequestWarned)?.Number ?? 0}");
            var due = TimeZoneInfo.ConvertTime(state.DueAt.AddSeconds(-1), days.Zone);
            await GrainFactory.Grain<INoticeGrain>(notice).PublishAsync(
                new()
                {
                    Title = fact.Event is RightsRequestReceived ? $"新的权利请求 / New rights request: {state.Kind}" : $"权利请求期限 / Rights request due {due:yyyy-MM-dd}: {state.Kind}",
                    Body = $"/privacy/rights-requests/{Id}", Category = "privacy", Mandatory = true, Audience = new() { Kind = AudienceKind.People, UserIds = [.. office.Take(500)] },
                },
                new(Actor.System, notice));
        }
    }

    /// <summary>Erases whose data is to go, before the request counts as answered; repeating it changes nothing.</summary>
    private async Task<Refusal?> CarryOutAsync(CallContext context, CancellationToken cancellationToken)
    {
        if (State.Kind is not (RightsRequestKind.Deletion or RightsRequestKind.AccountCancellation))
        {
            return null;
        }

        var operation = new CallContext(context.By, Ids.Derived(State.ReceivedAt, Id, "erase"));
        var reason = $"rights request {Id}";
        return State.Subject == SubjectKind.Customer
            ? (await GrainFactory.Grain<ICustomerGrain>(State.SubjectId).EraseAsync(reason, operation, cancellationToken)).Refusal
            : (await GrainFactory.Grain<IUserGrain>(State.SubjectId).EraseAsync(reason, operation, cancellationToken)).Refusal;
    }

    private RightsRequestView View(RightsRequestState state, int version) =>
        RightsRequestEntityKind.View(RightsRequestEntityKind.Row(Id, state, version), Clock.GetUtcNow()) with { Text = state.Text, Answer = state.Answer };
}
