using System.ComponentModel.DataAnnotations;

namespace LimoCha.Actors.Consent;

/// <summary>What a subject said about a purpose.</summary>
public enum ConsentState
{
    /// <summary>Never asked, or not answered. Refused where consent is the basis.</summary>
    NotAsked = 0,
    /// <summary>Yes.</summary>
    Granted = 1,
    /// <summary>Asked and said no.</summary>
    Refused = 2,
    /// <summary>Said yes once, and took it back.</summary>
    Withdrawn = 3,
}

/// <summary>The purposes the engine itself asks for. A use for a purpose not named here is refused (B1).</summary>
public static class Purposes
{
    /// <summary>Recording where a staff member is when they check in (whereabouts: sensitive, F2 and B5).</summary>
    public const string AttendanceLocation = "attendance.location";
    /// <summary>Recording where a step of a task was taken, as its proof (whereabouts: sensitive, F2 and B5).</summary>
    public const string TaskLocation = "task.location";
    /// <summary>Looking at where a staff member is when work is given to the nearest (whereabouts: sensitive, F2 and B5).</summary>
    public const string DispatchLocation = "dispatch.location";
    /// <summary>Sending pushes through the phone vendor's service when no device is connected (A1, A2).</summary>
    public const string PushVendor = "push.vendor";
    /// <summary>Recording the model and version of a device (F2).</summary>
    public const string DeviceInformation = "device.information";
    /// <summary>Contacting a customer by phone or message.</summary>
    public const string CustomerContact = "customer.contact";
    /// <summary>Sending a customer promotional messages.</summary>
    public const string CustomerMarketing = "customer.marketing";

    /// <summary>Purposes a staff member decides on.</summary>
    public static readonly IReadOnlyList<string> OfStaff = [AttendanceLocation, TaskLocation, DispatchLocation, PushVendor, DeviceInformation];
    /// <summary>Purposes a customer decides on.</summary>
    public static readonly IReadOnlyList<string> OfCustomers = [CustomerContact, CustomerMarketing];
}

/// <summary>Grants, refuses or withdraws.</summary>
[GenerateSerializer, Immutable, Alias("SetConsent")]
public sealed record SetConsent
{
    /// <summary>The new answer: granted, refused or withdrawn.</summary>
    [Id(0), Required] public ConsentState? State { get; init; }
    /// <summary>The policy version the subject saw. At most 40 characters.</summary>
    [Id(1), StringLength(40)] public string? PolicyVersion { get; init; }
    /// <summary>How it was said: app, phone, paper, … At most 40 characters.</summary>
    [Id(2), StringLength(40)] public string? Channel { get; init; }
}

/// <summary>A consent flag as it stands.</summary>
[GenerateSerializer, Immutable, Alias("ConsentFlag")]
public sealed record ConsentFlag
{
    /// <summary>One of <see cref="Purposes"/>.</summary>
    [Id(0)] public string Purpose { get; init; } = "";
    /// <summary>What was said.</summary>
    [Id(1)] public ConsentState State { get; init; }
    /// <summary>When (UTC); null when never asked.</summary>
    [Id(2)] public DateTimeOffset? At { get; init; }
    /// <summary>The policy version seen.</summary>
    [Id(3)] public string? PolicyVersion { get; init; }
    /// <summary>How it was said.</summary>
    [Id(4)] public string? Channel { get; init; }
}
