using System.Globalization;
using LimoCha.Actors.Audit;
using LimoCha.Actors.Consent;
using LimoCha.Actors.Customers;
using LimoCha.Actors.Files;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Privacy;
using LimoCha.Actors.Staff;
using Microsoft.Extensions.DependencyInjection;

namespace LimoCha.Actors.Disclosures;

/// <summary>A disclosure in the read model.</summary>
[NotPersonal]
public sealed record DisclosureRow : IProjectedRow
{
    public Guid Id { get; init; }
    public int Version { get; init; }
    public DisclosureStage Stage { get; init; }
    public SubjectKind Subject { get; init; }
    public Guid SubjectId { get; init; }
    public string Authority { get; init; } = "";
    public string LegalBasis { get; init; } = "";
    public Guid DocumentId { get; init; }
    public string DocumentNumber { get; init; } = "";
    public string DocumentSha256 { get; init; } = "";
    public string Fields { get; init; } = "";
    public Guid RequestedById { get; init; }
    public DateTimeOffset RequestedAt { get; init; }
    public Guid? ReviewedById { get; init; }
    public string? Review { get; init; }
    public Guid? DisclosedById { get; init; }
    public DateTimeOffset? DisclosedAt { get; init; }
    public string? SecretUntil { get; init; }
}

/// <summary>Disclosures: their facts, row and audit entries.</summary>
public sealed class DisclosureKind : EntityKind<DisclosureState, DisclosureEvent>
{
    /// <summary>The only one.</summary>
    public static readonly DisclosureKind Instance = new();

    private DisclosureKind() { }

    /// <summary>How days are written in the read model.</summary>
    public const string DayFormat = "yyyy-MM-dd";

    /// <inheritdoc />
    public override string Name => "disclosure";

    /// <inheritdoc />
    public override DisclosureState Apply(DisclosureState state, DisclosureEvent fact, DateTimeOffset at) => DisclosureRules.Apply(state, fact, at);

    /// <inheritdoc />
    public override IReadOnlyList<IProjectedRow> Rows(Guid id, DisclosureState state, int version, IReadOnlyList<Committed<DisclosureEvent>> facts) => [Row(id, state, version)];

    /// <inheritdoc />
    public override Task TellAsync(Others others, Guid id, DisclosureState state, int version, IReadOnlyList<Committed<DisclosureEvent>> facts)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(facts);
        var subject = state.Request.SubjectId!.Value;
        return others.Grains.AuditAsync(subject, facts.Select(fact => AuditEntries.Of(Name, id, fact) with
        {
            SubjectId = subject, Purpose = DisclosureRules.Purpose(state), Basis = state.Request.LegalBasis, Recipient = state.Request.Authority,
            Reason = fact.Event is DisclosureSecrecySet secrecy ? secrecy.Reason : state.Request.DocumentNumber,
        }));
    }

    /// <summary>The row of a state.</summary>
    public static DisclosureRow Row(Guid id, DisclosureState state, int version)
    {
        ArgumentNullException.ThrowIfNull(state);
        return new()
        {
            Id = id, Version = version, Stage = state.Stage, Subject = state.Request.Subject, SubjectId = state.Request.SubjectId ?? Guid.Empty, Authority = state.Request.Authority, LegalBasis = state.Request.LegalBasis,
            DocumentId = state.Request.DocumentId ?? Guid.Empty, DocumentNumber = state.Request.DocumentNumber, DocumentSha256 = state.DocumentSha256, Fields = string.Join(',', state.Request.Fields),
            RequestedById = state.RequestedById, RequestedAt = state.RequestedAt, ReviewedById = state.ReviewedById, Review = state.Review, DisclosedById = state.DisclosedById, DisclosedAt = state.DisclosedAt,
            SecretUntil = state.SecretUntil?.ToString(DayFormat, CultureInfo.InvariantCulture),
        };
    }

    /// <summary>The answer of a row.</summary>
    public static DisclosureView View(DisclosureRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return new()
        {
            Id = row.Id, Version = row.Version, Stage = row.Stage, Subject = row.Subject, SubjectId = row.SubjectId, Authority = row.Authority, LegalBasis = row.LegalBasis, DocumentId = row.DocumentId,
            DocumentNumber = row.DocumentNumber, DocumentSha256 = row.DocumentSha256, Fields = row.Fields.Split(',', StringSplitOptions.RemoveEmptyEntries), RequestedById = row.RequestedById,
            RequestedAt = row.RequestedAt, ReviewedById = row.ReviewedById, Review = row.Review, DisclosedById = row.DisclosedById, DisclosedAt = row.DisclosedAt,
            SecretUntil = row.SecretUntil is { } day ? DateOnly.ParseExact(day, DayFormat, CultureInfo.InvariantCulture) : null,
        };
    }
}

/// <inheritdoc cref="IDisclosureGrain" />
[GrainType("disclosure")]
public sealed class DisclosureGrain(IServiceProvider services) : DurableGrain<DisclosureState, DisclosureEvent>(DisclosureKind.Instance, services), IDisclosureGrain
{
    private readonly IFileCatalog files = services.GetRequiredService<IFileCatalog>();
    private readonly CompanyDays days = services.GetRequiredService<CompanyDays>();

    public async Task<Outcome<DisclosureView>> RequestAsync(RequestDisclosure command, CallContext context, CancellationToken cancellationToken = default)
    {
        if (command.SubjectId is not { } subject || !await KnownAsync(command.Subject, subject, context.By, cancellationToken))
        {
            return Refusal.Unprocessable("unknown-subject", "There is no such customer or staff member.", "subjectId");
        }

        var document = command.DocumentId is { } file ? await files.FindAsync(file, cancellationToken) : null;
        return await ExecuteAsync(context, state => DisclosureRules.Request(state, command, document, command.Subject == SubjectKind.Staff ? UserFields.All.Names : CustomerFields.All.Names, days.Today, context.By), View);
    }

    public Task<Outcome<DisclosureView>> ReviewAsync(ReviewDisclosure command, CallContext context, CancellationToken cancellationToken = default) =>
        ExecuteAsync(context, state => DisclosureRules.Review(state, command, context.By), View);

    public Task<Outcome<DisclosureView>> SetSecrecyAsync(SetDisclosureSecrecy command, CallContext context, CancellationToken cancellationToken = default) =>
        ExecuteAsync(context, state => DisclosureRules.SetSecrecy(state, command, days.Today, context.By), View);

    /// <summary>The subject's actor gives the fields and records it before the disclosure counts as made: nothing leaves unrecorded.</summary>
    public async Task<Outcome<DisclosedData>> DiscloseAsync(CallContext context, CancellationToken cancellationToken = default)
    {
        if (DisclosureRules.Disclose(State, context.By).Refusal is { } no)
        {
            return no;
        }

        var use = new DataUse { Kind = UseKind.Disclose, Purpose = DisclosureRules.Purpose(State), Recipient = State.Request.Authority, Fields = State.Request.Fields, Reason = $"disclosure {Id}" };
        var (subject, giving) = (State.Request.SubjectId!.Value, context with { IfVersion = null });
        var given = State.Request.Subject == SubjectKind.Staff
            ? await GrainFactory.Grain<IUserGrain>(subject).DiscloseAsync(use, giving, cancellationToken)
            : await GrainFactory.Grain<ICustomerGrain>(subject).DiscloseAsync(use, giving, cancellationToken);
        if (!given.Ok || !given.Value.Decision.Allowed)
        {
            return given.Refusal ?? new Refusal(RefusalKind.Forbidden, given.Value!.Decision.Problem!, given.Value.Decision.Explanation);
        }

        return await ExecuteAsync(
            context, state => DisclosureRules.Disclose(state, context.By), (state, version) => new DisclosedData { Disclosure = View(state, version), Fields = given.Value.Fields! });
    }

    public Task<Outcome<DisclosureView>> GetAsync(Actor by, CancellationToken cancellationToken = default) =>
        Task.FromResult(DisclosureRules.MaySee(State, by) ? Outcome.Of(View(State, Version), Version) : Refusal.NotFound("disclosure"));

    private async Task<bool> KnownAsync(SubjectKind kind, Guid subject, Actor by, CancellationToken cancellationToken) => kind == SubjectKind.Staff
        ? (await GrainFactory.Grain<IUserGrain>(subject).GetAsync(by, cancellationToken)).Ok
        : (await GrainFactory.Grain<ICustomerGrain>(subject).GetAsync(by, cancellationToken)).Ok;

    private DisclosureView View(DisclosureState state, int version) => DisclosureKind.View(DisclosureKind.Row(Id, state, version));
}
