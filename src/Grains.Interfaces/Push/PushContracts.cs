using System.ComponentModel.DataAnnotations;
using LimoCha.Actors.Privacy;

namespace LimoCha.Actors.Push;

/// <summary>Who carries a push to a phone without a live connection.</summary>
public enum PushVendor
{
    /// <summary>极光推送.</summary>
    JPush = 0,
    /// <summary>Firebase Cloud Messaging.</summary>
    Fcm = 1,
    /// <summary>Apple Push Notification service.</summary>
    Apns = 2,
    /// <summary>华为推送服务.</summary>
    Huawei = 3,
}

/// <summary>Where a device's pushes go: what the vendor's SDK told the app.</summary>
[GenerateSerializer, Immutable, Alias("PushTarget")]
[Personal(DataClass.Device)]
public sealed record PushTarget
{
    /// <summary>Whose token it is.</summary>
    [Id(0), Required, EnumDataType(typeof(PushVendor))] public PushVendor? Vendor { get; init; }
    /// <summary>The token (JPush: registration id). 1 to 512 characters without spaces.</summary>
    [Id(1), Required, StringLength(512, MinimumLength = 1), RegularExpression(@"^[\x21-\x7e]+$")] public string Token { get; init; } = "";

    /// <inheritdoc/>
    public override string ToString() => nameof(PushTarget);
}

/// <summary>When a person is not to be disturbed, in the company's zone. What comes then is pushed afterwards, if it is still new.</summary>
[GenerateSerializer, Immutable, Alias("QuietHours")]
[NotPersonal]
public sealed record QuietHours
{
    /// <summary>From this time of day.</summary>
    [Id(0)] public TimeOnly From { get; init; } = new(22, 0);
    /// <summary>Until this time of day; on the next day when it is earlier.</summary>
    [Id(1)] public TimeOnly To { get; init; } = new(8, 0);
    /// <summary>Categories that may disturb all the same; at most 50. Mandatory notices always may.</summary>
    [Id(2), MaxLength(50)] public IReadOnlyList<string> Except { get; init; } = [];
}
