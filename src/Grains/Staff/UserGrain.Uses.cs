using LimoCha.Actors.Consent;
using LimoCha.Actors.Kernel;

namespace LimoCha.Actors.Staff;

/// <summary>Uses of a staff member's data: their own copy (C1), and what an authority demands by law (D3).</summary>
public sealed partial class UserGrain
{
    public async Task<Outcome<StaffData>> CopyAsync(CallContext context, CancellationToken cancellationToken = default)
    {
        if (State.Made && context.By.UserId != Id && !context.By.IsOffice)
        {
            return Refusal.Forbidden("The copy is for the person and the privacy office.");
        }

        var decision = await UseAsync(new() { Kind = UseKind.Export, Purpose = Purposes.StaffRights }, context);
        return !decision.Ok ? decision.Refusal
            : !decision.Value.Allowed ? new Refusal(RefusalKind.Forbidden, decision.Value.Problem!, decision.Value.Explanation)
            : Outcome.Of(
                new StaffData
                {
                    Phone = State.Phone, Email = State.Email, RealName = State.RealName, IdentityNumber = State.IdentityNumber, RealNameAt = State.RealNameAt, KnownDevices = State.KnownDevices,
                    Preferences = State.Preferences, NoticesRead = State.NoticesRead,
                }, decision.Version);
    }

    public async Task<Outcome<FieldsGiven>> DiscloseAsync(DataUse use, CallContext context, CancellationToken cancellationToken = default)
    {
        if (UserFields.All.ClassesOf(use.Fields ?? []) is not { } classes)
        {
            return Refusal.Invalid("fields", $"Fields are of {UserFields.All.Allowed}.");
        }

        if (!context.By.IsOffice)
        {
            return Refusal.Forbidden("Legal disclosures are the privacy office's.");
        }

        var decision = await UseAsync(use with { Classes = classes }, context);
        return decision.Ok
            ? Outcome.Of(new FieldsGiven { Decision = decision.Value, Fields = decision.Value.Allowed ? UserFields.All.Pick(State, use.Fields!) : null }, decision.Version)
            : decision.Refusal;
    }

    /// <summary>Decides and records; a repeat is decided by what stands now.</summary>
    private async Task<Outcome<UseDecision>> UseAsync(DataUse use, CallContext context)
    {
        var catalog = await catalogs.GetAsync();
        UseDecision? decision = null;
        UseDecision Decide(UserState state) => decision = UseRules.Decide(use, Subject(state), catalog, Clock.GetUtcNow(), days.Today);
        return await ExecuteAsync(
            context,
            state => state.Made ? new UserDataUsed(use, Decide(state)) : Refusal.NotFound("user"),
            (state, _) => decision ?? Decide(state));
    }

    private static DataSubject Subject(UserState state) => new(SubjectKind.Staff, state.Consents, [], Erased: state.ErasedAt is not null);
}
