namespace LimoCha.Actors.Privacy;

/// <summary>Resident identity numbers of the PRC (GB 11643-1999): 17 digits and a check character (ISO 7064, MOD 11-2).</summary>
public static class IdentityNumbers
{
    private const int Length = 18;
    private const string Checks = "10X98765432";
    private static readonly int[] Weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

    /// <summary>True when it is one, with a birth date that exists and the right check character.</summary>
    public static bool IsValid(string? number) =>
        number is { Length: Length } && number[..^1].All(char.IsAsciiDigit)
        && DateOnly.TryParseExact(number[6..14], "yyyyMMdd", System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.None, out _)
        && Checks[number[..^1].Select((digit, i) => (digit - '0') * Weights[i]).Sum() % Checks.Length] == char.ToUpperInvariant(number[^1]);
}
