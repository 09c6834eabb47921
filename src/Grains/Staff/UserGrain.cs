using LimoCha.Actors.Attendance;
using LimoCha.Actors.Consent;
using LimoCha.Actors.Devices;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Tasks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace LimoCha.Actors.Staff;

/// <inheritdoc cref="IUserGrain" />
[GrainType("user")]
public sealed class UserGrain(IServiceProvider services) : DurableGrain<UserState, UserEvent>(UserKind.Instance, services), IUserGrain
{
    private static readonly TimeSpan GatewayAnswer = TimeSpan.FromSeconds(2);
    private const int AskedAtOnce = 32;
    private static readonly TimeSpan LostPeriod = TimeSpan.FromSeconds(2);

    private readonly IUserReadModel readModel = services.GetRequiredService<IUserReadModel>();
    private readonly KernelOptions options = services.GetRequiredService<IOptions<KernelOptions>>().Value;
    private readonly IChangeFeed changes = services.GetRequiredService<IChangeFeed>();
    private readonly LocalGateways local = services.GetRequiredService<LocalGateways>();
    private readonly Inbox inbox = new();
    private readonly Dictionary<Guid, GatewayLink> gateways = [];
    private readonly Dictionary<Guid, GatewayRef> lost = [];
    private IGrainTimer? finding;
    private DateTimeOffset? lastSeen;
    private (Guid LocationId, DateTimeOffset At)? place;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        await base.OnActivateAsync(cancellationToken);
        if (!Exists)
        {
            return;
        }

        await LookAsync(cancellationToken);
        place = await readModel.LastPlaceAsync(Id, cancellationToken);
        await FindConnectionsAsync(cancellationToken);
        this.RegisterGrainTimer(LookAsync, new() { DueTime = options.SecondLook, Period = Timeout.InfiniteTimeSpan, Interleave = true });
    }

    public Task<Outcome<UserView>> CreateAsync(CreateUser command, Credentials credentials, CallContext context, CancellationToken cancellationToken = default) =>
        ExecuteAsync(context, state => UserRules.Create(state, command, credentials, context.By), View);

    public async Task<Outcome<UserView>> ChangeAsync(ChangeUser command, CallContext context, CancellationToken cancellationToken = default)
    {
        var outcome = await ExecuteAsync(context, state => UserRules.Change(Id, state, command, context.By), View);
        if (outcome.Ok && !State.Enabled)
        {
            Send(inbox.End(null, "disabled"));
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

        Send(inbox.End(sessionId, "token-reuse"));
        return Refusal.Conflict("session-over", "The refresh token was used before; the session has been ended.");
    }

    public async Task<Outcome<UserView>> EndSessionsAsync(Guid? sessionId, string reason, CallContext context, CancellationToken cancellationToken = default)
    {
        var outcome = await ExecuteAsync(context, state => UserRules.End(Id, state, sessionId, reason, context.By), View);
        if (outcome.Ok)
        {
            Send(inbox.End(sessionId, reason));
        }

        return outcome;
    }

    public Task<IReadOnlyList<SessionView>> SessionsAsync(CancellationToken cancellationToken = default)
    {
        var connected = inbox.Connections.ToLookup(c => c.Connection.SessionId, c => c.Connection);
        return Task.FromResult<IReadOnlyList<SessionView>>(
        [
            .. State.Sessions.Where(session => session.ExpiresAt > Clock.GetUtcNow()).Select(session => new SessionView
            {
                Id = session.Id, DeviceId = session.DeviceId, CreatedAt = session.CreatedAt, LastSeenAt = session.LastSeenAt,
                ExpiresAt = session.ExpiresAt, Connected = connected.Contains(session.Id),
                Platform = connected[session.Id].FirstOrDefault()?.Hello.Platform,
            }),
        ]);
    }

    public Task<Actor?> CheckSessionAsync(Guid sessionId, CancellationToken cancellationToken = default) =>
        Task.FromResult(State.Enabled && UserRules.Find(State, sessionId, Clock.GetUtcNow()) is not null
            ? new Actor(Id, State.Role, State.DepartmentId)
            : null);

    public Task<PushPreferences> GetPreferencesAsync(CancellationToken cancellationToken = default) => Task.FromResult(State.Preferences);

    public Task<Outcome<PushPreferences>> SetPreferencesAsync(PushPreferences preferences, CallContext context, CancellationToken cancellationToken = default) =>
        ExecuteAsync(
            context,
            state => !state.Made ? Refusal.NotFound("user")
                : preferences.Off.Any(category => string.IsNullOrWhiteSpace(category) || category.Length > 40)
                    ? Refusal.Invalid("off", "Each category has 1 to 40 characters.")
                : new PreferencesChanged(preferences),
            (state, _) => state.Preferences);

    public Task<Outcome<ConsentFlag>> GetConsentAsync(string purpose, CancellationToken cancellationToken = default) =>
        Task.FromResult(ConsentRules.Find(State.Consents, purpose, Purposes.OfStaff, Version));

    public Task<Outcome<ConsentFlag>> SetConsentAsync(string purpose, SetConsent command, CallContext context, CancellationToken cancellationToken = default) =>
        ExecuteAsync(
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

    public async Task<Outcome<Attached>> AttachAsync(GatewayRef gateway, DeviceConnection connection, CancellationToken cancellationToken = default)
    {
        if (!State.Enabled || UserRules.Find(State, connection.SessionId, Clock.GetUtcNow()) is null)
        {
            return Refusal.Conflict("session-over", "The session is over; sign in again.");
        }

        await ConnectAsync(gateway, connection, cancellationToken);
        TellPresence();
        return Outcome.Of(new Attached(inbox.Cards.Count), Version);
    }

    public Task DetachAsync(Guid gatewayEpoch, string connectionId, CancellationToken cancellationToken = default)
    {
        inbox.Detach(connectionId);
        lastSeen = Clock.GetUtcNow();
        TellPresence();
        return Task.CompletedTask;
    }

    public Task DeliverAsync(Card card, CancellationToken cancellationToken = default)
    {
        Send(inbox.Put(card));
        return Task.CompletedTask;
    }

    public Task RemoveAsync(CardRef card, CancellationToken cancellationToken = default)
    {
        Send(inbox.Take(card));
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

    public Task<IReadOnlyList<Card>> CardsAsync(CancellationToken cancellationToken = default) => Task.FromResult(inbox.Cards);

    public Task<Presence> PresenceAsync(CancellationToken cancellationToken = default)
    {
        var devices = inbox.Connections.Select(c => new PresentDevice(c.Connection.Hello.DeviceId, c.Connection.Hello.Platform, c.Connection.Since)).ToArray();
        return Task.FromResult(new Presence(Id, devices.Length > 0, devices.Length > 0 ? Clock.GetUtcNow() : lastSeen, devices));
    }

    private UserView View(UserState state, int version) => UserProjection.View(UserProjection.Row(Id, state, version));

    private SessionGrant Grant(UserState state, int version, Guid sessionId)
    {
        var session = UserRules.Find(state, sessionId, Clock.GetUtcNow());
        return new(sessionId, session?.Generation ?? 0, View(state, version), session?.ExpiresAt ?? default);
    }

    /// <summary>Reads the open cards. Done at the start and once more a little later, which closes the projection's gap.</summary>
    private async Task LookAsync(CancellationToken cancellationToken) =>
        Send(inbox.Merge(await readModel.OpenCardsAsync(Id, cancellationToken)));

    /// <summary>Asks every gateway which of this user's devices it holds, so that an actor that moved finds them again.</summary>
    private async Task FindConnectionsAsync(CancellationToken cancellationToken)
    {
        foreach (var gateway in await GrainFactory.GetGrain<IGatewayRegistryGrain>(0).ListAsync(cancellationToken))
        {
            lost[gateway.Epoch] = gateway;
        }

        await FindLostAsync(cancellationToken);
    }

    /// <summary>
    /// A gateway that could not be reached may still be alive and hold devices that wait: it is asked again until it
    /// answers or has left the registry.
    /// </summary>
    private async Task FindLostAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAll(lost.Values.ToList().Select(async gateway =>
        {
            try
            {
                var found = await gateway.Observer.ConnectionsAsync(Id).WaitAsync(GatewayAnswer, Clock, cancellationToken);
                foreach (var connection in found.Where(connection => State.Enabled && UserRules.Find(State, connection.SessionId, Clock.GetUtcNow()) is not null))
                {
                    await ConnectAsync(gateway, connection, cancellationToken);
                }

                lost.Remove(gateway.Epoch);
            }
            catch (Exception error) when (error is TimeoutException or OrleansException or OperationCanceledException or StorageUnavailableException)
            {
                // Asked again below.
            }
        }));
        if (lost.Count == 0)
        {
            finding?.Dispose();
            finding = null;
        }
        else
        {
            finding ??= this.RegisterGrainTimer(LookForLostAsync, new() { DueTime = LostPeriod, Period = LostPeriod, Interleave = true });
        }
    }

    private async Task LookForLostAsync(CancellationToken cancellationToken)
    {
        try
        {
            var alive = (await GrainFactory.GetGrain<IGatewayRegistryGrain>(0).ListAsync(cancellationToken)).Select(gateway => gateway.Epoch).ToHashSet();
            foreach (var gone in lost.Keys.Where(epoch => !alive.Contains(epoch)).ToList())
            {
                lost.Remove(gone);
            }
        }
        catch (Exception error) when (error is TimeoutException or OrleansException)
        {
            // The registry is moving; whoever is lost is asked all the same.
        }

        await FindLostAsync(cancellationToken);
    }

    private void TellPresence() => changes.Publish([new("presence", Id, 0)]);

    /// <summary>
    /// Connects a device. What it shows and the inbox does not know is asked of its actor first: a card that was delivered
    /// just before a crash is not yet in the read model, and dropping it now would show it a second time later.
    /// </summary>
    private async Task ConnectAsync(GatewayRef gateway, DeviceConnection connection, CancellationToken cancellationToken)
    {
        foreach (var asked in inbox.Unknown(connection.Hello.Have).Chunk(AskedAtOnce))
        {
            foreach (var card in await Task.WhenAll(asked.Select(card => GrainFactory.Grain<ITaskGrain>(card.Id).CardAsync(Id, cancellationToken))))
            {
                Send(card is null ? [] : inbox.Put(card));
            }
        }

        connection = connection with { Hello = connection.Hello with { Have = null } };
        if (!gateways.ContainsKey(gateway.Epoch))
        {
            gateways[gateway.Epoch] = new(Id, local.Find(gateway.Epoch) ?? gateway.Observer, () =>
            {
                gateways.Remove(gateway.Epoch);
                inbox.DropGateway(gateway.Epoch);
                lost[gateway.Epoch] = gateway;
                finding ??= this.RegisterGrainTimer(LookForLostAsync, new() { DueTime = LostPeriod, Period = LostPeriod, Interleave = true });
            });
        }

        Send(inbox.Attach(gateway.Epoch, connection));
    }

    private void Send(IReadOnlyList<Inbox.Outgoing> messages)
    {
        foreach (var (gateway, message) in messages)
        {
            if (gateways.TryGetValue(gateway, out var link))
            {
                link.Send(message);
            }
        }
    }
}
