using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using LimoCha.Actors.Identity;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Privacy;
using LimoCha.Actors.Staff;
using LimoCha.Actors.Storage;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LimoCha.Actors.Setup;

/// <summary>The first admin of an empty deployment.</summary>
[Personal(DataClass.Credential)]
public sealed record SetUp
{
    /// <summary>From the set-up link.</summary>
    [Required, StringLength(100)] public string Token { get; init; } = "";
    /// <summary>As in <see cref="CreateUser"/>.</summary>
    [Required, StringLength(40, MinimumLength = 3), RegularExpression(@"^[\p{L}\p{Nd}\-_.]+$")] public string UserName { get; init; } = "";
    /// <summary>As in <see cref="CreateUser"/>.</summary>
    [Required, StringLength(60, MinimumLength = 1)] public string DisplayName { get; init; } = "";
    /// <summary>At least 10 characters.</summary>
    [Required, StringLength(200, MinimumLength = 10)] public string Password { get; init; } = "";
}

/// <summary>
/// A database without users lets exactly one caller make the first admin: the one who has the link that this process
/// printed at its start. The link dies with its use and with the process; of several processes' links one is served.
/// </summary>
public sealed partial class FirstStart(Database database, IServer server, IHostApplicationLifetime lifetime, TimeProvider clock, ILogger<FirstStart> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private byte[]? token;

    /// <summary>True for the token of the link, once.</summary>
    public bool TryUse(string given)
    {
        var expected = Volatile.Read(ref token);
        return expected is not null
            && CryptographicOperations.FixedTimeEquals(expected, SHA256.HashData(Encoding.UTF8.GetBytes(given)))
            && Interlocked.CompareExchange(ref token, null, expected) == expected;
    }

    /// <summary>Lets the link be used again after a refusal.</summary>
    public void Reopen(string given) => Volatile.Write(ref token, SHA256.HashData(Encoding.UTF8.GetBytes(given)));

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource();
        await using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stoppingToken);
        if (await NobodyYetAsync(stoppingToken))
        {
            var secret = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
            Reopen(secret);
            var address = server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? "";
            LogLink(logger, $"{address}/setup?token={secret}");
        }
    }

    /// <summary>Whether there are no users; a database that is away, or that no silo has prepared yet, is waited for.</summary>
    private async Task<bool> NobodyYetAsync(CancellationToken stopping)
    {
        using var again = new PeriodicTimer(Pause, clock);
        while (true)
        {
            try
            {
                await using var connection = await database.OpenAsync(stopping);
                return await connection.QuerySingleAsync<long>("SELECT count(*) FROM staff_user") == 0;
            }
            catch (System.Data.Common.DbException error) when (!stopping.IsCancellationRequested)
            {
                LogWaiting(logger, StorageErrors.Describe(error));
                await again.WaitForNextTickAsync(stopping);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Whether there are users is not known yet: {Why}; asking again")]
    private static partial void LogWaiting(ILogger logger, [NotPersonal] string why);

    [LoggerMessage(Level = LogLevel.Warning, Message = "There are no users yet. Open this one-time link to make the first admin: {Link}")]
    private static partial void LogLink(ILogger logger, [NotPersonal] string link);
}

internal static class SetupEndpoints
{
    public static IServiceCollection AddFirstStart(this IServiceCollection services, WebSettings settings)
    {
        services.AddSingleton<FirstStart>();
        return settings.Demo ? services : services.AddHostedService(provider => provider.GetRequiredService<FirstStart>());
    }

    public static void MapSetup(this WebApplication app) =>
        app.MapPost("/api/v1/setup", SetUpAsync).AllowAnonymous().RequireRateLimiting(Limits.SignIn).WithTags("Sign-in").WithSummary("Makes the first admin, with the token of the one-time link.");

    private static async Task<Results<Created<UserView>, ProblemHttpResult>> SetUpAsync(SetUp command, FirstStart first, Accounts accounts, IGrainFactory grains, HttpContext context, TimeProvider clock, CancellationToken cancellationToken) =>
        (await RunAsync(command, first, accounts, grains, clock, cancellationToken)).Created(context, user => $"/api/v1/users/{user.Id}");

    public static async Task<Outcome<UserView>> RunAsync(SetUp command, FirstStart first, Accounts accounts, IGrainFactory grains, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (!first.TryUse(command.Token))
        {
            return Refusal.Forbidden("The link is not valid any more; start the process anew for another, or ask your admin.");
        }

        // Each web process of a new cluster has printed a link; the deployment has one first admin.
        var id = Ids.New(clock);
        var only = grains.GetGrain<IUserNameGrain>("first-admin");
        if (!await only.ClaimAsync(id, cancellationToken))
        {
            return Refusal.Forbidden("There is an admin already; ask them for an account.");
        }

        var create = new CreateUser { UserName = command.UserName, DisplayName = command.DisplayName, Password = command.Password, Role = Role.Admin };
        var outcome = await accounts.CreateAsync(create, id, new(Actor.System, Ids.New(clock)), cancellationToken);
        if (!outcome.Ok)
        {
            await only.ReleaseAsync(id, cancellationToken);
            first.Reopen(command.Token);
        }

        return outcome;
    }
}
