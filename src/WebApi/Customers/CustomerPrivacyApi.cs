using LimoCha.Actors.Consent;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Privacy;
using LimoCha.Actors.Staff;
using LimoCha.Actors.Storage;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LimoCha.Actors.Customers;

/// <summary>Erases a customer.</summary>
/// <param name="Reason">Why: the request's number, the rule. 1 to 200 characters.</param>
[Personal(DataClass.Content)]
public sealed record EraseCustomer([property: System.ComponentModel.DataAnnotations.Required, System.ComponentModel.DataAnnotations.StringLength(200, MinimumLength = 1)] string Reason);

/// <summary>The customer as the subject of their data: /customers/{id}/uses, exemptions, guardian, legal-hold, erase, receipts.</summary>
internal static class CustomerPrivacyApi
{
    public static void MapCustomerPrivacy(this RouteGroupBuilder customers)
    {
        customers.MapPost("/{id:guid}/uses", UseAsync).WithSummary("Uses the customer's data for a purpose: decided by the customer's actor at this moment, recorded, and answered unmasked when allowed.");
        customers.MapPost("/{id:guid}/transfers", TransferAsync).WithSummary("Gives fields to a third party: only through the register, under its agreement, for a declared purpose, by the customer's consent; logged, and visible to the customer.");
        customers.MapPost("/{id:guid}/exemptions", InvokeAsync).RequireAuthorization(Policies.Privacy).RequireStepUp().WithSummary("Invokes one of the eleven exemptions from consent, with its evidence and end.");
        customers.MapPut("/{id:guid}/guardian", GuardianAsync).WithSummary("Puts a guardian's consent on file for a minor.");
        customers.MapPut("/{id:guid}/legal-hold", HoldAsync).RequireAuthorization(Policies.Privacy).RequireStepUp().WithSummary("Keeps the customer from being erased, or lets it go.");
        customers.MapPost("/{id:guid}/erase", EraseAsync).RequireAuthorization(Policies.Privacy).RequireStepUp().WithSummary("Erases the customer in every store and destroys their key. Cannot be undone.");
        customers.MapGet("/{id:guid}/receipts", ReceiptsAsync).WithSummary("The signed receipts of what the customer said, newest first.");
    }

    private static async Task<Results<Ok<CustomerUse>, ProblemHttpResult>> UseAsync(Guid id, DataUse use, Call call, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken)
    {
        if (await grains.Grain<IUserGrain>(call.By.UserId).AdmitUseAsync(context.User.SessionId(), cancellationToken) is { Ok: false } unusual)
        {
            return Problems.From(unusual.Refusal);
        }

        var outcome = await grains.Grain<ICustomerGrain>(id).UseAsync(use, call.Context, cancellationToken);
        return outcome is { Ok: true, Value.Decision: { Allowed: false } refused } ? Problems.Of(403, refused.Problem!, refused.Explanation, "purpose") : outcome.Ok(context);
    }

    private static Task<Results<Ok<CustomerUse>, ProblemHttpResult>> TransferAsync(Guid id, TransferData transfer, Call call, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        UseAsync(id, new() { Kind = UseKind.Share, Recipient = transfer.Recipient, Purpose = transfer.Purpose, Fields = transfer.Fields, Reason = transfer.Reason }, call, context, grains, cancellationToken);

    private static async Task<Results<Ok<Exemption>, ProblemHttpResult>> InvokeAsync(Guid id, InvokeExemption command, Call call, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        (await grains.Grain<ICustomerGrain>(id).InvokeExemptionAsync(command, call.Context, cancellationToken)).Ok(context);

    private static async Task<Results<Ok<Guardian>, ProblemHttpResult>> GuardianAsync(Guid id, Guardian guardian, Call call, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var phone = PhoneInputs.Normalize(guardian.Phone, "phone");
        return phone.Ok
            ? (await grains.Grain<ICustomerGrain>(id).SetGuardianAsync(guardian with { Phone = phone.Value.Number }, call.Context, cancellationToken)).Ok(context)
            : Problems.From(phone.Refusal);
    }

    private static async Task<Results<Ok<CustomerView>, ProblemHttpResult>> HoldAsync(Guid id, SetLegalHold command, Call call, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        (await grains.Grain<ICustomerGrain>(id).SetLegalHoldAsync(command, call.Context, cancellationToken)).Ok(context);

    private static async Task<Results<Ok<CustomerView>, ProblemHttpResult>> EraseAsync(Guid id, EraseCustomer command, Call call, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        (await grains.Grain<ICustomerGrain>(id).EraseAsync(command.Reason, call.Context, cancellationToken)).Ok(context);

    private static async Task<Results<Ok<IReadOnlyList<ConsentReceipt>>, ProblemHttpResult>> ReceiptsAsync(Guid id, Call call, IGrainFactory grains, Database database, CancellationToken cancellationToken)
    {
        var customer = await grains.Grain<ICustomerGrain>(id).GetAsync(call.By, cancellationToken);
        return customer.Ok ? TypedResults.Ok(await Receipts.ReadAsync(database, id, cancellationToken)) : Problems.From(customer.Refusal);
    }
}
