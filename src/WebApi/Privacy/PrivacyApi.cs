using Dapper;
using LimoCha.Actors.Consent;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Push;
using LimoCha.Actors.ReadModel;
using LimoCha.Actors.Storage;
using LimoCha.Actors.Tasks;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LimoCha.Actors.Privacy;

/// <summary>What the company declares and how data is protected: /privacy.</summary>
public static class PrivacyApi
{
    /// <summary>Maps the paths.</summary>
    public static RouteGroupBuilder MapPrivacyApi(this RouteGroupBuilder api)
    {
        var privacy = api.MapGroup("/privacy").WithTags("Privacy");
        privacy.MapGet("/policies", PoliciesAsync).AllowAnonymous().WithSummary("The policy in force with its texts, and all versions.");
        privacy.MapGet("/policies/{version:int}", PolicyAsync).AllowAnonymous().WithSummary("A version's texts.");
        privacy.MapPost("/policies", PublishAsync).RequireAuthorization(Policies.Privacy).RequireStepUp().WithSummary("Publishes a version; purposes it changes materially are asked again, and everybody is told.");
        privacy.MapGet("/purposes", PurposesAsync).AllowAnonymous().WithSummary("Every declared purpose of processing.");
        privacy.MapPost("/purposes", DeclareAsync).RequireAuthorization(Policies.Privacy).RequireStepUp().WithSummary("Declares or changes a purpose; whom it concerns is asked before the first use.");
        privacy.MapGet("/third-parties", ThirdPartiesAsync).RequireAuthorization(Policies.Staff).WithSummary("The register of third parties: who may receive what, for which purpose, under which agreement.");
        privacy.MapPost("/third-parties", RegisterAsync).RequireAuthorization(Policies.Privacy).RequireStepUp().WithSummary("Enters a third party into the register, or changes its entry.");
        privacy.MapGet("/sdk-register", () => TypedResults.Ok(SdkRegister.All)).AllowAnonymous().WithSummary("Third-party SDKs in the apps.");
        privacy.MapGet("/receipts", ReceiptsAsync).RequireAuthorization(Policies.Privacy).WithSummary("The receipts of a subject, newest first.");
        privacy.MapGet("/receipts/keys", KeysAsync).AllowAnonymous().WithSummary("Public keys (JWK set) that receipts and audit anchors are verified with, offline.");
        privacy.MapGet("/data-map", () => TypedResults.Ok(DataMap.Of(typeof(ITaskGrain).Assembly, typeof(TaskGrain).Assembly))).RequireAuthorization(Policies.Privacy).WithSummary("Every field with personal data: class, grade, encryption, masking, export, retention.");
        privacy.MapGet("/outgoing-hosts", (IConfiguration configuration) => TypedResults.Ok(OutgoingHosts.Of(configuration))).RequireAuthorization(Policies.Privacy).WithSummary("Every host outside the deployment that the product can call; all are off until configured.");
        privacy.MapGet("/master-keys", MasterKeysAsync).RequireAuthorization(Policies.Privacy).WithSummary("How many subjects' keys are under which master key; a rotation is through when one is left.");
        return api;
    }

    /// <summary>The policy in force and the versions before.</summary>
    public sealed record PolicyList(Policy Current, IReadOnlyList<Policy> Versions);

    /// <summary>A JWK set (RFC 7517).</summary>
    public sealed record KeySet(IReadOnlyList<PublicKey> Keys);

    private static async Task<Ok<PolicyList>> PoliciesAsync(PrivacyCatalogs catalogs)
    {
        var catalog = await catalogs.GetAsync();
        return TypedResults.Ok(new PolicyList(catalog.Policy, catalog.Versions));
    }

    private static async Task<Results<Ok<Policy>, ProblemHttpResult>> PolicyAsync(int version, PrivacyCatalogs catalogs, Database database, CancellationToken cancellationToken)
    {
        var catalog = await catalogs.GetAsync();
        var known = version == catalog.Policy.Version ? catalog.Policy : version == FirstPolicy.Value.Version ? FirstPolicy.Value : catalog.Versions.FirstOrDefault(policy => policy.Version == version);
        if (known is null)
        {
            return Problems.From(Refusal.NotFound("policy version"));
        }

        if (known.TextZh is null)
        {
            await using var connection = await database.OpenAsync(cancellationToken);
            var row = await connection.QuerySingleOrDefaultAsync<PolicyRow>($"SELECT {ReadTables.Policy.Columns} FROM policy WHERE number = @version", new { version });
            known = known with { TextZh = row?.TextZh, TextEn = row?.TextEn };
        }

        return TypedResults.Ok(known);
    }

    private static async Task<Results<Created<Policy>, ProblemHttpResult>> PublishAsync(PublishPolicy command, Call call, HttpContext context, PrivacyCatalogs catalogs, CancellationToken cancellationToken) =>
        (await catalogs.ChangeAsync(catalog => catalog.PublishAsync(command, call.Context, cancellationToken))).Created(context, policy => $"/api/v1/privacy/policies/{policy.Version}");

    private static async Task<Ok<IReadOnlyList<Purpose>>> PurposesAsync(PrivacyCatalogs catalogs) => TypedResults.Ok((await catalogs.GetAsync()).Purposes);

    private static async Task<Results<Ok<Purpose>, ProblemHttpResult>> DeclareAsync(DeclarePurpose command, Call call, HttpContext context, PrivacyCatalogs catalogs, CancellationToken cancellationToken) =>
        (await catalogs.ChangeAsync(catalog => catalog.DeclareAsync(command, call.Context, cancellationToken))).Ok(context);

    private static async Task<Ok<IReadOnlyList<ThirdParty>>> ThirdPartiesAsync(PrivacyCatalogs catalogs, CancellationToken cancellationToken) => TypedResults.Ok((await catalogs.NowAsync(cancellationToken)).ThirdParties);

    private static async Task<Results<Ok<ThirdParty>, ProblemHttpResult>> RegisterAsync(ThirdParty command, Call call, HttpContext context, PrivacyCatalogs catalogs, CancellationToken cancellationToken) =>
        (await catalogs.ChangeAsync(catalog => catalog.RegisterAsync(command, call.Context, cancellationToken))).Ok(context);

    private static async Task<Ok<IReadOnlyList<ConsentReceipt>>> ReceiptsAsync(Guid subjectId, Database database, CancellationToken cancellationToken) =>
        TypedResults.Ok(await Receipts.ReadAsync(database, subjectId, cancellationToken));

    private static async Task<Ok<KeySet>> KeysAsync(SigningKeys signing, CancellationToken cancellationToken) =>
        TypedResults.Ok(new KeySet([(await signing.SignerAsync(cancellationToken)).PublicKey]));

    private static async Task<Ok<IReadOnlyList<MasterKeyUse>>> MasterKeysAsync(KeyTable table, CancellationToken cancellationToken) =>
        TypedResults.Ok(await table.CountAsync(cancellationToken));
}
