using LimoCha.Actors.Identity;
using Microsoft.AspNetCore.Builder;
using Orleans.Dashboard;

namespace LimoCha.Actors.Kernel;

/// <summary>
/// Orleans' dashboard, for admins. It compresses its files when it is mapped, which takes more than half a second: that is done when
/// somebody opens it first, and not at every start.
/// </summary>
internal static class OrleansDashboardPage
{
    private const string Path = "/dashboard";

    /// <summary>Maps the paths.</summary>
    public static void MapOrleansDashboardPage(this WebApplication app)
    {
        var made = new Lazy<RequestDelegate>(() => Make(app.Services));
        foreach (var pattern in (string[])[Path, $"{Path}/{{**rest}}"])
        {
            app.Map(pattern, (HttpContext context) =>
            {
                // The endpoint of this catch-all was found; the dashboard's own is looked for.
                context.SetEndpoint(null);
                context.Request.RouteValues.Clear();
                return made.Value(context);
            }).RequireAuthorization(Policies.AdminPage).ExcludeFromDescription();
        }
    }

    private static RequestDelegate Make(IServiceProvider services)
    {
        var branch = new ApplicationBuilder(services);
        branch.UseRouting();
        // Who may see it was checked where it is mapped.
        branch.UseEndpoints(endpoints => endpoints.MapOrleansDashboard(Path));
        return branch.Build();
    }
}
