using LimoCha.Actors.Customers;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Staff;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LimoCha.Actors.Consent;

/// <summary>Consent flags: /me/consents, /customers/{id}/consents.</summary>
public static class ConsentApi
{
    /// <summary>Maps the paths.</summary>
    public static RouteGroupBuilder MapConsentApi(this RouteGroupBuilder api)
    {
        var mine = api.MapGroup("/me/consents").WithTags("Consent").RequireAuthorization(Policies.Staff);
        mine.MapGet("/{purpose}", GetMineAsync).WithSummary("What the caller said about a purpose.");
        mine.MapPut("/{purpose}", SetMineAsync).WithSummary("Grants, refuses or withdraws; a withdrawal counts from the moment of the answer.");

        var customers = api.MapGroup("/customers/{id:guid}/consents").WithTags("Consent").RequireAuthorization(Policies.Staff);
        customers.MapGet("/{purpose}", GetAsync).WithSummary("What a customer said about a purpose.");
        customers.MapPut("/{purpose}", SetAsync).WithSummary("Records what a customer said.");
        return api;
    }

    private static async Task<Results<Ok<ConsentFlag>, ProblemHttpResult>> GetMineAsync(string purpose, Call call, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        (await grains.Grain<IUserGrain>(call.By.UserId).GetConsentAsync(purpose, cancellationToken)).Ok(context);

    private static async Task<Results<Ok<ConsentFlag>, ProblemHttpResult>> SetMineAsync(string purpose, SetConsent command, Call call, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        (await grains.Grain<IUserGrain>(call.By.UserId).SetConsentAsync(purpose, command, call.Context, cancellationToken)).Ok(context);

    private static async Task<Results<Ok<ConsentFlag>, ProblemHttpResult>> GetAsync(Guid id, string purpose, Call call, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        (await grains.Grain<ICustomerGrain>(id).GetConsentAsync(purpose, call.By, cancellationToken)).Ok(context);

    private static async Task<Results<Ok<ConsentFlag>, ProblemHttpResult>> SetAsync(Guid id, string purpose, SetConsent command, Call call, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        (await grains.Grain<ICustomerGrain>(id).SetConsentAsync(purpose, command, call.Context, cancellationToken)).Ok(context);
}
