using LimoCha.Actors.Kernel;
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
        return api;
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
