using System.ComponentModel.DataAnnotations;
using LimoCha.Actors.Privacy;
using LimoCha.Actors.Push;

namespace LimoCha.Actors.Staff;

/// <summary>What sign-in needs; never leaves the server.</summary>
[GenerateSerializer, Immutable, Alias("Credentials")]
[Personal(DataClass.Credential)]
public sealed record Credentials
{
    /// <summary>ASP.NET Core Identity's hash (PBKDF2).</summary>
    [Id(0)] public string? PasswordHash { get; init; }
    /// <summary>Changes whenever what sign-in rests on changes.</summary>
    [Id(1)] public string SecurityStamp { get; init; } = "";
    /// <summary>Wrong attempts since the last right one.</summary>
    [Id(2)] public int AccessFailedCount { get; init; }
    /// <summary>Locked until (UTC).</summary>
    [Id(3)] public DateTimeOffset? LockoutEnd { get; init; }
    /// <summary>TOTP asked at sign-in.</summary>
    [Id(4)] public bool TwoFactorEnabled { get; init; }
    /// <summary>The TOTP secret (RFC 6238), base32.</summary>
    [Id(5)] public string? AuthenticatorKey { get; init; }
    /// <summary>Unused recovery codes.</summary>
    [Id(6)] public IReadOnlyList<string> RecoveryCodes { get; init; } = [];
    /// <summary>Passkeys (W3C Web Authentication) that may sign in instead of the password.</summary>
    [Id(7)] public IReadOnlyList<Passkey> Passkeys { get; init; } = [];

    /// <inheritdoc/>
    public override string ToString() => nameof(Credentials);
}

/// <summary>A passkey's public half.</summary>
[GenerateSerializer, Immutable, Alias("Passkey")]
[Personal(DataClass.Credential)]
public sealed record Passkey
{
    /// <summary>The credential's id, base64url.</summary>
    [Id(0)] public string Id { get; init; } = "";
    /// <summary>The public key (COSE).</summary>
    [Id(1)] public byte[] PublicKey { get; init; } = [];
    /// <summary>What its owner calls it.</summary>
    [Id(2)] public string Name { get; init; } = "";
    /// <summary>When it was added (UTC).</summary>
    [Id(3)] public DateTimeOffset CreatedAt { get; init; }
    /// <summary>The authenticator's counter at the last sign-in; 0 for those that do not count.</summary>
    [Id(4)] public long SignCount { get; init; }
    /// <summary>How the authenticator is reached (usb, internal, …).</summary>
    [Id(5)] public IReadOnlyList<string> Transports { get; init; } = [];
    /// <summary>The authenticator verified its user.</summary>
    [Id(6)] public bool UserVerified { get; init; }
    /// <summary>The passkey may be synchronised.</summary>
    [Id(7)] public bool BackupEligible { get; init; }
    /// <summary>The passkey is synchronised.</summary>
    [Id(8)] public bool BackedUp { get; init; }

    /// <inheritdoc/>
    public override string ToString() => nameof(Passkey);
}

/// <summary>A user with what sign-in needs.</summary>
[GenerateSerializer, Immutable, Alias("SignInRecord")]
public sealed record SignInRecord(
    [property: Id(0)] UserView User,
    [property: Id(1)] Credentials Credentials);

/// <summary>A sign-in that lives until it is ended: a family of rotating refresh tokens (RFC 9700 §4.14).</summary>
[GenerateSerializer, Immutable, Alias("SessionView")]
[Personal(DataClass.Device)]
public sealed record SessionView
{
    /// <summary>The session, and the device in the devices list.</summary>
    [Id(0)] public Guid Id { get; init; }
    /// <summary>The device's own id, when it told one.</summary>
    [Id(1)] public string? DeviceId { get; init; }
    /// <summary>When signed in (UTC).</summary>
    [Id(2)] public DateTimeOffset CreatedAt { get; init; }
    /// <summary>When last refreshed (UTC).</summary>
    [Id(3)] public DateTimeOffset LastSeenAt { get; init; }
    /// <summary>Ends by itself then (UTC).</summary>
    [Id(4)] public DateTimeOffset ExpiresAt { get; init; }
    /// <summary>True while one of its devices is connected.</summary>
    [Id(5)] public bool Connected { get; init; }
    /// <summary>android, ios, web, …; known once it has connected.</summary>
    [Id(6)] public string? Platform { get; init; }
    /// <summary>Who carries pushes to it; null when it takes none.</summary>
    [Id(7)] public PushVendor? PushVendor { get; init; }

    /// <inheritdoc/>
    public override string ToString() => nameof(SessionView);
}

/// <summary>A session's state at a rotation: which generation of the refresh token is the valid one.</summary>
[GenerateSerializer, Immutable, Alias("SessionGrant")]
public sealed record SessionGrant(
    [property: Id(0)] Guid SessionId,
    [property: Id(1)] int Generation,
    [property: Id(2)] UserView User,
    [property: Id(3)] DateTimeOffset ExpiresAt);

/// <summary>What a person wants to be told, and how (A2). A category not named is on; mandatory notices ignore this.</summary>
[GenerateSerializer, Immutable, Alias("PushPreferences")]
[NotPersonal]
public sealed record PushPreferences
{
    /// <summary>Categories that are not pushed to a phone without a live connection; at most 50.</summary>
    [Id(0), MaxLength(50)] public IReadOnlyList<string> Off { get; init; } = [];
    /// <summary>zh-CN or en.</summary>
    [Id(1), RegularExpression("^(zh-CN|en)$")] public string Language { get; init; } = "zh-CN";
    /// <summary>Categories of notices that connected devices do not show either; at most 50. Tasks are always shown.</summary>
    [Id(2), MaxLength(50)] public IReadOnlyList<string> DeviceOff { get; init; } = [];
    /// <summary>When not to be disturbed; never when left out.</summary>
    [Id(3)] public QuietHours? QuietHours { get; init; }
}
