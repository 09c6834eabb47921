using LimoCha.Actors.Consent;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Privacy;
using LimoCha.Actors.Staff;
using Microsoft.Extensions.DependencyInjection;

namespace LimoCha.Actors.Customers;

/// <inheritdoc cref="ICustomerGrain" />
[GrainType("customer")]
public sealed class CustomerGrain(IServiceProvider services) : ErasableGrain<CustomerState, CustomerEvent>(services.GetRequiredService<CustomerKind>(), services), ICustomerGrain
{
    private readonly PrivacyCatalogs catalogs = services.GetRequiredService<PrivacyCatalogs>();
    private readonly ConsentReceipts receipts = services.GetRequiredService<ConsentReceipts>();
    private readonly CompanyDays days = services.GetRequiredService<CompanyDays>();

    public async Task<Outcome<CustomerView>> CreateAsync(SaveCustomer command, CallContext context, CancellationToken cancellationToken = default)
    {
        var (owner, catalog) = (await OwnerAsync(command.OwnerId, cancellationToken), await catalogs.GetAsync());
        return await ExecuteAsync(context, state => CustomerRules.Create(state, command, context.By, owner, catalog, Clock.GetUtcNow(), days.Today), Masked);
    }

    public async Task<Outcome<CustomerView>> ChangeAsync(SaveCustomer command, CallContext context, CancellationToken cancellationToken = default)
    {
        var (owner, catalog) = (await OwnerAsync(command.OwnerId, cancellationToken), await catalogs.GetAsync());
        return await ExecuteAsync(context, state => CustomerRules.Change(state, command, context.By, owner, catalog, Clock.GetUtcNow(), days.Today), Masked);
    }

    public Task<Outcome<CustomerView>> DeleteAsync(CallContext context, CancellationToken cancellationToken = default) =>
        ExecuteAsync(context, state => CustomerRules.Delete(state, context.By), Masked);

    public Task<Outcome<CustomerView>> RestoreAsync(CallContext context, CancellationToken cancellationToken = default) =>
        ExecuteAsync(context, state => CustomerRules.Restore(state, context.By), Masked);

    public Task<Outcome<CustomerView>> GetAsync(Actor by, CancellationToken cancellationToken = default) =>
        Task.FromResult(CustomerRules.MaySee(State, by) ? Outcome.Of(Masked(State, Version), Version) : Refusal.NotFound("customer"));

    public async Task<Outcome<CustomerUse>> UseAsync(DataUse use, CallContext context, CancellationToken cancellationToken = default) =>
        use.Kind == UseKind.Disclose || use.Purpose == Purposes.LegalDisclosure
            ? Refusal.Unprocessable("disclosure-required", "What an authority demands is given out by a disclosure, with its document and a second person.", "kind")
            : await DecideAsync(use, context);

    public async Task<Outcome<FieldsGiven>> DiscloseAsync(DataUse use, CallContext context, CancellationToken cancellationToken = default)
    {
        var used = await DecideAsync(use, context);
        return used.Ok ? Outcome.Of(new FieldsGiven { Decision = used.Value.Decision, Fields = used.Value.Shared }, used.Version) : used.Refusal;
    }

    private async Task<Outcome<CustomerUse>> DecideAsync(DataUse use, CallContext context)
    {
        var leaves = use.Kind is UseKind.Share or UseKind.Disclose;
        if (leaves)
        {
            if (CustomerFields.All.ClassesOf(use.Fields ?? []) is not { } classes)
            {
                return Refusal.Invalid("fields", $"Fields are of {CustomerFields.All.Allowed}.");
            }

            // What leaves the company is what its fields are, whatever the caller calls it.
            use = use with { Classes = classes };
        }

        var catalog = await catalogs.GetAsync();
        (Decision<CustomerEvent> Facts, UseDecision? Decision) Decide(CustomerState state) => CustomerPrivacy.Use(Id, state, use, context.By, catalog, Clock.GetUtcNow(), days.Today);
        UseDecision? decision = null;
        return await ExecuteAsync(
            context,
            state =>
            {
                (var facts, decision) = Decide(state);
                return facts;
            },
            (state, version) =>
            {
                // A repeat of a use that was allowed is a use of its own: it is decided by what stands now.
                decision ??= Decide(state).Decision!;
                return leaves
                    ? new CustomerUse { Decision = decision, Shared = decision.Allowed ? CustomerFields.All.Pick(state, use.Fields!) : null }
                    : new CustomerUse
                    {
                        Decision = decision, Customer = decision.Allowed ? CustomerProjection.View(Id, state, version, decision.Classes) : null,
                        Guardian = decision.Allowed && use.Purpose == Purposes.CustomerRights ? state.Guardian : null,
                    };
            });
    }

    public async Task<Outcome<ConsentFlag>> GetConsentAsync(string purpose, Actor by, CancellationToken cancellationToken = default) =>
        CustomerRules.MaySee(State, by)
            ? ConsentRules.Find(State.Consents, purpose, SubjectKind.Customer, await catalogs.GetAsync(), Version)
            : Refusal.NotFound("customer");

    public async Task<Outcome<ConsentList>> ListConsentsAsync(Actor by, CancellationToken cancellationToken = default)
    {
        var catalog = await catalogs.GetAsync();
        return State.Made && by.UserId == Id || CustomerRules.MaySee(State, by)
            ? Outcome.Of(new ConsentList { Items = ConsentRules.All(State.Consents, SubjectKind.Customer, catalog), PolicyVersion = catalog.Policy.Version, Exemptions = [.. State.Exemptions.Where(exemption => exemption.ExpiresAt > Clock.GetUtcNow())] }, Version)
            : Refusal.NotFound("customer");
    }

    public async Task<Outcome<ConsentFlag>> SetConsentAsync(string purpose, SetConsent command, CallContext context, CancellationToken cancellationToken = default)
    {
        var (catalog, signer) = (await catalogs.GetAsync(), await receipts.SignerAsync(cancellationToken));
        return await ExecuteAsync(
            context,
            state =>
            {
                // What the subject says through their own page comes in the subject's name.
                if (context.By.UserId != Id && CustomerRules.CheckChange(state, context.By) is { } no)
                {
                    return no;
                }

                var set = ConsentRules.Set(state.Consents, purpose, SubjectKind.Customer, command, catalog, Clock.GetUtcNow());
                if (!set.Ok)
                {
                    return set.Refusal;
                }

                var receipt = signer.Issue(Id, set.Value, command, catalog, context.By);
                return new CustomerConsentChanged(set.Value with { ReceiptId = receipt.Id }) { Receipt = receipt };
            },
            (state, version) => ConsentRules.Find(state.Consents, purpose, SubjectKind.Customer, catalog, version).Value!);
    }

    public async Task<Outcome<Exemption>> InvokeExemptionAsync(InvokeExemption command, CallContext context, CancellationToken cancellationToken = default)
    {
        var catalog = await catalogs.GetAsync();
        var id = context.OperationId;
        return await ExecuteAsync(
            context,
            state =>
            {
                if (!CustomerRules.MaySee(state, context.By))
                {
                    return Refusal.NotFound("customer");
                }

                if (state.ErasedAt is not null)
                {
                    return Refusal.Conflict("erased", "The customer's data has been erased.");
                }

                var invoked = ConsentRules.Invoke(state.Exemptions, command, SubjectKind.Customer, catalog, id, context.By, Clock.GetUtcNow());
                return invoked.Ok ? new CustomerExemptionInvoked(invoked.Value) : invoked.Refusal;
            },
            (state, _) => state.Exemptions.First(exemption => exemption.Id == id));
    }

    public Task<Outcome<Guardian>> SetGuardianAsync(Guardian guardian, CallContext context, CancellationToken cancellationToken = default) =>
        ExecuteAsync(
            context,
            state => CustomerRules.CheckChange(state, context.By) is { } no ? no : new CustomerGuardianSet { Guardian = guardian with { AgreedAt = Clock.GetUtcNow() } },
            (state, _) => state.Guardian!);

    public Task<Outcome<CustomerView>> SetLegalHoldAsync(SetLegalHold command, CallContext context, CancellationToken cancellationToken = default) =>
        ExecuteAsync(context, state => CustomerPrivacy.Hold(state, command, context.By), Masked);

    public async Task<Outcome<CustomerView>> EraseAsync(string reason, CallContext context, CancellationToken cancellationToken = default)
    {
        var erased = await EraseAsync(context, state => CustomerPrivacy.Erase(state, reason, context.By), Masked);
        if (erased.Ok)
        {
            await FinishErasureAsync(cancellationToken);
        }

        return erased;
    }

    public async Task<bool> ForgetUnusedAsync(string purpose, DateTimeOffset since, CancellationToken cancellationToken = default)
    {
        var before = Version;
        await ExecuteAsync(Itself, state => CustomerPrivacy.ForgetUnused(state, purpose, since));
        return Version > before;
    }

    public Task OnDueAsync(CancellationToken cancellationToken = default) =>
        State.DeletedAt is { } deleted && State is { ErasedAt: null, LegalHold: false } && deleted + RecycleBin.Kept <= Clock.GetUtcNow()
            ? EraseAsync("recycle bin", Itself, cancellationToken)
            : Task.CompletedTask;

    protected override CustomerEvent KeyDestroyed => new CustomerKeyDestroyed();

    private CustomerView Masked(CustomerState state, int version) => CustomerProjection.View(Id, state, version, []);

    private async Task<UserView?> OwnerAsync(Guid? ownerId, CancellationToken cancellationToken) =>
        ownerId is { } id ? (await GrainFactory.Grain<IUserGrain>(id).GetAsync(Actor.System, cancellationToken)).Value : null;
}
