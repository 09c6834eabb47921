using LimoCha.Actors.Customers;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Staff;
using LimoCha.Actors.Storage;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LimoCha.Actors.Consent;

/// <summary>Consent flags: /me/consents, /customers/{id}/consents.</summary>
public static class ConsentApi
{
    /// <summary>Maps the paths.</summary>
    public static RouteGroupBuilder MapConsentApi(this RouteGroupBuilder api)
    {
        var mine = api.MapGroup("/me/consents").WithTags("Consent").RequireAuthorization(Policies.Staff);
        mine.MapGet("", ListMineAsync).WithSummary("Everything the caller is asked about, with what they said; asks is true where an answer is due.");
        mine.MapGet("/receipts", ReceiptsAsync).WithSummary("The signed receipts of what the caller said, newest first.");
        mine.MapGet("/{purpose}", GetMineAsync).WithSummary("What the caller said about a purpose.");
        mine.MapPut("/{purpose}", SetMineAsync).WithSummary("Grants, refuses or withdraws; a withdrawal counts from the moment of the answer.");

        var customers = api.MapGroup("/customers/{id:guid}/consents").WithTags("Consent").RequireAuthorization(Policies.Staff).WithMetadata(new AboutSubject());
        customers.MapGet("", ListAsync).WithSummary("Everything a customer is asked about, with what they said.");
        customers.MapGet("/{purpose}", GetAsync).WithSummary("What a customer said about a purpose.");
        customers.MapPut("/{purpose}", SetAsync).WithSummary("Records what a customer said.");
        return api;
    }

    private static async Task<Ok<ConsentList>> ListMineAsync(Call call, IGrainFactory grains, CancellationToken cancellationToken) =>
        TypedResults.Ok(await grains.Grain<IUserGrain>(call.By.UserId).ListConsentsAsync(cancellationToken));

    private static async Task<Ok<IReadOnlyList<ConsentReceipt>>> ReceiptsAsync(Call call, Database database, CancellationToken cancellationToken) =>
        TypedResults.Ok(await Receipts.ReadAsync(database, call.By.UserId, cancellationToken));

    private static async Task<Results<Ok<ConsentList>, ProblemHttpResult>> ListAsync(Guid id, Call call, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        (await grains.Grain<ICustomerGrain>(id).ListConsentsAsync(call.By, cancellationToken)).Ok(context);

    private static async Task<Results<Ok<ConsentFlag>, ProblemHttpResult>> GetMineAsync(string purpose, Call call, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        (await grains.Grain<IUserGrain>(call.By.UserId).GetConsentAsync(purpose, cancellationToken)).Ok(context);

    private static async Task<Results<Ok<ConsentFlag>, ProblemHttpResult>> SetMineAsync(string purpose, SetConsent command, Call call, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        (await grains.Grain<IUserGrain>(call.By.UserId).SetConsentAsync(purpose, command, call.Context, cancellationToken)).Ok(context);

    private static async Task<Results<Ok<ConsentFlag>, ProblemHttpResult>> GetAsync(Guid id, string purpose, Call call, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        (await grains.Grain<ICustomerGrain>(id).GetConsentAsync(purpose, call.By, cancellationToken)).Ok(context);

    private static async Task<Results<Ok<ConsentFlag>, ProblemHttpResult>> SetAsync(Guid id, string purpose, SetConsent command, Call call, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        (await grains.Grain<ICustomerGrain>(id).SetConsentAsync(purpose, command, call.Context, cancellationToken)).Ok(context);
}
