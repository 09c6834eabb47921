namespace LimoCha.Actors.Privacy;

/// <summary>How values are shown to those who need not see them whole (数据脱敏).</summary>
public static class Masking
{
    private const int CountryAndPrefix = 6;
    private const int LastDigits = 4;

    /// <summary>+8613800138000 as +86138****8000.</summary>
    public static string? Phone(string? phone) => Middle(phone, CountryAndPrefix, LastDigits);

    /// <summary>The first letter and the domain.</summary>
    public static string? Email(string? email) => email?.LastIndexOf('@') is { } at and > 0 ? $"{email[0]}***{email[at..]}" : Middle(email, 0, 0);

    /// <summary>The last four characters.</summary>
    public static string? Last4(string? value) => Middle(value, 0, LastDigits);

    /// <summary>The first character, and stars.</summary>
    public static string? Name(string? name) => name is { Length: > 1 } ? Middle(name, 1, 0) : Middle(name, 0, 0);

    /// <summary>Keeps the ends, hides the middle; short values are hidden whole.</summary>
    public static string? Middle(string? value, int keepStart, int keepEnd) =>
        value is null ? null
        : value.Length <= keepStart + keepEnd ? new('*', value.Length)
        : string.Concat(value.AsSpan(0, keepStart), new string('*', value.Length - keepStart - keepEnd), value.AsSpan(value.Length - keepEnd));
}
