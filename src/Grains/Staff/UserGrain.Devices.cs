using LimoCha.Actors.Consent;
using LimoCha.Actors.Devices;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Notices;
using LimoCha.Actors.Push;

namespace LimoCha.Actors.Staff;

/// <summary>What the person's devices show, and whether they can be reached.</summary>
public sealed partial class UserGrain
{
    /// <summary>A call that was not answered within its time is not delivered after it; and some more.</summary>
    private static readonly TimeSpan MessagesLive = TimeSpan.FromSeconds(15);

    /// <summary>Until who has devices connected has to be told again to stay awake: three times over.</summary>
    private static readonly TimeSpan Kept = 3 * LocalUsers.KeepPeriod;

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

        return Outcome.Of(new Attached(inbox.Count), Version);
    }

    public async Task DetachAsync(Guid gatewayEpoch, string connectionId, IReadOnlyList<CardRef>? unseen = null, CancellationToken cancellationToken = default)
    {
        inbox.Detach(connectionId);
        await DisconnectedAsync();
        if (TakesPushes && unseen is { Count: > 0 } && !inbox.Connections.Any())
        {
            foreach (var card in unseen.Select(shown => inbox.Find(shown.Id)).OfType<Card>())
            {
                await PushAsync(card, cancellationToken);
            }
        }
    }

    public async Task KeepAsync(IReadOnlySet<Guid> gateways, DateTimeOffset then, CancellationToken cancellationToken = default)
    {
        if (devices.Doubt(gateways, then))
        {
            await DisconnectedAsync();
        }

        if (inbox.Connections.Any())
        {
            DelayDeactivation(Kept);
        }
    }

    public Task ActiveAsync(string connectionId, bool active, CancellationToken cancellationToken = default)
    {
        if (inbox.SetActive(connectionId, active))
        {
            TellPresence();
        }

        return Task.CompletedTask;
    }

    public Task DeliverAsync(Card card, CancellationToken cancellationToken = default) =>
        inbox.IsNew(card) && (Clock.GetElapsedTime(startedAt) < MessagesLive || Clock.GetUtcNow() - card.At > MessagesLive)
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

        devices.Send(inbox.Put(card));
        return TakesPushes && !inbox.Connections.Any() && inbox.Find(card.Id)?.Version == card.Version ? PushAsync(card, cancellationToken) : Task.CompletedTask;
    }

    public Task RemoveAsync(CardRef card, CancellationToken cancellationToken = default)
    {
        devices.Send(inbox.Take(card));
        return Task.CompletedTask;
    }

    public Task LookAgainAsync(CancellationToken cancellationToken = default) => Exists ? LookAsync(cancellationToken) : Task.CompletedTask;

    public Task<IReadOnlyList<Card>> CardsAsync(CancellationToken cancellationToken = default) => Task.FromResult(inbox.Cards);

    public Task<Presence> PresenceAsync(CancellationToken cancellationToken = default)
    {
        var connected = inbox.Connections.Select(c => new PresentDevice(c.Connection.Hello.DeviceId, c.Connection.Hello.Platform, c.Connection.Since) { Active = c.Connection.Active }).ToArray();
        return Task.FromResult(new Presence(Id, connected.Length > 0, connected.Length > 0 ? Clock.GetUtcNow() : lastSeen, connected)
        {
            State = connected.Length == 0 ? PresenceState.Away : connected.Any(device => device.Active) ? PresenceState.Online : PresenceState.Idle,
        });
    }

    public Task ProgressAsync(JobProgress progress, CancellationToken cancellationToken = default)
    {
        devices.Send(inbox.Tell(new() { Progress = progress }));
        return Task.CompletedTask;
    }

    /// <summary>Whether this person's devices show a card.</summary>
    internal bool Wants(Card card) => NoticeRules.Wants(State, card);

    /// <summary>Queues a push to every phone of this person that takes some, if they want it (A1, A2).</summary>
    private async Task PushAsync(Card card, CancellationToken cancellationToken)
    {
        if (PushRules.Plan(Id, State, await AllowsAsync(Purposes.PushVendor, cancellationToken), card, Clock.GetUtcNow(), Zone) is { Count: > 0 } planned)
        {
            pushed = true;
            await pushes.AddAsync(planned, cancellationToken);
        }
    }

    /// <summary>
    /// Brings the inbox to what is open: rows whose state is at the row's version are; about all others, and about what the
    /// inbox has beyond them, their own actors are asked. A closed one would otherwise come back on a device that has seen
    /// it go, or stay for ever. Done at the start, once more a little later (which closes the projection's gap), when
    /// another activation may have been told what this one was not, and after the cluster changed.
    /// </summary>
    private async Task LookAsync(CancellationToken cancellationToken)
    {
        var before = inbox.Cards;
        var open = await readModel.OpenCardsAsync(Id, State.DepartmentId, State.Role, cancellationToken);
        var beyond = before.ExceptBy(open.Current.Select(card => card.Id), card => card.Id).ToList();
        var asked = await devices.AskAsync(open.Behind.Select(card => card.Id).Union(beyond.Select(card => card.Id)), cancellationToken);
        devices.Put(open.Current.Concat(asked));
        foreach (var gone in beyond.ExceptBy(asked.Select(card => card.Id), card => card.Id))
        {
            devices.Send(inbox.Take(new() { Id = gone.Id, Version = gone.Version }, forGood: gone.Kind != NoticeRules.CardKind));
        }
    }

    private async Task DisconnectedAsync()
    {
        lastSeen = Clock.GetUtcNow();
        TellPresence();
        if (!inbox.Connections.Any())
        {
            await presence.SeenAsync(Id, lastSeen.Value);
        }
    }

    private void TellPresence() => changes.Publish([new("presence", Id, 0)]);
}
