using System.ComponentModel.DataAnnotations;

namespace LimoCha.Actors.Kernel;

/// <summary>Where the actors run.</summary>
public enum HostMode
{
    /// <summary>A silo inside this process; the default.</summary>
    Embedded = 0,
    /// <summary>Silos elsewhere; this process is an Orleans client.</summary>
    Client = 1,
}

/// <summary>The web process; section <c>Web</c>.</summary>
public sealed class WebSettings
{
    /// <summary>Embedded (default) or Client.</summary>
    [EnumDataType(typeof(HostMode))] public HostMode Mode { get; set; } = HostMode.Embedded;

    /// <summary>Database, keys and demo accounts of the embedded default. Default <c>.data</c>; <c>LIMOCHA_DATA</c> sets it too.</summary>
    [Required] public string DataFolder { get; set; } = ".data";

    /// <summary>
    /// 32 or more random bytes, base64: tokens are signed and user names looked up with keys derived from it. Made and
    /// kept in the data folder when the process is embedded; must be given, the same to all, when it is not.
    /// </summary>
    public string? Secret { get; set; }

    /// <summary>How long an access token is good for. Default 10 min; 1 min to 1 day. An ended session ends it at once.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "1.00:00:00")] public TimeSpan AccessTokenLifetime { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// The domain that passkeys are for (the relying party's id), like <c>crm.example.com</c>. Left out, it is the host of
    /// each request, which is right unless a proxy changes it.
    /// </summary>
    public string? PasskeyDomain { get; set; }

    /// <summary>Lets people register themselves with a phone number or e-mail address; an admin lets each in. Default false.</summary>
    public bool Registration { get; set; }

    /// <summary>
    /// Rounds of PBKDF2 (HMAC-SHA-512) that a password is hashed with. Default 100,000, as ASP.NET Core Identity has it; 10,000 at
    /// least. A password hashed with fewer is hashed anew at its next use.
    /// </summary>
    [Range(10_000, 10_000_000)] public int PasswordIterations { get; set; } = 100_000;

    /// <summary>Fills an empty database with a demo company. Default false.</summary>
    public bool Demo { get; set; }
}

/// <summary>How much one caller may ask; section <c>RateLimits</c>.</summary>
public sealed class RateLimitSettings
{
    /// <summary>Requests a second a signed-in user may make on average. Default 50.</summary>
    [Range(1, 10_000_000)] public int PerUserPerSecond { get; set; } = 50;

    /// <summary>Requests a user may make at once. Default 200.</summary>
    [Range(1, 10_000_000)] public int PerUserBurst { get; set; } = 200;

    /// <summary>Requests of everybody together that may be under way in this process; more are refused at once. Default 256.</summary>
    [Range(1, 100_000)] public int UnderWay { get; set; } = 256;

    /// <summary>Sign-in attempts a minute from one address. Default 30.</summary>
    [Range(1, 10_000_000)] public int SignInsPerMinute { get; set; } = 30;

    /// <summary>Visits of public pages a second from one address on average; ten times as many at once. Default 10.</summary>
    [Range(1, 10_000_000)] public int PublicPerSecond { get; set; } = 10;

    /// <summary>Hub connections (and negotiations) a second a user may begin on average; ten times as many at once. Default 5.</summary>
    [Range(1, 10_000_000)] public int ConnectsPerUserPerSecond { get; set; } = 5;

    /// <summary>Hub messages a second a connection may send on average; ten times as many at once. Default 500.</summary>
    [Range(1, 10_000_000)] public int HubMessagesPerSecond { get; set; } = 500;
}
