using LimoCha.Actors.Privacy;
using Microsoft.Extensions.Compliance.Classification;
using Microsoft.Extensions.Compliance.Redaction;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LimoCha.Actors.Hosting;

/// <summary>
/// E3: a log line holds nothing of a person. A parameter of a log method marked <c>[PersonalValue]</c> is erased before any
/// provider sees it; what libraries would print of arguments, addresses and bodies is below a level that no setting lowers.
/// </summary>
public static class LogHosting
{
    /// <summary>Categories that print what passes through them, and the lowest level at which they do not.</summary>
    private static readonly (string Category, LogLevel Lowest)[] Floors =
    [
        ("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Warning),
        ("Microsoft.AspNetCore", LogLevel.Information),
        ("System.Net.Http", LogLevel.Information),
        ("MailKit", LogLevel.Information),
        ("Orleans", LogLevel.Information),
    ];

    /// <summary>Redaction of marked parameters, and the floors.</summary>
    public static IHostApplicationBuilder AddLimoChaLogging(this IHostApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Logging.EnableRedaction(options => options.ApplyDiscriminator = false);
        builder.Services.AddRedaction(redaction => redaction
            .SetRedactor<NullRedactor>(new DataClassificationSet(new NotPersonalAttribute().Classification))
            .SetFallbackRedactor<ErasingRedactor>());
        builder.Services.PostConfigure<LoggerFilterOptions>(Raise);
        return builder;
    }

    /// <summary>Puts the floors into every rule there is, whatever configuration or code made it.</summary>
    private static void Raise(LoggerFilterOptions options)
    {
        var rules = options.Rules.ToList();
        options.Rules.Clear();
        options.Rules.Add(new(null, null, options.MinLevel, (_, category, level) => level >= Floor(category)));
        foreach (var rule in rules)
        {
            options.Rules.Add(new(rule.ProviderName, rule.CategoryName, rule.LogLevel,
                (provider, category, level) => rule.Filter?.Invoke(provider, category, level) != false && level >= Floor(category)));
        }
    }

    private static LogLevel Floor(string? category)
    {
        foreach (var (prefix, lowest) in Floors)
        {
            if (category?.StartsWith(prefix, StringComparison.Ordinal) == true)
            {
                return lowest;
            }
        }

        return LogLevel.Trace;
    }
}
