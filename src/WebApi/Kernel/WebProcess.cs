using LimoCha.Actors.Analytics;
using LimoCha.Actors.Attendance;
using LimoCha.Actors.Audit;
using LimoCha.Actors.BusinessTransfers;
using LimoCha.Actors.Consent;
using LimoCha.Actors.Customers;
using LimoCha.Actors.Demo;
using LimoCha.Actors.Devices;
using LimoCha.Actors.Disclosures;
using LimoCha.Actors.Files;
using LimoCha.Actors.Hosting;
using LimoCha.Actors.Identity;
using LimoCha.Actors.Incidents;
using LimoCha.Actors.Notices;
using LimoCha.Actors.Pages;
using LimoCha.Actors.Privacy;
using LimoCha.Actors.Reports;
using LimoCha.Actors.RightsRequests;
using LimoCha.Actors.Setup;
using LimoCha.Actors.Sharing;
using LimoCha.Actors.Staff;
using LimoCha.Actors.Tasks;

namespace LimoCha.Actors.Kernel;

/// <summary>The web process: a table of contents.</summary>
internal static class WebProcess
{
    /// <summary>Everything put together, not yet started.</summary>
    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory, ApplicationName = typeof(WebProcess).Assembly.GetName().Name });
        var settings = builder.AddLimoChaSettings();
        if (settings.Mode == HostMode.Embedded)
        {
            builder.AddLimoChaSilo();
        }
        else
        {
            builder.AddLimoChaClient();
        }

        builder.Services.AddLimoChaIdentity(settings);
        builder.Services.AddLimoChaWeb();
        builder.AddLimoChaTelemetry(servesHttp: true, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel");
        builder.Services.AddDeviceHub();
        builder.Services.AddLimoChaPages();
        builder.Services.AddFirstStart(settings);
        builder.Services.AddDemo(settings);

        var app = builder.Build();
        app.UseLimoChaWeb();

        var api = app.MapGroup("/api/v1");
        api.MapIdentityApi();
        api.MapStaffApi();
        api.MapTasksApi();
        api.MapTaskTypesApi();
        api.MapTaskSchedulesApi();
        api.MapFilesApi();
        api.MapNoticesApi();
        api.MapCustomersApi();
        api.MapConsentApi();
        api.MapPrivacyApi();
        api.MapRiskSignalsApi();
        api.MapIncidentsApi();
        api.MapDisclosuresApi();
        api.MapBusinessTransfersApi();
        api.MapAuditApi();
        api.MapRightsRequestsApi();
        api.MapAttendanceApi();
        api.MapDevicesApi();
        api.MapReportsApi();
        api.MapAnalyticsApi();
        api.MapSharingApi();

        app.MapHub<DeviceHub>(DeviceHub.Path).DisableValidation();
        app.MapHostEndpoints();
        app.MapSetup();
        app.MapSharedPages();
        app.MapAnnouncementsPage();
        app.MapIncidentPages();
        app.MapDisclosurePages();
        app.MapLimoChaPages();
        return app;
    }
}
