using LimoCha.Actors.Kernel;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LimoCha.Actors.Reports;

/// <summary>Reports: /reports.</summary>
public static class ReportsApi
{
    /// <summary>Maps the paths.</summary>
    public static RouteGroupBuilder MapReportsApi(this RouteGroupBuilder api)
    {
        api.MapGet("/reports/overview", OverviewAsync).WithTags("Reports").RequireAuthorization(Policies.Staff).WithSummary("Tasks by stage and person, attendance by place: what the caller may see.");
        return api;
    }

    private static async Task<Ok<Overview>> OverviewAsync(Call call, BoardQueries queries, CancellationToken cancellationToken) =>
        TypedResults.Ok(await queries.OverviewAsync(call.By, cancellationToken));
}
