using System.ComponentModel.DataAnnotations;
using LimoCha.Actors.Privacy;

namespace LimoCha.Actors.Consent;

/// <summary>What a third party is to the company.</summary>
public enum ThirdPartyKind
{
    /// <summary>Does something for the company or the subject: logistics, messages, maps.</summary>
    Service = 0,
    /// <summary>Advertises: gets aggregates, never anything of a person (D2).</summary>
    Promotion = 1,
}

/// <summary>Fields that a third party may receive for a purpose.</summary>
[GenerateSerializer, Immutable, Alias("AllowedTransfer"), NotPersonal]
public sealed record AllowedTransfer
{
    /// <summary>A declared purpose that names the third party among its recipients.</summary>
    [Id(0), Required, StringLength(60)] public string Purpose { get; init; } = "";
    /// <summary>Fields by their names in the customer's JSON: name, phone, email, address, company, identityNumber, …</summary>
    [Id(1), Required, MaxLength(20)] public IReadOnlyList<string> Fields { get; init; } = [];
}

/// <summary>A third party in the register (D1).</summary>
[GenerateSerializer, Immutable, Alias("ThirdParty"), NotPersonal]
public sealed record ThirdParty
{
    /// <summary>Its name in purposes and transfers: letters, digits, '.' and '-'; 2 to 60 characters.</summary>
    [Id(0), Required, StringLength(60, MinimumLength = 2), RegularExpression("^[a-z0-9]+([.-][a-z0-9]+)*$")] public string Key { get; init; } = "";
    /// <summary>What it is to the company.</summary>
    [Id(1), EnumDataType(typeof(ThirdPartyKind))] public ThirdPartyKind Kind { get; init; }
    /// <summary>Its name for people. 1 to 120 characters.</summary>
    [Id(2), Required, StringLength(120, MinimumLength = 1)] public string Name { get; init; } = "";
    /// <summary>The agreement that binds it (保密协定): its number. Without one nothing is transferred. At most 120 characters.</summary>
    [Id(3), StringLength(120)] public string? Agreement { get; init; }
    /// <summary>The agreement's last day; null when it has none.</summary>
    [Id(4)] public DateOnly? AgreementUntil { get; init; }
    /// <summary>What it may receive, for which purpose.</summary>
    [Id(5), MaxLength(50)] public IReadOnlyList<AllowedTransfer> Allowed { get; init; } = [];
}
