using LimoCha.Actors.Consent;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Staff;

namespace LimoCha.Actors.Customers;

/// <inheritdoc cref="ICustomerGrain" />
[GrainType("customer")]
public sealed class CustomerGrain(IServiceProvider services) : DurableGrain<CustomerState, CustomerEvent>(CustomerKind.Instance, services), ICustomerGrain
{
    public async Task<Outcome<CustomerView>> CreateAsync(SaveCustomer command, CallContext context, CancellationToken cancellationToken = default)
    {
        var owner = await OwnerAsync(command.OwnerId, cancellationToken);
        return await ExecuteAsync(context, state => CustomerRules.Create(state, command, context.By, owner), ViewFor(context.By));
    }

    public async Task<Outcome<CustomerView>> ChangeAsync(SaveCustomer command, CallContext context, CancellationToken cancellationToken = default)
    {
        var owner = await OwnerAsync(command.OwnerId, cancellationToken);
        return await ExecuteAsync(context, state => CustomerRules.Change(state, command, context.By, owner), ViewFor(context.By));
    }

    public Task<Outcome<CustomerView>> DeleteAsync(CallContext context, CancellationToken cancellationToken = default) =>
        ExecuteAsync(context, state => CustomerRules.Delete(state, context.By), ViewFor(context.By));

    public Task<Outcome<CustomerView>> RestoreAsync(CallContext context, CancellationToken cancellationToken = default) =>
        ExecuteAsync(context, state => CustomerRules.Restore(state, context.By), ViewFor(context.By));

    public Task<Outcome<CustomerView>> GetAsync(Actor by, CancellationToken cancellationToken = default) =>
        Task.FromResult(CustomerRules.MaySee(State, by) ? Outcome.Of(ViewFor(by)(State, Version), Version) : Refusal.NotFound("customer"));

    public Task<Outcome<ConsentFlag>> GetConsentAsync(string purpose, Actor by, CancellationToken cancellationToken = default) =>
        Task.FromResult(CustomerRules.MaySee(State, by)
            ? ConsentRules.Find(State.Consents, purpose, Purposes.OfCustomers, Version)
            : Refusal.NotFound("customer"));

    public Task<Outcome<ConsentFlag>> SetConsentAsync(string purpose, SetConsent command, CallContext context, CancellationToken cancellationToken = default) =>
        ExecuteAsync(
            context,
            state =>
            {
                if (!CustomerRules.MaySee(state, context.By))
                {
                    return Refusal.NotFound("customer");
                }

                if (!CustomerRules.MayChange(state, context.By))
                {
                    return Refusal.Forbidden("Only who looks after the customer, their manager or an admin may record what they said.");
                }

                var set = ConsentRules.Set(state.Consents, purpose, Purposes.OfCustomers, command, Clock.GetUtcNow());
                return set.Ok ? new CustomerConsentChanged(set.Value) : set.Refusal;
            },
            (state, _) => state.Consents[purpose]);

    private Func<CustomerState, int, CustomerView> ViewFor(Actor by) =>
        (state, version) => CustomerProjection.View(CustomerProjection.Row(Id, state, version), by);

    private async Task<UserView?> OwnerAsync(Guid? ownerId, CancellationToken cancellationToken) =>
        ownerId is { } id ? (await GrainFactory.Grain<IUserGrain>(id).GetAsync(Actor.System, cancellationToken)).Value : null;
}
