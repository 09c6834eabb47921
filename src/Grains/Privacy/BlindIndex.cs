using System.Security.Cryptography;
using System.Text;

namespace LimoCha.Actors.Privacy;

/// <summary>
/// Looks encrypted values up without decrypting them: a keyed hash (HMAC-SHA256, 128 bits kept) of the normalized value. Names
/// are found by the keyed hashes of their characters and pairs of characters.
/// </summary>
public sealed class BlindIndex(SubjectKey key)
{
    /// <summary>The deployment key it is made with.</summary>
    public const string KeyName = "blind-index/1";

    private const int Kept = 16;
    private const int TokenKept = 6;
    private const int LastDigits = 4;

    /// <summary>The index of a phone number in E.164.</summary>
    public string? Phone(string? phone) => Of("phone", phone);

    /// <summary>The index of a phone number's last four digits.</summary>
    public string? PhoneLast4(string? phone) => Of("phone-last4", Last4(phone));

    /// <summary>The index of an e-mail address, without regard to case.</summary>
    public string? Email(string? email) => Of("email", email?.Trim().ToLowerInvariant());

    /// <summary>The index of an identity number.</summary>
    public string? IdentityNumber(string? number) => Of("identity", number?.Trim().ToUpperInvariant());

    /// <summary>The index of an identity number's last four characters.</summary>
    public string? IdentityLast4(string? number) => Of("identity-last4", Last4(number?.Trim().ToUpperInvariant()));

    /// <summary>A pseudonym of a subject: always the same, and nobody turns it back without the key (E9).</summary>
    public Guid Pseudonym(Guid subjectId) => new(HMACSHA256.HashData(key.Bytes, Encoding.UTF8.GetBytes($"pseudonym\n{subjectId:N}")).AsSpan(0, Kept), bigEndian: true);

    /// <summary>The tokens of a name, to be looked for with <see cref="Query"/>.</summary>
    public string? Tokens(string? name) =>
        Letters(name) is { Length: > 0 } letters
            ? string.Join(' ', letters.Select(letter => Token(letter.ToString())).Concat(Pairs(letters).Select(Token)).Distinct())
            : null;

    /// <summary>The tokens that a name containing this text has; all of them. What has them may still be another name.</summary>
    public IReadOnlyList<string> Query(string? text)
    {
        var letters = Letters(text);
        return letters.Length switch { 0 => [], 1 => [Token(letters)], _ => [.. Pairs(letters).Select(Token).Distinct()] };
    }

    private static string? Last4(string? value) => value is { Length: >= LastDigits } ? value[^LastDigits..] : null;

    private static string Letters(string? text) => new([.. (text ?? "").Normalize(NormalizationForm.FormKC).ToLowerInvariant().Where(char.IsLetterOrDigit)]);

    private static IEnumerable<string> Pairs(string letters) => Enumerable.Range(0, Math.Max(0, letters.Length - 1)).Select(i => letters.Substring(i, 2));

    private string Token(string letters) => Of("name", letters, TokenKept)!;

    private string? Of(string label, string? value, int kept = Kept) =>
        string.IsNullOrEmpty(value) ? null : Convert.ToHexStringLower(HMACSHA256.HashData(key.Bytes, Encoding.UTF8.GetBytes($"{label}\n{value}")).AsSpan(0, kept));
}
