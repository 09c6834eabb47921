using LimoCha.Actors.Consent;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Privacy;

namespace LimoCha.Actors.Staff;

/// <summary>Who the person is by their identity document: only under their separate consent (F3, B5), masked to everybody.</summary>
public sealed partial class UserGrain
{
    public async Task<Outcome<RealNameView>> SetRealNameAsync(SetRealName command, CallContext context, CancellationToken cancellationToken = default)
    {
        var consents = await AllowsAsync(Purposes.AccountRealName, cancellationToken);
        return await ExecuteAsync(context, state => UserRules.SetRealName(Id, state, command, consents, context.By), (state, _) => RealName(state));
    }

    public Task<Outcome<RealNameView>> GetRealNameAsync(Actor by, CancellationToken cancellationToken = default) =>
        Task.FromResult(by.UserId == Id && State.Made ? Outcome.Of(RealName(State), Version) : Refusal.NotFound("user"));

    private static RealNameView RealName(UserState state) => new()
    {
        Name = Masking.Name(state.RealName), IdentityNumber = Masking.Last4(state.IdentityNumber), RecordedAt = state.RealNameAt,
    };
}
