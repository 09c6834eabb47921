using System.ComponentModel.DataAnnotations;
using LimoCha.Actors.Attendance;
using LimoCha.Actors.Devices;
using LimoCha.Actors.Kernel;

namespace LimoCha.Actors.Staff;

/// <summary>When an account's use is unusual, and what follows; section <c>Risk</c>.</summary>
public sealed record RiskOptions
{
    /// <summary>Uses of customers' data in ten minutes that are a person's work; more is unusual. Default 120.</summary>
    [Range(1, 100_000)] public int UsesPerTenMinutes { get; init; } = 120;

    /// <summary>Faster than this between two places nobody travels, in km/h. Default 1,000: an airliner.</summary>
    [Range(100, 100_000)] public int FastestKmh { get; init; } = 1_000;

    /// <summary>What makes a session prove again that it is its person before it goes on. Default: impossible travel and unusual rate.</summary>
    public IReadOnlyList<RiskKind> Challenges { get; init; } = [RiskKind.ImpossibleTravel, RiskKind.UnusualRate];
}

/// <summary>Signs in what an account does.</summary>
public static class RiskRules
{
    /// <summary>How long uses are counted together.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(10);

    private const int KnownDevices = 50;
    private const double NearKm = 50;

    /// <summary>A session opened on a device that the account was not used on before; the first device of an account is none.</summary>
    public static bool IsNewDevice(UserState state, string? deviceId)
    {
        ArgumentNullException.ThrowIfNull(state);
        return deviceId is not null && state.KnownDevices.Length > 0 && !state.KnownDevices.Contains(deviceId);
    }

    /// <summary>The devices that an account is known on, the newest last.</summary>
    public static System.Collections.Immutable.ImmutableArray<string> Remember(System.Collections.Immutable.ImmutableArray<string> known, string? deviceId) =>
        deviceId is null ? known : [.. known.Where(device => device != deviceId).TakeLast(KnownDevices - 1), deviceId];

    /// <summary>Nobody gets from the one place to the other in that time. Within fifty kilometres a bad fix explains it better.</summary>
    public static bool IsImpossible(Whereabouts from, Whereabouts to, int fastestKmh)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(to);
        if (from.Point is null || to.Point is null)
        {
            return false;
        }

        var kilometres = Geodesy.Distance(from.Point, to.Point) / 1_000;
        var hours = (to.At - from.At).Duration().TotalHours;
        return kilometres > NearKm && kilometres > hours * fastestKmh;
    }

    /// <summary>The fact of a sign.</summary>
    public static RiskRaised Raise(RiskKind kind, Guid? sessionId, RiskOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new(kind, sessionId, options.Challenges.Contains(kind));
    }
}
