using System.ComponentModel.DataAnnotations;
using LimoCha.Actors.Consent;
using LimoCha.Actors.Customers;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Mail;
using LimoCha.Actors.Privacy;
using LimoCha.Actors.Staff;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace LimoCha.Actors.Identity;

/// <summary>Registers: with a phone number or an e-mail address that a code is sent to (F3).</summary>
public sealed record RegisterRequest
{
    /// <summary>Signs in with it; 3 to 40 characters of letters, digits, '-', '_' or '.'.</summary>
    [Required, StringLength(40, MinimumLength = 3), RegularExpression(@"^[\p{L}\p{Nd}\-_.]+$"), Personal(DataClass.WorkIdentity)] public string UserName { get; init; } = "";
    /// <summary>As colleagues know them. 1 to 60 characters.</summary>
    [Required, StringLength(60, MinimumLength = 1), Personal(DataClass.WorkIdentity)] public string DisplayName { get; init; } = "";
    /// <summary>At least 10 characters.</summary>
    [Required, StringLength(200, MinimumLength = 10), Personal(DataClass.Credential)] public string Password { get; init; } = "";
    /// <summary>A phone number, or:</summary>
    [StringLength(32), Personal(DataClass.Contact)] public string? Phone { get; init; }
    /// <summary>an e-mail address; exactly one of the two.</summary>
    [StringLength(254), EmailAddress, Personal(DataClass.Contact)] public string? Email { get; init; }
    /// <summary>The version of the privacy policy that was read and agreed to; the one in force.</summary>
    [Range(1, int.MaxValue)] public int PolicyVersion { get; init; }
}

/// <summary>The code that came.</summary>
/// <param name="Code">Six digits.</param>
[Personal(DataClass.Credential)]
public sealed record ConfirmRegistration([property: Required, StringLength(12)] string Code);

/// <summary>Registration: /auth/register. Open only where <c>Web:Registration</c> says so; an admin lets each person in.</summary>
internal static class RegistrationApi
{
    public static void MapRegistration(this RouteGroupBuilder auth)
    {
        auth.MapPost("/register", BeginAsync).AllowAnonymous().RequireRateLimiting(Limits.SignIn).WithSummary("Registers with a phone number or e-mail address: a code is sent there.");
        auth.MapPost("/register/{id:guid}/confirm", ConfirmAsync).AllowAnonymous().RequireRateLimiting(Limits.SignIn).WithSummary("Makes the account with the code; an admin lets its person in.");
    }

    public static void MapRealName(this RouteGroupBuilder me)
    {
        me.MapGet("/real-name", GetRealNameAsync).WithSummary("What is on file of the caller's identity document, masked.");
        me.MapPut("/real-name", SetRealNameAsync).WithSummary("Records the caller's name and identity number, under their consent to account.real-name; taking that back takes it out.");
        me.MapGet("/risk-signals", RiskSignalsAsync).WithSummary("Signs that the caller's account may have been used by somebody else, newest first.");
    }

    private static async Task<Results<Accepted<RegistrationView>, ProblemHttpResult>> BeginAsync(
        RegisterRequest request, IOptions<WebSettings> settings, Accounts accounts, PrivacyCatalogs catalogs, IMailer mailer, ISmsSender sms, IPasswordHasher<StaffIdentity> hasher, IGrainFactory grains, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (!settings.Value.Registration)
        {
            return Problems.Of(403, "registration-closed", "Accounts are made by an admin here.");
        }

        if (request.Phone is null == request.Email is null)
        {
            return Problems.From(Refusal.Invalid(request.Email is null ? "phone" : "email", "Give a phone number or an e-mail address, one of the two."));
        }

        var phone = PhoneInputs.Normalize(request.Phone, "phone");
        if (!phone.Ok)
        {
            return Problems.From(phone.Refusal);
        }

        if (request.Email is not null ? !mailer.On : !sms.On)
        {
            return Problems.Of(409, "channel-off", "Codes cannot be sent this way here; try the other one.", request.Email is not null ? "email" : "phone");
        }

        var current = (await catalogs.GetAsync()).Policy.Version;
        if (request.PolicyVersion != current)
        {
            return Problems.From(Refusal.Unprocessable("policy-outdated", $"Version {current} of the privacy policy is in force; read and agree to that.", "policyVersion"));
        }

        if (await accounts.IsNameTakenAsync(request.UserName, cancellationToken))
        {
            return Problems.Of(409, "user-name-taken", "This user name is taken.", "userName");
        }

        var id = Ids.New(clock);
        var begun = await grains.Grain<IRegistrationGrain>(id).BeginAsync(
            new()
            {
                UserName = request.UserName, DisplayName = request.DisplayName.Trim(), Phone = phone.Value.Number, Email = request.Email?.Trim(), PolicyVersion = request.PolicyVersion,
                PasswordHash = hasher.HashPassword(null!, request.Password),
            },
            new(Actor.System, id), cancellationToken);
        return begun.Ok ? TypedResults.Accepted($"/api/v1/auth/register/{id}", begun.Value) : Problems.From(begun.Refusal);
    }

    private static async Task<Results<Created<RegistrationView>, ProblemHttpResult>> ConfirmAsync(Guid id, ConfirmRegistration request, Accounts accounts, IGrainFactory grains, TimeProvider clock, CancellationToken cancellationToken)
    {
        var grain = grains.Grain<IRegistrationGrain>(id);
        var confirmed = await grain.ConfirmAsync(request.Code, new(Actor.System, Ids.New(clock)), cancellationToken);
        if (!confirmed.Ok)
        {
            return Problems.From(confirmed.Refusal);
        }

        if (confirmed.Value.Stage == RegistrationStage.Confirmed)
        {
            var made = await accounts.RegisterAsync(confirmed.Value.Registration, id, cancellationToken);
            if (!made.Ok)
            {
                return Problems.From(made.Refusal);
            }
        }

        var done = await grain.CompleteAsync(new(Actor.System, Ids.New(clock)), cancellationToken);
        return done.Ok ? TypedResults.Created((string?)null, done.Value) : Problems.From(done.Refusal);
    }

    private static async Task<Results<Ok<RealNameView>, ProblemHttpResult>> GetRealNameAsync(Call call, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        (await grains.Grain<IUserGrain>(call.By.UserId).GetRealNameAsync(call.By, cancellationToken)).Ok(context);

    private static async Task<Results<Ok<RealNameView>, ProblemHttpResult>> SetRealNameAsync(SetRealName command, Call call, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        (await grains.Grain<IUserGrain>(call.By.UserId).SetRealNameAsync(command, call.Context, cancellationToken)).Ok(context);

    private static async Task<Ok<IReadOnlyList<RiskSignal>>> RiskSignalsAsync(Call call, Storage.Database database, CancellationToken cancellationToken) =>
        TypedResults.Ok(await RiskSignals.ReadAsync(database, call.By.UserId, cancellationToken));
}
