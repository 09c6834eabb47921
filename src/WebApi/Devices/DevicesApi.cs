using LimoCha.Actors.Kernel;
using LimoCha.Actors.Push;
using LimoCha.Actors.Staff;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace LimoCha.Actors.Devices;

/// <summary>Signed-in devices: /devices.</summary>
public static class DevicesApi
{
    /// <summary>Maps the paths.</summary>
    public static RouteGroupBuilder MapDevicesApi(this RouteGroupBuilder api)
    {
        var devices = api.MapGroup("/devices").WithTags("Devices").RequireAuthorization(Policies.Staff);
        devices.MapGet("", ListAsync).WithSummary("The caller's signed-in devices; an admin may name another user.");
        devices.MapDelete("/{id:guid}", RevokeAsync).WithSummary("Signs a device out and cuts it off now.");
        devices.MapPut("/{id:guid}/push", SetPushAsync).WithSummary("Says where the device's pushes go when it has no connection; needs the caller's consent to push.vendor.");
        devices.MapDelete("/{id:guid}/push", StopPushAsync).WithSummary("Takes no pushes on this device any more.");
        return api;
    }

    private static async Task<Results<Ok<SessionView>, ProblemHttpResult>> SetPushAsync(Guid id, PushTarget target, Call call, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        (await grains.Grain<IUserGrain>(call.By.UserId).SetPushTargetAsync(id, target, call.Context, cancellationToken)).Ok(context);

    private static async Task<Results<NoContent, ProblemHttpResult>> StopPushAsync(Guid id, Call call, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var outcome = await grains.Grain<IUserGrain>(call.By.UserId).SetPushTargetAsync(id, null, call.Context, cancellationToken);
        return outcome.Ok ? TypedResults.NoContent() : Problems.From(outcome.Refusal);
    }

    private static async Task<Results<Ok<IReadOnlyList<SessionView>>, ProblemHttpResult>> ListAsync([FromQuery] Guid? userId, Call call, IGrainFactory grains, CancellationToken cancellationToken) =>
        userId is { } other && other != call.By.UserId && call.By.Role != Role.Admin
            ? Problems.From(Refusal.Forbidden("Only an admin sees another's devices."))
            : TypedResults.Ok(await grains.Grain<IUserGrain>(userId ?? call.By.UserId).SessionsAsync(cancellationToken));

    private static async Task<Results<NoContent, ProblemHttpResult>> RevokeAsync(Guid id, [FromQuery] Guid? userId, Call call, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var outcome = await grains.Grain<IUserGrain>(userId ?? call.By.UserId).EndSessionsAsync(id, "revoked", call.Context, cancellationToken);
        return outcome.Ok ? TypedResults.NoContent() : Problems.From(outcome.Refusal);
    }
}
