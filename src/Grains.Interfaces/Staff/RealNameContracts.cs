using System.ComponentModel.DataAnnotations;
using LimoCha.Actors.Privacy;

namespace LimoCha.Actors.Staff;

/// <summary>Records who the person is by their resident identity card (F3); only under consent to <c>account.real-name</c>.</summary>
[GenerateSerializer, Immutable, Alias("SetRealName")]
public sealed record SetRealName
{
    /// <summary>As on the card. 1 to 60 characters.</summary>
    [Id(0), Required, StringLength(60, MinimumLength = 1), Personal(DataClass.Identity)] public string Name { get; init; } = "";
    /// <summary>The card's number: 18 characters with the check digit of GB 11643-1999.</summary>
    [Id(1), Required, StringLength(18, MinimumLength = 18), Personal(DataClass.IdentityDocument)] public string IdentityNumber { get; init; } = "";

    /// <inheritdoc/>
    public override string ToString() => nameof(SetRealName);
}

/// <summary>What is on file, masked.</summary>
[GenerateSerializer, Immutable, Alias("RealNameView")]
public sealed record RealNameView
{
    /// <summary>The first character, and stars.</summary>
    [Id(0), Personal(DataClass.Identity)] public string? Name { get; init; }
    /// <summary>The last four characters.</summary>
    [Id(1), Personal(DataClass.IdentityDocument)] public string? IdentityNumber { get; init; }
    /// <summary>When it was recorded (UTC); null when nothing is on file.</summary>
    [Id(2)] public DateTimeOffset? RecordedAt { get; init; }

    /// <inheritdoc/>
    public override string ToString() => nameof(RealNameView);
}
