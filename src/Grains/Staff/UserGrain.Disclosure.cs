using LimoCha.Actors.Consent;
using LimoCha.Actors.Kernel;

namespace LimoCha.Actors.Staff;

/// <summary>What of a staff member is given to an authority that demands it by law (D3).</summary>
public sealed partial class UserGrain
{
    public async Task<Outcome<FieldsGiven>> DiscloseAsync(DataUse use, CallContext context, CancellationToken cancellationToken = default)
    {
        if (UserFields.All.ClassesOf(use.Fields ?? []) is not { } classes)
        {
            return Refusal.Invalid("fields", $"Fields are of {UserFields.All.Allowed}.");
        }

        var catalog = await catalogs.GetAsync();
        UseDecision Decide(UserState state) => UseRules.Decide(use with { Classes = classes }, Subject(state), catalog, Clock.GetUtcNow(), days.Today);
        UseDecision? decision = null;
        return await ExecuteAsync(
            context,
            state => !state.Made ? Refusal.NotFound("user")
                : !context.By.IsOffice ? Refusal.Forbidden("Legal disclosures are the privacy office's.")
                : new UserDataUsed(use, decision = Decide(state)),
            (state, _) =>
            {
                // A repeat is decided by what stands now.
                decision ??= Decide(state);
                return new FieldsGiven { Decision = decision, Fields = decision.Allowed ? UserFields.All.Pick(state, use.Fields!) : null };
            });
    }

    private static DataSubject Subject(UserState state) => new(SubjectKind.Staff, state.Consents, [], Erased: state.ErasedAt is not null);
}
