using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using LimoCha.Actors.Kernel;
using Microsoft.Extensions.Localization;

namespace LimoCha.Actors.Pages;

/// <summary>How pages say what happened, and when.</summary>
internal static class PageTexts
{
    /// <summary>A refusal in the reader's language. Every problem has words in both (docs/problems.md).</summary>
    [return: NotNullIfNotNull(nameof(refusal))]
    public static string? Explain(this IStringLocalizer<Strings> texts, Refusal? refusal) =>
        refusal is null ? null : texts[$"Problem.{refusal.Problem}", refusal.Field ?? ""] is { ResourceNotFound: false } known ? known : refusal.Detail;

    /// <summary>An instant in the company's zone, to the minute.</summary>
    public static string Minute(this CompanyDays days, DateTimeOffset at) => Local(days, at, "yyyy-MM-dd HH:mm");

    /// <summary>The same where it is clear which year it is.</summary>
    public static string ShortMinute(this CompanyDays days, DateTimeOffset at) => Local(days, at, "M/d HH:mm");

    private static string Local(CompanyDays days, DateTimeOffset at, string format) => TimeZoneInfo.ConvertTime(at, days.Zone).ToString(format, CultureInfo.InvariantCulture);
}
