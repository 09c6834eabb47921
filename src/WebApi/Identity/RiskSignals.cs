using Dapper;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.ReadModel;
using LimoCha.Actors.Staff;
using LimoCha.Actors.Storage;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LimoCha.Actors.Identity;

/// <summary>Says that a call may be made by a session that has to prove again that it is its person: what that takes, and no more.</summary>
internal sealed record OpenToChallenged;

/// <summary>Risk signals (E8): read, and the stop of a session that they challenge.</summary>
internal static class RiskSignals
{
    private const int Most = 200;

    /// <summary>For the privacy office.</summary>
    public static RouteGroupBuilder MapRiskSignalsApi(this RouteGroupBuilder api)
    {
        api.MapGet("/privacy/risk-signals", ListAsync).WithTags("Privacy").RequireAuthorization(Policies.Oversight).WithSummary("Signs that accounts may not be used by their persons, newest first.");
        return api;
    }

    /// <summary>Refuses what a challenged session asks for, but for what lets it prove itself.</summary>
    public static IApplicationBuilder UseChallenges(this IApplicationBuilder app) => app.Use((context, next) =>
        context.Request.IsFromProgram() && context.User.Identity is ActorIdentity { Who.Challenged: true } && context.GetEndpoint()?.Metadata.GetMetadata<OpenToChallenged>() is null
            ? Problems.Of(403, "second-factor-required", "This account's use was unusual: prove again that it is you at /auth/step-up, then repeat the call.").ExecuteAsync(context)
            : next(context));

    /// <summary>The newest of one account, or of all.</summary>
    public static async Task<IReadOnlyList<RiskSignal>> ReadAsync(Database database, Guid? userId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var rows = await connection.QueryAsync<RiskSignalRow>(new CommandDefinition(
            $"SELECT {ReadTables.RiskSignal.Columns} FROM risk_signal {(userId is null ? "" : "WHERE user_id = @userId")} ORDER BY id DESC LIMIT {Most}", new { userId }, cancellationToken: cancellationToken));
        return [.. rows.Select(row => new RiskSignal { Id = row.Id, UserId = row.UserId, Kind = row.Kind, SessionId = row.SessionId, Challenged = row.Challenged, At = row.At })];
    }

    private static async Task<Ok<IReadOnlyList<RiskSignal>>> ListAsync(Guid? userId, Database database, CancellationToken cancellationToken) =>
        TypedResults.Ok(await ReadAsync(database, userId, cancellationToken));
}
