using LimoCha.Actors.Consent;
using LimoCha.Actors.Devices;
using LimoCha.Actors.Kernel;

namespace LimoCha.Actors.Staff;

/// <summary>What the person agreed to, and what follows for the use of their own data.</summary>
public sealed partial class UserGrain
{
    public async Task<Outcome<ConsentFlag>> GetConsentAsync(string purpose, CancellationToken cancellationToken = default) =>
        ConsentRules.Find(State.Consents, purpose, SubjectKind.Staff, await catalogs.GetAsync(), Version);

    public async Task<ConsentList> ListConsentsAsync(CancellationToken cancellationToken = default)
    {
        var catalog = await catalogs.GetAsync();
        return new() { Items = ConsentRules.All(State.Consents, SubjectKind.Staff, catalog), PolicyVersion = catalog.Policy.Version };
    }

    public async Task<Outcome<ConsentFlag>> SetConsentAsync(string purpose, SetConsent command, CallContext context, CancellationToken cancellationToken = default)
    {
        var (catalog, signer) = (await catalogs.GetAsync(), await receipts.SignerAsync(cancellationToken));
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

                var set = ConsentRules.Set(state.Consents, purpose, SubjectKind.Staff, command, catalog, Clock.GetUtcNow());
                if (!set.Ok)
                {
                    return set.Refusal;
                }

                var receipt = signer.Issue(Id, set.Value, command, catalog, context.By);
                return new UserConsentChanged(set.Value with { ReceiptId = receipt.Id }) { Receipt = receipt };
            },
            (state, version) => ConsentRules.Find(state.Consents, purpose, SubjectKind.Staff, catalog, version).Value!);
        if (!await AllowsAsync(Purposes.DispatchLocation, cancellationToken))
        {
            point = null;
        }

        if (purpose == Purposes.PushVendor && outcome is { Ok: true, Value.State: not ConsentState.Granted })
        {
            // What waits would be stopped one by one at its turn; this ends it now, also what a dead sender holds.
            await pushes.DropAsync(Id, cancellationToken);
        }

        return outcome;
    }

    public async Task<bool> AllowsAsync(string purpose, CancellationToken cancellationToken = default)
    {
        var catalog = await catalogs.GetAsync();
        return UseRules.Allows(Subject(State), purpose, catalog, Clock.GetUtcNow(), days.Today);
    }

    public async Task<Outcome<UserView>> EraseAsync(string reason, CallContext context, CancellationToken cancellationToken = default)
    {
        var erased = await EraseAsync(context, state => UserRules.Erase(Id, state, reason, context.By), View);
        if (erased.Ok)
        {
            devices.Send(inbox.End(null, "disabled"));
            await FinishErasureAsync(cancellationToken);
        }

        return erased;
    }

    protected override UserEvent KeyDestroyed => new UserKeyDestroyed();
}
