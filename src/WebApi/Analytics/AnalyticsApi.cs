using System.ComponentModel.DataAnnotations;
using LimoCha.Actors.Audit;
using LimoCha.Actors.Consent;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Privacy;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace LimoCha.Actors.Analytics;

/// <summary>By what customers are counted.</summary>
public enum FactDimension
{
    /// <summary>Where they came from.</summary>
    Source = 0,
    /// <summary>Their age, in bands.</summary>
    AgeBand = 1,
    /// <summary>The month they came.</summary>
    Month = 2,
    /// <summary>The department that serves them.</summary>
    Department = 3,
}

/// <summary>What a promotion partner may be told about a month.</summary>
public enum PromotionDimension
{
    /// <summary>New customers who take promotional messages, by where they came from.</summary>
    Source = 0,
    /// <summary>New customers who take promotional messages, by age band.</summary>
    AgeBand = 1,
    /// <summary>Visits of shared content, by channel.</summary>
    Channel = 2,
}

/// <summary>Asks for aggregates for a promotion partner.</summary>
/// <param name="Dimension">By what.</param>
/// <param name="Month">Of which month, yyyy-MM; one that is over.</param>
[NotPersonal]
public sealed record PromotionRequest(
    [property: EnumDataType(typeof(PromotionDimension))] PromotionDimension Dimension,
    [property: Required, RegularExpression(@"^\d{4}-(0[1-9]|1[0-2])$")] string Month);

/// <summary>Aggregates for a partner: the same numbers whenever and by whomever they are asked for.</summary>
/// <param name="Partner">The third party, by the register.</param>
/// <param name="Dimension">By what.</param>
/// <param name="Month">Of which month.</param>
/// <param name="Table">Groups below the threshold are left out, counts are rounded down.</param>
/// <param name="Threshold">Smaller groups are not told.</param>
/// <param name="Step">Counts are multiples of it.</param>
/// <param name="PublishedAt">When the numbers were fixed (UTC).</param>
[NotPersonal]
public sealed record PromotionAggregates(string Partner, PromotionDimension Dimension, string Month, AggregateTable Table, int Threshold, int Step, DateTimeOffset PublishedAt);

/// <summary>Analysis on de-identified facts: /reports/customers (E9), and the aggregates that promotion partners get (D2).</summary>
public static class AnalyticsApi
{
    /// <summary>Maps the paths.</summary>
    public static RouteGroupBuilder MapAnalyticsApi(this RouteGroupBuilder api)
    {
        api.MapGet("/reports/customers", CustomersAsync).WithTags("Reports").RequireAuthorization(Policies.Manager).WithSummary("Customers by source, age band, month or department, from de-identified facts; groups of fewer than ten are one.");
        api.MapPost("/privacy/third-parties/{key}/aggregates", PromotionAsync).WithTags("Privacy").RequireAuthorization(Policies.Privacy).WithSummary("Aggregates of a month that is over, for a promotion partner: small groups left out, counts rounded, fixed at their first publication, logged.");
        return api;
    }

    private static async Task<Ok<IReadOnlyList<AggregateCell>>> CustomersAsync([FromQuery] Choice<FactDimension>? by, Call call, AggregateQueries queries, CancellationToken cancellationToken)
    {
        var groups = await queries.CustomersAsync(by?.Value ?? FactDimension.Source, call.By, cancellationToken);
        return TypedResults.Ok(AggregateRules.Inside(groups));
    }

    private static async Task<Results<Ok<PromotionAggregates>, ProblemHttpResult>> PromotionAsync(
        string key, PromotionRequest request, Call call, PrivacyCatalogs catalogs, AggregateQueries queries, CompanyDays days, IGrainFactory grains, TimeProvider clock, CancellationToken cancellationToken)
    {
        var catalog = await catalogs.NowAsync(cancellationToken);
        if (catalog.ThirdParties.FirstOrDefault(party => party.Key == key) is not { } partner)
        {
            return Problems.From(Refusal.NotFound("third party"));
        }

        if (partner.Kind != ThirdPartyKind.Promotion || string.IsNullOrWhiteSpace(partner.Agreement) || partner.AgreementUntil < days.Today)
        {
            return Problems.From(partner.Kind != ThirdPartyKind.Promotion
                ? Refusal.Unprocessable("not-a-promotion-partner", "Aggregates are for promotion partners.", "key")
                : Refusal.Conflict("agreement-required", "No agreement binds the partner now."));
        }

        if (string.CompareOrdinal(request.Month, CustomerFacts.Month(days.Today)) >= 0)
        {
            return Problems.From(Refusal.Unprocessable("month-not-over", "Only months that are over are told: a number that grows from day to day would tell of single people.", "month"));
        }

        var (table, at) = await queries.PublishedAsync(request, cancellationToken);
        await grains.AuditAsync(call.By.UserId, [new()
        {
            Id = Ids.New(clock), At = clock.GetUtcNow(), ActorId = call.By.UserId, Action = "promotion.share", Purpose = Purposes.PromotionStatistics, Classes = [DataClass.None], Basis = "deidentified", Recipient = key,
            Reason = $"{request.Dimension} {request.Month}", Count = table.Total,
        }], cancellationToken);
        return TypedResults.Ok(new PromotionAggregates(key, request.Dimension, request.Month, table, AggregateRules.Threshold, AggregateRules.Step, at));
    }
}
