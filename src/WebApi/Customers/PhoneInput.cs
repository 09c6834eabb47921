using LimoCha.Actors.Kernel;
using LimoCha.Actors.Privacy;
using PhoneNumbers;

namespace LimoCha.Actors.Customers;

/// <summary>A phone number in E.164, or none.</summary>
internal sealed record PhoneInput([property: Personal(DataClass.Contact)] string? Number);

/// <summary>Phone numbers as people write them.</summary>
internal static class PhoneInputs
{
    private const string DefaultRegion = "CN";

    /// <summary>E.164; a refusal for what is none. Numbers without a country code are Chinese.</summary>
    public static Outcome<PhoneInput> Normalize(string? text, string field)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return Outcome.Of(new PhoneInput(null), 0);
        }

        var phones = PhoneNumberUtil.GetInstance();
        try
        {
            var number = phones.Parse(text, DefaultRegion);
            return phones.IsPossibleNumber(number)
                ? Outcome.Of(new PhoneInput(phones.Format(number, PhoneNumberFormat.E164)), 0)
                : Refusal.Invalid(field, "This is not a number that can be called; write it as 13800138000 or +8613800138000.");
        }
        catch (NumberParseException)
        {
            return Refusal.Invalid(field, "This is not a phone number; write it as 13800138000 or +8613800138000.");
        }
    }
}
