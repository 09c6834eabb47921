using LimoCha.Actors.Privacy;

namespace LimoCha.Actors.Staff;

/// <summary>What an account has beside its profile, sessions and consents, unmasked: it goes into the person's copy only (C1).</summary>
[GenerateSerializer, Immutable, Alias("StaffData")]
public sealed record StaffData
{
    /// <summary>E.164.</summary>
    [Id(0), Personal(DataClass.Contact)] public string? Phone { get; init; }
    /// <summary>The e-mail address.</summary>
    [Id(1), Personal(DataClass.Contact)] public string? Email { get; init; }
    /// <summary>The name that was verified.</summary>
    [Id(2), Personal(DataClass.Identity)] public string? RealName { get; init; }
    /// <summary>The identity document's number.</summary>
    [Id(3), Personal(DataClass.IdentityDocument)] public string? IdentityNumber { get; init; }
    /// <summary>When it was recorded (UTC).</summary>
    [Id(4)] public DateTimeOffset? RealNameAt { get; init; }
    /// <summary>Devices that the account is known on.</summary>
    [Id(5), Personal(DataClass.Device)] public IReadOnlyList<string> KnownDevices { get; init; } = [];
    /// <summary>What is pushed, in which language, and when not.</summary>
    [Id(6)] public PushPreferences Preferences { get; init; } = new();
    /// <summary>When notices were read (UTC), by notice.</summary>
    [Id(7)] public IReadOnlyDictionary<Guid, DateTimeOffset> NoticesRead { get; init; } = new Dictionary<Guid, DateTimeOffset>();

    /// <inheritdoc/>
    public override string ToString() => nameof(StaffData);
}
