using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using LimoCha.Actors.Consent;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Mail;
using LimoCha.Actors.Privacy;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace LimoCha.Actors.Staff;

/// <summary>A registration's state.</summary>
public sealed record RegistrationState : StateRecord, IErasable
{
    public bool Made { get; init; }
    public RegistrationStage Stage { get; init; }
    public CodeChannel Channel { get; init; }
    public DateTimeOffset ExpiresAt { get; init; }
    public int WrongCodes { get; init; }
    [Personal(DataClass.Credential)] public string? Code { get; init; }
    [Personal(DataClass.Credential)] public BeginRegistration? Registration { get; init; }
    /// <summary>The key to destroy when it is over.</summary>
    public Guid? DoomedKey { get; init; }
}

/// <summary>A fact about a registration.</summary>
[JsonDerivedType(typeof(RegistrationBegun), "begun")]
[JsonDerivedType(typeof(RegistrationCodeWrong), "codeWrong")]
[JsonDerivedType(typeof(RegistrationConfirmed), "confirmed")]
[JsonDerivedType(typeof(RegistrationEnded), "ended")]
[JsonDerivedType(typeof(RegistrationKeyDestroyed), "keyDestroyed")]
public abstract record RegistrationEvent;

/// <summary>Begun.</summary>
public sealed record RegistrationBegun(CodeChannel Channel, DateTimeOffset ExpiresAt) : RegistrationEvent
{
    /// <summary>Travels to the state, never to the outbox or the event log.</summary>
    [JsonIgnore, Personal(DataClass.Credential)] public string? Code { get; init; }
    /// <summary>Travels to the state, never to the outbox or the event log.</summary>
    [JsonIgnore] public BeginRegistration? Registration { get; init; }
}

/// <summary>A wrong code.</summary>
public sealed record RegistrationCodeWrong : RegistrationEvent;

/// <summary>The right code.</summary>
public sealed record RegistrationConfirmed : RegistrationEvent;

/// <summary>Over, with an account or without.</summary>
public sealed record RegistrationEnded(RegistrationStage Stage) : RegistrationEvent;

/// <summary>Nothing of it can be read any more.</summary>
public sealed record RegistrationKeyDestroyed : RegistrationEvent;

/// <summary>A registration in the read model: that there is one, and when it ends.</summary>
public sealed record RegistrationRow : IProjectedRow
{
    public Guid Id { get; init; }
    public int Version { get; init; }
    public RegistrationStage Stage { get; init; }
    public DateTimeOffset ExpiresAt { get; init; }
    public DateTimeOffset? WakeAt { get; init; }
}

/// <summary>How a registration goes.</summary>
public static class RegistrationRules
{
    /// <summary>How long a code is good.</summary>
    public static readonly TimeSpan Good = TimeSpan.FromMinutes(10);

    private const int MostWrong = 5;

    /// <summary>Begins it.</summary>
    public static Decision<RegistrationEvent> Begin(RegistrationState state, BeginRegistration command, string code, DateTimeOffset now) =>
        state.Made ? Refusal.Conflict("already-exists", "There is a registration with this id already.")
        : new RegistrationBegun(command.Email is not null ? CodeChannel.Mail : CodeChannel.Sms, now + Good) { Code = code, Registration = command };

    /// <summary>Tries a code. What is told of a wrong one is the same as of one that is too late.</summary>
    public static Decision<RegistrationEvent> Confirm(RegistrationState state, string code, DateTimeOffset now) =>
        !state.Made || state.Stage == RegistrationStage.Ended ? Refusal.NotFound("registration")
        : state.Stage is RegistrationStage.Confirmed or RegistrationStage.Completed ? Decision<RegistrationEvent>.Nothing
        : state.ExpiresAt <= now ? new RegistrationEnded(RegistrationStage.Ended)
        : CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(code.Trim()), Encoding.UTF8.GetBytes(state.Code ?? "")) ? new RegistrationConfirmed()
        : state.WrongCodes + 1 >= MostWrong ? Decision<RegistrationEvent>.Facts(new RegistrationCodeWrong(), new RegistrationEnded(RegistrationStage.Ended))
        : new RegistrationCodeWrong();

    /// <summary>The account has been made.</summary>
    public static Decision<RegistrationEvent> Complete(RegistrationState state) =>
        state.Stage == RegistrationStage.Confirmed ? new RegistrationEnded(RegistrationStage.Completed) : Decision<RegistrationEvent>.Nothing;

    /// <summary>Its time is over.</summary>
    public static Decision<RegistrationEvent> Expire(RegistrationState state, DateTimeOffset now) =>
        state.Made && state.Stage is RegistrationStage.Begun or RegistrationStage.Confirmed && state.ExpiresAt <= now ? new RegistrationEnded(RegistrationStage.Ended) : Decision<RegistrationEvent>.Nothing;

    /// <summary>The state with a fact added.</summary>
    public static RegistrationState Apply(RegistrationState state, RegistrationEvent fact) => fact switch
    {
        RegistrationBegun f => state with { Made = true, Channel = f.Channel, ExpiresAt = f.ExpiresAt, Code = f.Code, Registration = f.Registration },
        RegistrationCodeWrong => state with { WrongCodes = state.WrongCodes + 1 },
        RegistrationConfirmed => state with { Stage = RegistrationStage.Confirmed, Code = null },
        RegistrationEnded f => state with { Stage = f.Stage, Code = null, Registration = null, DoomedKey = state.Key?.Id, Key = null, Unknown = null },
        RegistrationKeyDestroyed => state with { DoomedKey = null },
        _ => state,
    };
}

/// <summary>Registrations: their facts and row.</summary>
public sealed class RegistrationKind : EntityKind<RegistrationState, RegistrationEvent>
{
    /// <summary>The only one.</summary>
    public static readonly RegistrationKind Instance = new();

    private RegistrationKind() { }

    /// <inheritdoc />
    public override string Name => "registration";

    /// <inheritdoc />
    public override RegistrationState Apply(RegistrationState state, RegistrationEvent fact, DateTimeOffset at) => RegistrationRules.Apply(state, fact);

    /// <inheritdoc />
    public override IReadOnlyList<IProjectedRow> Rows(Guid id, RegistrationState state, int version, IReadOnlyList<Committed<RegistrationEvent>> facts)
    {
        ArgumentNullException.ThrowIfNull(state);
        return [new RegistrationRow { Id = id, Version = version, Stage = state.Stage, ExpiresAt = state.ExpiresAt, WakeAt = state.Stage is RegistrationStage.Begun or RegistrationStage.Confirmed ? state.ExpiresAt : null }];
    }
}

/// <inheritdoc cref="IRegistrationGrain" />
[GrainType("registration")]
public sealed class RegistrationGrain(IServiceProvider services) : ErasableGrain<RegistrationState, RegistrationEvent>(RegistrationKind.Instance, services), IRegistrationGrain
{
    private const int CodeDigits = 6;
    private readonly IMailer mailer = services.GetRequiredService<IMailer>();
    private readonly ISmsSender sms = services.GetRequiredService<ISmsSender>();
    private readonly ISubjectKeys keys = services.GetRequiredService<ISubjectKeys>();
    private readonly CompanyOptions company = services.GetRequiredService<IOptions<CompanyOptions>>().Value;

    public Task<Outcome<RegistrationView>> BeginAsync(BeginRegistration command, CallContext context, CancellationToken cancellationToken = default)
    {
        var code = RandomNumberGenerator.GetInt32((int)Math.Pow(10, CodeDigits)).ToString(CultureInfo.InvariantCulture).PadLeft(CodeDigits, '0');
        return ExecuteAsync(context, state => RegistrationRules.Begin(state, command, code, Clock.GetUtcNow()), View);
    }

    public async Task<Outcome<ConfirmedRegistration>> ConfirmAsync(string code, CallContext context, CancellationToken cancellationToken = default)
    {
        var tried = await ExecuteAsync(context, state => RegistrationRules.Confirm(state, code, Clock.GetUtcNow()), (state, _) => state);
        return !tried.Ok ? tried.Refusal
            : tried.Value.Stage is RegistrationStage.Confirmed or RegistrationStage.Completed ? Outcome.Of(new ConfirmedRegistration(tried.Value.Registration ?? new(), tried.Value.Stage), tried.Version)
            : Refusal.Unprocessable("wrong-code", "The code is wrong or too old; after five wrong ones begin again.", "code");
    }

    public Task<Outcome<RegistrationView>> CompleteAsync(CallContext context, CancellationToken cancellationToken = default) => ExecuteAsync(context, RegistrationRules.Complete, View);

    public Task OnDueAsync(CancellationToken cancellationToken = default) =>
        ExecuteAsync(Itself, state => RegistrationRules.Expire(state, Clock.GetUtcNow()));

    /// <summary>Sends the code until the server has taken it, or it is too late; then forgets everything.</summary>
    protected override async Task TellAsync(RegistrationState state, int version, IReadOnlyList<Committed<RegistrationEvent>> facts)
    {
        if (facts.Any(fact => fact.Event is RegistrationBegun) && State is { Stage: RegistrationStage.Begun, Code: { } code, Registration: { } registration } && State.ExpiresAt > Clock.GetUtcNow())
        {
            var minutes = (int)RegistrationRules.Good.TotalMinutes;
            var outcome = State.Channel == CodeChannel.Mail
                ? (await mailer.SendAsync([new($"registration-{Id:N}", registration.Email!, $"{company.Name}：注册验证码 / Registration code", $"您的验证码是 {code}，{minutes} 分钟内有效。\nYour code is {code}; it is good for {minutes} minutes.")]))[0]
                : await sms.SendCodeAsync(registration.Phone!, code, minutes);
            if (outcome == MailOutcome.Later)
            {
                throw new StorageUnavailableException("The code could not be sent yet.");
            }
        }

        await base.TellAsync(state, version, facts);
    }

    protected override RegistrationEvent KeyDestroyed => new RegistrationKeyDestroyed();

    /// <summary>No other place holds anything of a registration.</summary>
    protected override Task DestroyAsync(Guid key, CancellationToken cancellationToken) => keys.DestroyAsync(key, cancellationToken);

    private RegistrationView View(RegistrationState state, int version) => new() { Id = Id, Stage = state.Stage, Channel = state.Channel, ExpiresAt = state.ExpiresAt };
}
