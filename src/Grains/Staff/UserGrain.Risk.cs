using LimoCha.Actors.Attendance;
using LimoCha.Actors.Consent;
using LimoCha.Actors.Devices;
using LimoCha.Actors.Kernel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace LimoCha.Actors.Staff;

/// <summary>Signs that the account is not used by its person (E8). Counts and places are in memory only; signals are facts.</summary>
public sealed partial class UserGrain
{
    private readonly RiskOptions risk = services.GetRequiredService<IOptions<RiskOptions>>().Value;
    private readonly Queue<DateTimeOffset> uses = new();
    private Whereabouts? seenAt;

    public async Task<Outcome<UserView>> AdmitUseAsync(Guid sessionId, CancellationToken cancellationToken = default)
    {
        var now = Clock.GetUtcNow();
        while (uses.TryPeek(out var oldest) && now - oldest > RiskRules.Window)
        {
            uses.Dequeue();
        }

        if (uses.Count >= risk.UsesPerTenMinutes)
        {
            uses.Clear();
            await RaiseAsync(RiskKind.UnusualRate, sessionId);
        }

        if (UserRules.Find(State, sessionId, now) is { ChallengedAt: not null })
        {
            return new Refusal(RefusalKind.Forbidden, "second-factor-required", "This account's use is unusual: prove again that it is you at /auth/step-up.");
        }

        uses.Enqueue(now);
        return Outcome.Of(View(State, Version), Version);
    }

    /// <summary>Compares with where the person was last, under their consent to that alone.</summary>
    private async Task WatchTravelAsync(Whereabouts now, CancellationToken cancellationToken)
    {
        if (!await AllowsAsync(Purposes.AccountTravel, cancellationToken))
        {
            seenAt = null;
            return;
        }

        var before = seenAt;
        seenAt = before is null || before.At <= now.At ? now : before;
        if (before is not null && RiskRules.IsImpossible(before, now, risk.FastestKmh))
        {
            await RaiseAsync(RiskKind.ImpossibleTravel, null);
        }
    }

    private async Task RaiseAsync(RiskKind kind, Guid? sessionId)
    {
        var raised = RiskRules.Raise(kind, sessionId, risk);
        await ExecuteAsync(Itself, state => state.Made ? raised : Decision<UserEvent>.Nothing);
        if (raised.Challenge)
        {
            // Its devices come back when the person has proved that it is them.
            devices.Send(inbox.End(sessionId, "second-factor-required"));
        }
    }
}
