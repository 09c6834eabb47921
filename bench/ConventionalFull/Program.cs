using System.Globalization;
using System.Security.Claims;
using System.Text.Json.Serialization;
using System.Threading.RateLimiting;
using LimoCha.Bench;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Npgsql;

// The conventional stack with what the product's contract asks of the measured call, and no more: ASP.NET Core, Npgsql, SignalR, each part as their
// documentation shows it. Beyond bench/Conventional it validates, limits each caller, looks whether the caller's session stands and whether the
// assignee may be given the task, keeps a history, finds any text in a task, and hands out again what nobody acknowledged. It still has one process
// only, counts no tasks by stage, knows no types of tasks, checklists or offers, tells no webhook and seals nothing.
var builder = WebApplication.CreateBuilder(args);
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.AddBenchIdentity();
builder.Services.AddSingleton(NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(builder.Configuration["ConnectionString"]!) { MaxPoolSize = 64, MaxAutoPrepare = 50, AutoPrepareMinUsages = 1 }));
builder.Services.AddSingleton<Store>().AddSingleton<IOutbox>(services => services.GetRequiredService<Store>()).AddSingleton<Sessions>().AddSingleton<ConnectedUsers>();
builder.Services.AddSingleton<AckedRows>().AddHostedService(services => services.GetRequiredService<AckedRows>());
builder.Services.AddHostedService<Resends>();
builder.Services.AddSignalR();
builder.Services.AddProblemDetails();
builder.Services.AddValidation();
builder.Services.ConfigureHttpJsonOptions(options => options.SerializerOptions.Converters.Add(new JsonStringEnumConverter(System.Text.Json.JsonNamingPolicy.CamelCase)));
builder.Services.AddRateLimiter(options =>
{
    options.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
    options.OnRejected = (context, _) =>
    {
        context.HttpContext.Response.Headers.RetryAfter = context.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? ((int)after.TotalSeconds + 1).ToString(CultureInfo.InvariantCulture) : "1";
        return ValueTask.CompletedTask;
    };
    options.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(context => RateLimitPartition.GetTokenBucketLimiter(
        context.User.FindFirstValue("sub") ?? context.Connection.RemoteIpAddress?.ToString() ?? "",
        _ => new() { TokenLimit = 1_000_000, TokensPerPeriod = 1_000_000, ReplenishmentPeriod = TimeSpan.FromSeconds(1), QueueLimit = 0 }));
});
builder.Services.AddOptions<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme).PostConfigure<Sessions>((options, sessions) => options.Events.OnTokenValidated = async context =>
{
    if (!await sessions.StandsAsync(Guid.Parse(context.Principal!.FindFirstValue("sid")!)))
    {
        context.Fail("The session has ended.");
    }
});
var app = builder.Build();
await app.Services.GetRequiredService<Store>().CreateAsync();
app.UseExceptionHandler();
app.UseStatusCodePages();
app.UseAuthentication();
app.UseRateLimiter();
app.UseAuthorization();
app.MapBenchUsers();
app.MapHub<DeviceHub>("/hubs/device").RequireAuthorization();
app.MapTasks();
await app.RunAsync();
