using LimoCha.Actors.Kernel;
using LimoCha.Actors.ReadModel;
using LimoCha.Actors.Storage;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LimoCha.Actors.BusinessTransfers;

/// <summary>Transfers of the business: /privacy/business-transfers.</summary>
public static class BusinessTransfersApi
{
    private static readonly Dictionary<string, SortKey<BusinessTransferRow>> Sorts = new() { ["createdAt"] = new("id", row => row.Id) };

    /// <summary>Maps the paths.</summary>
    public static RouteGroupBuilder MapBusinessTransfersApi(this RouteGroupBuilder api)
    {
        var transfers = api.MapGroup("/privacy/business-transfers").WithTags("Business transfers");
        transfers.MapPost("", PlanAsync).RequireAuthorization(Policies.Privacy).RequireStepUp().WithSummary("Plans a merger, acquisition or transfer: who will hold the data, from when, and what binds them.");
        transfers.MapGet("", ListAsync).RequireAuthorization(Policies.Oversight).WithSummary("Transfers of the business, newest first.");
        transfers.MapGet("/{id:guid}", GetAsync).RequireAuthorization(Policies.Oversight).WithSummary("A transfer with what its rehearsal counted.");
        transfers.MapPost("/{id:guid}/rehearse", RehearseAsync).RequireAuthorization(Policies.Privacy).WithSummary("Goes through it and counts whom and what it concerns; changes nothing.");
        transfers.MapPost("/{id:guid}/announce", AnnounceAsync).RequireAuthorization(Policies.Privacy).RequireStepUp().WithSummary("Tells everybody before it takes effect.");
        transfers.MapPost("/{id:guid}/complete", CompleteAsync).RequireAuthorization(Policies.Privacy).RequireStepUp().WithSummary("Completes it, by somebody else than who planned it: publishes the policy that names the new holder; where nothing binds them, every consent is asked again.");
        transfers.MapPost("/{id:guid}/cancel", CancelAsync).RequireAuthorization(Policies.Privacy).WithSummary("Calls it off.");
        return api;
    }

    private static async Task<Results<Created<BusinessTransferView>, ProblemHttpResult>> PlanAsync(PlanBusinessTransfer command, Call call, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        (await grains.Grain<IBusinessTransferGrain>(call.NewId()).PlanAsync(command, call.Context, cancellationToken)).Created(context, transfer => $"/api/v1/privacy/business-transfers/{transfer.Id}");

    private static async Task<Results<Ok<Page<BusinessTransferView>>, ProblemHttpResult>> ListAsync([AsParameters] ListRequest request, HttpContext context, Database database, TimeProvider clock, CancellationToken cancellationToken) =>
        (await new ListQuery<BusinessTransferRow>(database, "business_transfer", ReadTables.BusinessTransfer.Columns, Sorts).Search(request.Q, "new_holder")
            .ReadAsync(request, "-createdAt", BusinessTransferKind.View, clock, cancellationToken)).Ok(context);

    private static async Task<Results<Ok<BusinessTransferView>, ProblemHttpResult>> GetAsync(Guid id, Call call, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        (await grains.Grain<IBusinessTransferGrain>(id).GetAsync(call.By, cancellationToken)).Ok(context);

    private static async Task<Results<Ok<BusinessTransferView>, ProblemHttpResult>> RehearseAsync(Guid id, Call call, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        (await grains.Grain<IBusinessTransferGrain>(id).RehearseAsync(call.Context, cancellationToken)).Ok(context);

    private static async Task<Results<Ok<BusinessTransferView>, ProblemHttpResult>> AnnounceAsync(Guid id, Call call, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        (await grains.Grain<IBusinessTransferGrain>(id).AnnounceAsync(call.Context, cancellationToken)).Ok(context);

    private static async Task<Results<Ok<BusinessTransferView>, ProblemHttpResult>> CompleteAsync(Guid id, CompleteBusinessTransfer command, Call call, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        (await grains.Grain<IBusinessTransferGrain>(id).CompleteAsync(command, call.Context, cancellationToken)).Ok(context);

    private static async Task<Results<Ok<BusinessTransferView>, ProblemHttpResult>> CancelAsync(Guid id, Call call, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        (await grains.Grain<IBusinessTransferGrain>(id).CancelAsync(call.Context, cancellationToken)).Ok(context);
}
