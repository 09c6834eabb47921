using Microsoft.Extensions.Options;

namespace LimoCha.Actors.Kernel;

/// <summary>Days as the company counts them.</summary>
public sealed class CompanyDays(TimeProvider clock, IOptions<KernelOptions> options)
{
    /// <summary>The company's zone.</summary>
    public TimeZoneInfo Zone { get; } = TimeZoneInfo.FindSystemTimeZoneById(options.Value.TimeZone);

    /// <summary>The day that it is in the company's zone.</summary>
    public DateOnly Today => Of(clock.GetUtcNow());

    /// <summary>The instant (UTC) that a day begins in the company's zone.</summary>
    public DateTimeOffset StartOf(DateOnly day)
    {
        var start = day.ToDateTime(TimeOnly.MinValue);
        return new DateTimeOffset(start, Zone.GetUtcOffset(start)).ToUniversalTime();
    }

    /// <summary>The day of an instant in the company's zone.</summary>
    public DateOnly Of(DateTimeOffset at) => Of(at, Zone);

    /// <summary>The day of an instant in a zone.</summary>
    public static DateOnly Of(DateTimeOffset at, TimeZoneInfo zone) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, zone).DateTime);
}
