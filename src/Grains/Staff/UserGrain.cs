using LimoCha.Actors.Attendance;
using LimoCha.Actors.Consent;
using LimoCha.Actors.Devices;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Notices;
using LimoCha.Actors.Push;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace LimoCha.Actors.Staff;

/// <inheritdoc cref="IUserGrain" />
[GrainType("user")]
public sealed class UserGrain(IServiceProvider services) : DurableGrain<UserState, UserEvent>(UserKind.Instance, services), IUserGrain
{
    /// <summary>A location is of use, and kept, for so long.</summary>
    private static readonly TimeSpan LocationKept = TimeSpan.FromMinutes(30);

    /// <summary>A call that was not answered within its time is not delivered after it; and some more.</summary>
    private static readonly TimeSpan MessagesLive = TimeSpan.FromSeconds(15);

    private readonly IUserReadModel readModel = services.GetRequiredService<IUserReadModel>();
    private readonly KernelOptions options = services.GetRequiredService<IOptions<KernelOptions>>().Value;
    private readonly IChangeFeed changes = services.GetRequiredService<IChangeFeed>();
    private readonly IPresenceStore presence = services.GetRequiredService<IPresenceStore>();
    private readonly IPushQueue pushes = services.GetRequiredService<IPushQueue>();
    private readonly LocalUsers neighbours = services.GetRequiredService<LocalUsers>();
    private readonly LocalGateways local = services.GetRequiredService<LocalGateways>();
    private readonly TimeZoneInfo zone = TimeZoneInfo.FindSystemTimeZoneById(services.GetRequiredService<IOptions<KernelOptions>>().Value.TimeZone);
    private UserDevices devices = default!;
    private DateTimeOffset? lastSeen;
    private (Guid LocationId, DateTimeOffset At)? place;
    private Whereabouts? point;
    private bool pushed;
    private long startedAt;

    private Inbox Inbox => devices.Inbox;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        await base.OnActivateAsync(cancellationToken);
        startedAt = Clock.GetTimestamp();
        devices = new(this, () => Person, GrainFactory, local, Clock, Stands, LookAsync);
        if (!Exists)
        {
            return;
        }

        neighbours.Add(Id);
        place = await readModel.LastPlaceAsync(Id, cancellationToken);
        lastSeen = await readModel.LastSeenAsync(Id, cancellationToken);
        await devices.FindAsync(cancellationToken);
        this.RegisterGrainTimer(LookAsync, new() { DueTime = options.SecondLook, Period = Timeout.InfiniteTimeSpan, Interleave = true });
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        neighbours.Remove(Id);
        return base.OnDeactivateAsync(reason, cancellationToken);
    }

    public Task<Outcome<UserView>> CreateAsync(CreateUser command, Credentials credentials, CallContext context, CancellationToken cancellationToken = default) =>
        ExecuteAsync(context, state => UserRules.Create(state, command, credentials, context.By), View);

    public async Task<Outcome<UserView>> ChangeAsync(ChangeUser command, CallContext context, CancellationToken cancellationToken = default)
    {
        var outcome = await ExecuteAsync(context, state => UserRules.Change(Id, state, command, context.By), View);
        if (outcome.Ok && !State.Enabled)
        {
            devices.Send(Inbox.End(null, "disabled"));
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
                : new CredentialsChanged { Credentials = credentials },
            View);

    public Task<Outcome<SessionGrant>> OpenSessionAsync(string? deviceId, CallContext context, CancellationToken cancellationToken = default)
    {
        var sessionId = Ids.New(Clock);
        return ExecuteAsync(context, state => UserRules.Open(state, sessionId, deviceId, Clock.GetUtcNow()), (state, version) => Grant(state, version, sessionId));
    }

    public async Task<Outcome<SessionGrant>> RotateSessionAsync(Guid sessionId, int generation, CancellationToken cancellationToken = default)
    {
        var context = new CallContext(new(Id, State.Role, State.DepartmentId), Ids.New(Clock));
        var outcome = await ExecuteAsync(context, state => UserRules.Rotate(state, sessionId, generation, Clock.GetUtcNow()), (state, version) => Grant(state, version, sessionId));
        if (!outcome.Ok || outcome.Value.Generation > 0)
        {
            return outcome;
        }

        devices.Send(Inbox.End(sessionId, "token-reuse"));
        return Refusal.Conflict("session-over", "The refresh token was used before; the session has been ended.");
    }

    public async Task<Outcome<UserView>> EndSessionsAsync(Guid? sessionId, string reason, CallContext context, CancellationToken cancellationToken = default)
    {
        var outcome = await ExecuteAsync(context, state => UserRules.End(Id, state, sessionId, reason, context.By), View);
        if (outcome.Ok)
        {
            devices.Send(Inbox.End(sessionId, reason));
        }

        return outcome;
    }

    public Task<IReadOnlyList<SessionView>> SessionsAsync(CancellationToken cancellationToken = default) => Task.FromResult(SessionViews(State));

    public Task<Actor?> CheckSessionAsync(Guid sessionId, CancellationToken cancellationToken = default) =>
        Task.FromResult(State.Enabled && UserRules.Find(State, sessionId, Clock.GetUtcNow()) is not null
            ? new Actor(Id, State.Role, State.DepartmentId)
            : null);

    public Task<PushPreferences> GetPreferencesAsync(CancellationToken cancellationToken = default) => Task.FromResult(State.Preferences);

    public async Task<Outcome<PushPreferences>> SetPreferencesAsync(PushPreferences preferences, CallContext context, CancellationToken cancellationToken = default)
    {
        var outcome = await ExecuteAsync(context, state => UserRules.SetPreferences(state, preferences), (state, _) => state.Preferences);
        if (outcome.Ok)
        {
            foreach (var unwanted in Inbox.Cards.Where(card => !NoticeRules.Wants(State, card)))
            {
                devices.Send(Inbox.Take(new() { Id = unwanted.Id, Version = unwanted.Version }, forGood: false));
            }

            await LookAsync(cancellationToken);
        }

        return outcome;
    }

    public Task<Outcome<ConsentFlag>> GetConsentAsync(string purpose, CancellationToken cancellationToken = default) =>
        Task.FromResult(ConsentRules.Find(State.Consents, purpose, Purposes.OfStaff, Version));

    public async Task<Outcome<ConsentFlag>> SetConsentAsync(string purpose, SetConsent command, CallContext context, CancellationToken cancellationToken = default)
    {
        var outcome = await ExecuteAsync(
            context,
            state =>
            {
                if (!state.Made)
                {
                    return Refusal.NotFound("user");
                }

                if (context.By.UserId != Id)
                {
                    return Refusal.Forbidden("Consent is the person's own act.");
                }

                var set = ConsentRules.Set(state.Consents, purpose, Purposes.OfStaff, command, Clock.GetUtcNow());
                return set.Ok ? new UserConsentChanged(set.Value) : set.Refusal;
            },
            (state, _) => state.Consents[purpose]);
        if (!ConsentRules.Allows(State.Consents, Purposes.DispatchLocation))
        {
            point = null;
        }

        return outcome;
    }

    public async Task<Outcome<Attached>> AttachAsync(GatewayRef gateway, DeviceConnection connection, CancellationToken cancellationToken = default)
    {
        if (!Stands(connection.SessionId))
        {
            return Refusal.Conflict("session-over", "The session is over; sign in again.");
        }

        await devices.AttachAsync(gateway, connection, cancellationToken);
        TellPresence();
        if (TakesPushes || pushed)
        {
            // Everything is on a screen now: what still waits to be pushed is not needed any more.
            await pushes.DropAsync(Id, cancellationToken);
            pushed = false;
        }

        return Outcome.Of(new Attached(Inbox.Cards.Count), Version);
    }

    public async Task DetachAsync(Guid gatewayEpoch, string connectionId, IReadOnlyList<CardRef>? unseen = null, CancellationToken cancellationToken = default)
    {
        Inbox.Detach(connectionId);
        lastSeen = Clock.GetUtcNow();
        TellPresence();
        if (Inbox.Connections.Any())
        {
            return;
        }

        await presence.SeenAsync(Id, lastSeen.Value);
        if (TakesPushes && unseen is { Count: > 0 })
        {
            foreach (var card in unseen.Select(shown => Inbox.Find(shown.Id)).OfType<Card>())
            {
                await PushAsync(card, cancellationToken);
            }
        }
    }

    public Task ActiveAsync(string connectionId, bool active, CancellationToken cancellationToken = default)
    {
        if (Inbox.SetActive(connectionId, active))
        {
            TellPresence();
        }

        return Task.CompletedTask;
    }

    public Task DeliverAsync(Card card, CancellationToken cancellationToken = default) =>
        Inbox.IsNew(card) && (Clock.GetElapsedTime(startedAt) < MessagesLive || Clock.GetUtcNow() - card.At > MessagesLive)
            ? DeliverLateAsync(card, cancellationToken)
            : PutAsync(card, cancellationToken);

    /// <summary>
    /// What a task told a former activation may arrive here, after the task has told that one also that it is over. So
    /// what this activation has never heard of is compared with the stored state as long as such messages may live.
    /// </summary>
    private async Task DeliverLateAsync(Card card, CancellationToken cancellationToken)
    {
        var now = await readModel.IsCurrentAsync(card) ? card : (await devices.AskAsync([card.Id], cancellationToken)).SingleOrDefault();
        if (now is not null)
        {
            await PutAsync(now, cancellationToken);
        }
    }

    private Task PutAsync(Card card, CancellationToken cancellationToken)
    {
        if (!Wants(card))
        {
            return Task.CompletedTask;
        }

        devices.Send(Inbox.Put(card));
        return TakesPushes && !Inbox.Connections.Any() && Inbox.Find(card.Id)?.Version == card.Version ? PushAsync(card, cancellationToken) : Task.CompletedTask;
    }

    public Task RemoveAsync(CardRef card, CancellationToken cancellationToken = default)
    {
        devices.Send(Inbox.Take(card));
        return Task.CompletedTask;
    }

    public async Task PlacedAsync(Guid locationId, bool present, DateTimeOffset at, CancellationToken cancellationToken = default)
    {
        var before = place;
        if (before is { } known && known.LocationId != locationId)
        {
            var (left, entered, when) = known.At <= at ? (known.LocationId, locationId, at) : (locationId, known.LocationId, known.At);
            if (present || known.At > at)
            {
                await GrainFactory.Grain<ICheckInLocationGrain>(left).LeftForAsync(Id, entered, when, cancellationToken);
            }
        }

        if (before is null || before.Value.At <= at)
        {
            place = present ? (locationId, at) : before?.LocationId == locationId ? null : before;
        }
    }

    public Task LookAgainAsync(CancellationToken cancellationToken = default) => Exists ? LookAsync(cancellationToken) : Task.CompletedTask;

    public Task<IReadOnlyList<Card>> CardsAsync(CancellationToken cancellationToken = default) => Task.FromResult(Inbox.Cards);

    public Task<Presence> PresenceAsync(CancellationToken cancellationToken = default)
    {
        var connected = Inbox.Connections.Select(c => new PresentDevice(c.Connection.Hello.DeviceId, c.Connection.Hello.Platform, c.Connection.Since) { Active = c.Connection.Active }).ToArray();
        return Task.FromResult(new Presence(Id, connected.Length > 0, connected.Length > 0 ? Clock.GetUtcNow() : lastSeen, connected)
        {
            State = connected.Length == 0 ? PresenceState.Away : connected.Any(device => device.Active) ? PresenceState.Online : PresenceState.Idle,
        });
    }

    public Task<bool> AllowsAsync(string purpose, CancellationToken cancellationToken = default) => Task.FromResult(ConsentRules.Allows(State.Consents, purpose));

    public Task<Outcome<Whereabouts>> LocateAsync(GeoPoint point, DateTimeOffset at, CancellationToken cancellationToken = default)
    {
        var now = Clock.GetUtcNow();
        if (!LocationRules.IsOnEarth(point))
        {
            return Task.FromResult<Outcome<Whereabouts>>(Refusal.Invalid("point", "Latitude is -90 to 90, longitude -180 to 180, in degrees."));
        }

        if (!ConsentRules.Allows(State.Consents, Purposes.DispatchLocation))
        {
            return Task.FromResult<Outcome<Whereabouts>>(Refusal.Unprocessable("consent-required", $"Your location is looked at only under your consent to {Purposes.DispatchLocation}.", "point"));
        }

        // The device's clock is not trusted: nothing comes from the future, and what is old is not new.
        var when = at > now ? now : at.ToUniversalTime();
        if (now - when < LocationKept && (this.point is null || this.point.At <= when))
        {
            this.point = new(Geodesy.ToWgs84(point), null, when);
        }

        return Task.FromResult(Outcome.Of(new Whereabouts(null, null, when), Version));
    }

    public Task<Whereabouts?> WhereAsync(CancellationToken cancellationToken = default)
    {
        var now = Clock.GetUtcNow();
        if (!ConsentRules.Allows(State.Consents, Purposes.DispatchLocation))
        {
            return Task.FromResult<Whereabouts?>(null);
        }

        point = point is { } known && now - known.At < LocationKept ? known : null;
        return Task.FromResult(point ?? (place is { } at && LocationRules.DayOf(at.At, zone) == LocationRules.DayOf(now, zone) ? new Whereabouts(null, at.LocationId, at.At) : null));
    }

    public Task<Outcome<SessionView>> SetPushTargetAsync(Guid sessionId, PushTarget? target, CallContext context, CancellationToken cancellationToken = default) =>
        ExecuteAsync(context, state => UserRules.SetPushTarget(Id, state, sessionId, target, context.By, Clock.GetUtcNow()), (state, _) => SessionViews(state).Single(session => session.Id == sessionId));

    public Task<bool> MayPushAsync(Guid sessionId, string token, CancellationToken cancellationToken = default) =>
        Task.FromResult(Stands(sessionId) && UserRules.Find(State, sessionId, Clock.GetUtcNow())!.Push?.Token == token && ConsentRules.Allows(State.Consents, Purposes.PushVendor));

    public Task ForgetPushTokenAsync(Guid sessionId, string token, CancellationToken cancellationToken = default) =>
        ExecuteAsync(
            new(Actor.System, Ids.New(Clock)),
            state => state.Sessions.Any(session => session.Id == sessionId && session.Push?.Token == token) ? new PushTargetChanged(sessionId) : Decision<UserEvent>.Nothing, View);

    public async Task<Outcome<NoticeReceipt>> ReadNoticeAsync(Guid noticeId, CallContext context, CancellationToken cancellationToken = default)
    {
        var card = Inbox.Find(noticeId);
        var forMe = card is { Kind: NoticeRules.CardKind } || (await GrainFactory.Grain<INoticeGrain>(noticeId).GetAsync(context.By, cancellationToken)).Ok;
        var outcome = await ExecuteAsync(
            context,
            state => NoticeRules.Read(Id, state, noticeId, forMe, context.By),
            (state, _) => new NoticeReceipt(noticeId, Id, state.NoticesRead.TryGetValue(noticeId, out var at) ? at : null));
        if (outcome.Ok && card is not null)
        {
            // Nobody shows it again, whatever version comes.
            devices.Send(Inbox.Take(new() { Id = noticeId, Version = card.Version }));
        }

        return outcome;
    }

    public Task ProgressAsync(JobProgress progress, CancellationToken cancellationToken = default)
    {
        devices.Send(Inbox.Tell(new() { Progress = progress }));
        return Task.CompletedTask;
    }

    /// <summary>Whether this person's devices show a card.</summary>
    internal bool Wants(Card card) => NoticeRules.Wants(State, card);

    private Actor Person => new(Id, State.Role, State.DepartmentId);

    private bool TakesPushes => State.Sessions.Any(session => session.Push is not null);

    private bool Stands(Guid sessionId) => State.Enabled && UserRules.Find(State, sessionId, Clock.GetUtcNow()) is not null;

    /// <summary>Queues a push to every phone of this person that takes some, if they want it (A1, A2).</summary>
    private async Task PushAsync(Card card, CancellationToken cancellationToken)
    {
        if (PushRules.Plan(Id, State, card, Clock.GetUtcNow(), zone) is { Count: > 0 } planned)
        {
            pushed = true;
            await pushes.AddAsync(planned, cancellationToken);
        }
    }

    private IReadOnlyList<SessionView> SessionViews(UserState state)
    {
        var connected = Inbox.Connections.ToLookup(c => c.Connection.SessionId, c => c.Connection);
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

    private UserView View(UserState state, int version) => UserProjection.View(UserProjection.Row(Id, state, version));

    private SessionGrant Grant(UserState state, int version, Guid sessionId)
    {
        var session = UserRules.Find(state, sessionId, Clock.GetUtcNow());
        return new(sessionId, session?.Generation ?? 0, View(state, version), session?.ExpiresAt ?? default);
    }

    /// <summary>
    /// Brings the inbox to what is open: rows whose state is at the row's version are; about all others, and about what the
    /// inbox has beyond them, their own actors are asked. A closed one would otherwise come back on a device that has seen
    /// it go, or stay for ever. Done at the start, once more a little later (which closes the projection's gap), when
    /// another activation may have been told what this one was not, and after the cluster changed.
    /// </summary>
    private async Task LookAsync(CancellationToken cancellationToken)
    {
        var before = Inbox.Cards;
        var open = await readModel.OpenCardsAsync(Id, State.DepartmentId, State.Role, cancellationToken);
        var beyond = before.ExceptBy(open.Current.Select(card => card.Id), card => card.Id).ToList();
        var asked = await devices.AskAsync(open.Behind.Select(card => card.Id).Union(beyond.Select(card => card.Id)), cancellationToken);
        devices.Put(open.Current.Concat(asked));
        foreach (var gone in beyond.ExceptBy(asked.Select(card => card.Id), card => card.Id))
        {
            devices.Send(Inbox.Take(new() { Id = gone.Id, Version = gone.Version }, forGood: gone.Kind != NoticeRules.CardKind));
        }
    }

    private void TellPresence() => changes.Publish([new("presence", Id, 0)]);
}
