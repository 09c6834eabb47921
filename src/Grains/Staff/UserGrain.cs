using LimoCha.Actors.Attendance;
using LimoCha.Actors.Consent;
using LimoCha.Actors.Devices;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Notices;
using LimoCha.Actors.Privacy;
using LimoCha.Actors.Push;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Serialization;

namespace LimoCha.Actors.Staff;

/// <inheritdoc cref="IUserGrain" />
[GrainType("user")]
public sealed partial class UserGrain(IServiceProvider services) : ErasableGrain<UserState, UserEvent>(UserKind.Instance, services), IUserGrain
{
    private readonly IUserReadModel readModel = services.GetRequiredService<IUserReadModel>();
    private readonly KernelOptions options = services.GetRequiredService<IOptions<KernelOptions>>().Value;
    private readonly IChangeFeed changes = services.GetRequiredService<IChangeFeed>();
    private readonly IPresenceStore presence = services.GetRequiredService<IPresenceStore>();
    private readonly IPushQueue pushes = services.GetRequiredService<IPushQueue>();
    private readonly LocalUsers here = services.GetRequiredService<LocalUsers>();
    private readonly Gateways gateways = services.GetRequiredService<Gateways>();
    private readonly PrivacyCatalogs catalogs = services.GetRequiredService<PrivacyCatalogs>();
    private readonly ConsentReceipts receipts = services.GetRequiredService<ConsentReceipts>();
    private readonly CompanyDays days = services.GetRequiredService<CompanyDays>();
    private readonly Inbox inbox = new(services.GetRequiredService<Serializer<Card>>());
    private UserDevices devices = default!;
    private TaskScheduler turns = default!;
    private DateTimeOffset? lastSeen;
    private (Guid LocationId, DateTimeOffset At)? place;
    private Whereabouts? point;
    private bool pushed;
    private bool leaving;
    private long startedAt;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        await base.OnActivateAsync(cancellationToken);
        startedAt = Clock.GetTimestamp();
        turns = TaskScheduler.Current;
        devices = new(this, () => Person, GrainFactory, gateways, Clock, Stands, LookAsync, inbox);
        if (!Exists)
        {
            return;
        }

        (lastSeen, place) = await readModel.LastKnownAsync(Id, cancellationToken);
        await devices.FindAsync(cancellationToken);
        this.RegisterGrainTimer(LookAsync, new() { DueTime = options.SecondLook, Period = Timeout.InfiniteTimeSpan, Interleave = true });
        Committed();
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        leaving = true;
        here.Remove(Id);
        return base.OnDeactivateAsync(reason, cancellationToken);
    }

    protected override void Committed()
    {
        // As GetAsync answers: nobody looks at somebody who is not there, and nobody speaks for an actor that leaves while it still writes.
        if (UserRules.MaySee(State) && !leaving)
        {
            here.Set(new(View(State, Version), InTurnAsync));
        }
    }

    /// <summary>For others of this process, who are in no turn of this actor. One that leaves cannot ask the next from its own turn.</summary>
    private Task InTurnAsync(Func<IUserGrain, Task> what) =>
        Task.Factory.StartNew(() => leaving ? Task.Run(() => what(Others.Grains.Grain<IUserGrain>(Id))) : what(this), CancellationToken.None, TaskCreationOptions.DenyChildAttach, turns).Unwrap();

    public Task<Outcome<UserView>> CreateAsync(CreateUser command, Credentials credentials, CallContext context, CancellationToken cancellationToken = default) =>
        ExecuteAsync(context, state => UserRules.Create(state, command, credentials, context.By), View);

    public async Task<Outcome<UserView>> ChangeAsync(ChangeUser command, CallContext context, CancellationToken cancellationToken = default)
    {
        var outcome = await ExecuteAsync(context, state => UserRules.Change(Id, state, command, context.By), View);
        if (outcome.Ok && !State.Enabled)
        {
            devices.Send(inbox.End(null, "disabled"));
        }

        return outcome;
    }

    public Task<Outcome<UserView>> GetAsync(Actor by, CancellationToken cancellationToken = default) =>
        Task.FromResult(UserRules.MaySee(State) ? Outcome.Of(View(State, Version), Version) : Refusal.NotFound("user"));

    public Task<SignInRecord?> GetSignInRecordAsync(CancellationToken cancellationToken = default) =>
        Task.FromResult(State.Made ? new SignInRecord(View(State, Version), State.Credentials) : null);

    public Task<Outcome<UserView>> SetCredentialsAsync(Credentials credentials, string expectedStamp, CallContext context, CancellationToken cancellationToken = default) =>
        ExecuteAsync(
            context,
            state => !state.Made ? Refusal.NotFound("user")
                : state.Credentials.SecurityStamp != expectedStamp ? Refusal.Conflict("credentials-changed", "The credentials have changed meanwhile.")
                : credentials.LockoutEnd > Clock.GetUtcNow() && state.Credentials.LockoutEnd != credentials.LockoutEnd
                    ? Decision<UserEvent>.Facts(new CredentialsChanged { Credentials = credentials }, RiskRules.Raise(RiskKind.RepeatedFailures, null, risk))
                : new CredentialsChanged { Credentials = credentials },
            View);

    public Task<Outcome<SessionGrant>> OpenSessionAsync(string? deviceId, CallContext context, CancellationToken cancellationToken = default)
    {
        var sessionId = Ids.New(Clock);
        return ExecuteAsync(context, state => UserRules.Open(state, sessionId, deviceId, Clock.GetUtcNow(), risk), (state, version) => Grant(state, version, sessionId));
    }

    public async Task<Outcome<SessionGrant>> RotateSessionAsync(Guid sessionId, int generation, CancellationToken cancellationToken = default)
    {
        var context = new CallContext(new(Id, State.Role, State.DepartmentId), Ids.New(Clock));
        var outcome = await ExecuteAsync(context, state => UserRules.Rotate(state, sessionId, generation, Clock.GetUtcNow()), (state, version) => Grant(state, version, sessionId));
        if (!outcome.Ok || outcome.Value.Generation > 0)
        {
            return outcome;
        }

        devices.Send(inbox.End(sessionId, "token-reuse"));
        return Refusal.Conflict("session-over", "The refresh token was used before; the session has been ended.");
    }

    public async Task<Outcome<UserView>> EndSessionsAsync(Guid? sessionId, string reason, CallContext context, CancellationToken cancellationToken = default)
    {
        var outcome = await ExecuteAsync(context, state => UserRules.End(Id, state, sessionId, reason, context.By), View);
        if (outcome.Ok)
        {
            devices.Send(inbox.End(sessionId, reason));
        }

        return outcome;
    }

    public Task<IReadOnlyList<SessionView>> SessionsAsync(CancellationToken cancellationToken = default) => Task.FromResult(SessionViews(State));

    public Task<Actor?> CheckSessionAsync(Guid sessionId, CancellationToken cancellationToken = default) =>
        Task.FromResult(State.Enabled && UserRules.Find(State, sessionId, Clock.GetUtcNow()) is { } session
            ? new Actor(Id, State.Role, State.DepartmentId) { Elevated = session.ElevatedUntil > Clock.GetUtcNow(), Challenged = session.ChallengedAt is not null }
            : null);

    public Task<Outcome<UserView>> ElevateSessionAsync(Guid sessionId, CallContext context, CancellationToken cancellationToken = default) =>
        ExecuteAsync(context, state => UserRules.Elevate(Id, state, sessionId, context.By, Clock.GetUtcNow()), View);

    public Task<PushPreferences> GetPreferencesAsync(CancellationToken cancellationToken = default) => Task.FromResult(State.Preferences);

    public async Task<Outcome<PushPreferences>> SetPreferencesAsync(PushPreferences preferences, CallContext context, CancellationToken cancellationToken = default)
    {
        var outcome = await ExecuteAsync(context, state => UserRules.SetPreferences(state, preferences), (state, _) => state.Preferences);
        if (outcome.Ok)
        {
            foreach (var unwanted in inbox.Cards.Where(card => !NoticeRules.Wants(State, card)))
            {
                devices.Send(inbox.Take(new() { Id = unwanted.Id, Version = unwanted.Version }, forGood: false));
            }

            await LookAsync(cancellationToken);
        }

        return outcome;
    }

    public async Task<Outcome<SessionView>> SetPushTargetAsync(Guid sessionId, PushTarget? target, CallContext context, CancellationToken cancellationToken = default)
    {
        var consents = await AllowsAsync(Purposes.PushVendor, cancellationToken);
        return await ExecuteAsync(context, state => UserRules.SetPushTarget(Id, state, sessionId, target, consents, context.By, Clock.GetUtcNow()), (state, _) => SessionViews(state).Single(session => session.Id == sessionId));
    }

    public async Task<bool> MayPushAsync(Guid sessionId, string token, CancellationToken cancellationToken = default) =>
        await AllowsAsync(Purposes.PushVendor, cancellationToken) && Stands(sessionId) && UserRules.Find(State, sessionId, Clock.GetUtcNow())!.Push?.Token == token;

    public Task ForgetPushTokenAsync(Guid sessionId, string token, CancellationToken cancellationToken = default) =>
        ExecuteAsync(
            Itself,
            state => state.Sessions.Any(session => session.Id == sessionId && session.Push?.Token == token) ? new PushTargetChanged(sessionId) : Decision<UserEvent>.Nothing);

    public async Task<Outcome<NoticeReceipt>> ReadNoticeAsync(Guid noticeId, CallContext context, CancellationToken cancellationToken = default)
    {
        var card = inbox.Find(noticeId);
        var forMe = card is { Kind: NoticeRules.CardKind } || (await GrainFactory.Grain<INoticeGrain>(noticeId).GetAsync(context.By, cancellationToken)).Ok;
        var outcome = await ExecuteAsync(
            context,
            state => NoticeRules.Read(Id, state, noticeId, forMe, context.By),
            (state, _) => new NoticeReceipt(noticeId, Id, state.NoticesRead.TryGetValue(noticeId, out var at) ? at : null));
        if (outcome.Ok && card is not null)
        {
            // Nobody shows it again, whatever version comes.
            devices.Send(inbox.Take(new() { Id = noticeId, Version = card.Version }));
        }

        return outcome;
    }

    private TimeZoneInfo Zone => days.Zone;

    private Actor Person => new(Id, State.Role, State.DepartmentId);

    private bool TakesPushes => State.Sessions.Any(session => session.Push is not null);

    private bool Stands(Guid sessionId) => State.Enabled && UserRules.Find(State, sessionId, Clock.GetUtcNow()) is { ChallengedAt: null };

    private IReadOnlyList<SessionView> SessionViews(UserState state)
    {
        var connected = inbox.Connections.ToLookup(c => c.Connection.SessionId, c => c.Connection);
        return
        [
            .. state.Sessions.Where(session => session.ExpiresAt > Clock.GetUtcNow()).Select(session => new SessionView
            {
                Id = session.Id, DeviceId = session.DeviceId, CreatedAt = session.CreatedAt, LastSeenAt = session.LastSeenAt,
                ExpiresAt = session.ExpiresAt, Connected = connected.Contains(session.Id),
                Platform = connected[session.Id].FirstOrDefault()?.Hello.Platform, PushVendor = session.Push?.Vendor,
            }),
        ];
    }

    private UserView View(UserState state, int version) => UserProjection.View(UserProjection.Row(Id, state, version)) with { ErasedAt = state.ErasedAt };

    private SessionGrant Grant(UserState state, int version, Guid sessionId)
    {
        var session = UserRules.Find(state, sessionId, Clock.GetUtcNow());
        return new(sessionId, session?.Generation ?? 0, View(state, version), session?.ExpiresAt ?? default);
    }
}
