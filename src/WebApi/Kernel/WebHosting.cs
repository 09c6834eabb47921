using System.Text.Json;
using System.Text.Json.Serialization;
using LimoCha.Actors.Analytics;
using LimoCha.Actors.Attendance;
using LimoCha.Actors.Audit;
using LimoCha.Actors.Customers;
using LimoCha.Actors.Devices;
using LimoCha.Actors.Hosting;
using LimoCha.Actors.Identity;
using LimoCha.Actors.Pages;
using LimoCha.Actors.Privacy;
using LimoCha.Actors.RightsRequests;
using LimoCha.Actors.Storage;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Microsoft.OpenApi;
using OpenTelemetry.Metrics;
using Scalar.AspNetCore;

namespace LimoCha.Actors.Kernel;

/// <summary>What every endpoint shares.</summary>
internal static class WebHosting
{
    /// <summary>Settings from files, environment and arguments, with the embedded default's filled in.</summary>
    public static WebSettings AddLimoChaSettings(this WebApplicationBuilder builder)
    {
        var configuration = builder.Configuration;
        if (Environment.GetEnvironmentVariable("LIMOCHA_DATA") is { Length: > 0 } folder)
        {
            configuration["Web:DataFolder"] = folder;
        }

        if (Environment.GetEnvironmentVariable("LIMOCHA_URLS") is { Length: > 0 } urls)
        {
            configuration["urls"] = urls;
        }

        configuration["urls"] ??= "http://localhost:5080";
        builder.WebHost.UseStaticWebAssets();
        // On in a build that was not published: for every GET, of the API and the hub too, it would be looked whether there is such a file.
        configuration["ReloadStaticAssetsAtRuntime"] ??= bool.FalseString;
        var settings = configuration.GetSection("Web").Get<WebSettings>() ?? new();
        if (settings.Mode == HostMode.Embedded && configuration["Storage:ConnectionString"] is null && configuration["Storage:Provider"] is null or "Sqlite")
        {
            Directory.CreateDirectory(settings.DataFolder);
            configuration["Storage:ConnectionString"] = $"Data Source={Path.Combine(settings.DataFolder, "limocha.db")}";
        }

        if (settings.Mode == HostMode.Embedded && !configuration.GetSection("Privacy:MasterKeys").GetChildren().Any())
        {
            configuration["Privacy:MasterKeys:1"] = OwnerFile.MadeOnce(settings.DataFolder, "master-key");
        }

        builder.Services.AddOptions<WebSettings>().BindConfiguration("Web").ValidateDataAnnotations().ValidateOnStart();
        return settings;
    }

    public static IServiceCollection AddLimoChaWeb(this IServiceCollection services)
    {
        services.ConfigureHttpJsonOptions(options =>
        {
            options.SerializerOptions.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false));
            options.SerializerOptions.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        });
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        // Before the framework's own, which takes whatever a browser accepts.
        services.AddSingleton<IProblemDetailsWriter, ProblemPages>();
        services.AddProblemDetails(options => options.CustomizeProblemDetails = Problems.Customize);
        services.AddExceptionHandler<FailureHandler>();
        services.AddValidation(RememberedValidation.AddTo);
        services.AddLimits();
        services.AddHostedService<IdempotencyPurge>();
        services.AddSingleton<CheckInService>();
        services.AddSingleton<CustomerLists>();
        services.AddSingleton<SubjectCopies>();
        services.AddSingleton<PrivacyOfficeQueries>();
        services.AddSingleton<SubjectLinks>();
        services.AddSingleton<AuditReader>();
        services.AddSingleton<AggregateQueries>();
        services.AddOpenApi(options =>
        {
            options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
            // Orleans' dashboard describes its own paths once it is mapped; they are nobody's contract.
            options.ShouldInclude = description => description.RelativePath?.StartsWith("api/", StringComparison.Ordinal) == true;
            options.AddDocumentTransformer((document, _, _) =>
            {
                document.Info = new()
                {
                    Title = "LimoCha.Actors", Version = "v1",
                    Description = "Real-time CRM engine. Instants are UTC (RFC 3339), ids UUIDv7, errors RFC 9457 with a stable type urn:limocha:problem:<name>. POST takes Idempotency-Key; entities carry version, answers an ETag, changes honour If-Match.",
                };
                document.Servers = [];
                document.Components ??= new();
                document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
                {
                    ["bearer"] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", BearerFormat = "JWT" },
                };
                document.Security = [new() { [new("bearer", document)] = [] }];
                return Task.CompletedTask;
            });
        });
        services.AddHealthChecks().AddCheck<DatabaseCheck>("database", tags: ["ready"]);
        return services;
    }

    public static WebApplication UseLimoChaWeb(this WebApplication app)
    {
        if (Tracing.IsExported)
        {
            app.UseTraces();
        }

        app.UseMiddleware<Admission>();
        // Here, or it would be before everything: what is refused is not looked up first.
        app.UseRouting();
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.UseRequestTexts();
        // Pages speak the reader's language; the API and the hub have none, and a culture costs time at every await.
        app.UseWhen(context => !context.Request.IsFromProgram(), pages => pages.UseRequestLocalization(options =>
        {
            options.SetDefaultCulture("zh-CN").AddSupportedCultures("zh-CN", "en").AddSupportedUICultures("zh-CN", "en");
            options.ApplyCurrentCultureToResponseHeaders = true;
        }));
        // Orleans' dashboard would show actors' states as they are in memory, personal data and all.
        app.UseWhen(context => context.Request.Path.StartsWithSegments("/dashboard/GrainState"), closed => closed.Run(context =>
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }));
        app.UseAuthentication();
        app.UseRateLimiter();
        app.UseAuthorization();
        app.UseChallenges();
        app.UseAntiforgery();
        app.UseMiddleware<IdempotencyMiddleware>();
        return app;
    }

    /// <summary>Health, metrics, the contract, and Orleans' dashboard for admins.</summary>
    public static void MapHostEndpoints(this WebApplication app)
    {
        app.MapHealthChecks("/health/live", new() { Predicate = _ => false }).AllowAnonymous().DisableHttpMetrics();
        app.MapHealthChecks("/health/ready", new() { Predicate = check => check.Tags.Contains("ready") }).AllowAnonymous().DisableHttpMetrics();
        if (app.Services.GetRequiredService<IOptions<MetricsOptions>>().Value.Port is null)
        {
            app.MapPrometheusScrapingEndpoint("/metrics").AllowAnonymous();
        }

        app.MapOpenApi().AllowAnonymous();
        app.MapScalarApiReference(options => options.WithTitle("LimoCha.Actors")).AllowAnonymous();
        app.MapOrleansDashboardPage();
    }
}

/// <summary>Ready means that the database answers.</summary>
internal sealed class DatabaseCheck(Database database) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await using var connection = await database.OpenAsync(cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (Exception error) when (error is System.Data.Common.DbException or TimeoutException or OperationCanceledException)
        {
            return HealthCheckResult.Unhealthy("The database does not answer.");
        }
    }
}
