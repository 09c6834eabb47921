using System.Globalization;
using System.Text;
using System.Text.Json;

namespace LimoCha.Actors.Kernel;

/// <summary>Where a page of a list ended, as its <c>nextCursor</c> says it.</summary>
internal static class ListCursor
{
    public static string Write(string sort, object value, Guid id)
    {
        var (kind, text) = value switch
        {
            DateTimeOffset instant => ("d", instant.ToString("O", CultureInfo.InvariantCulture)),
            int number => ("i", number.ToString(CultureInfo.InvariantCulture)),
            Guid guid => ("g", guid.ToString()),
            _ => ("s", (string)value),
        };
        return Convert.ToBase64String(JsonSerializer.SerializeToUtf8Bytes(new[] { sort, kind, text, id.ToString() })).Replace('+', '-').Replace('/', '_').TrimEnd('=');
    }

    public static bool TryRead(string cursor, string sort, out object value, out Guid id)
    {
        (value, id) = ("", default);
        try
        {
            var base64 = cursor.Replace('-', '+').Replace('_', '/');
            var bytes = Convert.FromBase64String(base64.PadRight((base64.Length + 3) / 4 * 4, '='));
            if (JsonSerializer.Deserialize<string[]>(bytes) is not [var of, { } kind, { } text, { } key] || of != sort || text.Contains('\0', StringComparison.Ordinal) || !Guid.TryParse(key, out id))
            {
                return false;
            }

            value = kind switch
            {
                "d" => DateTimeOffset.ParseExact(text, "O", CultureInfo.InvariantCulture),
                "i" => int.Parse(text, CultureInfo.InvariantCulture),
                "g" => Guid.Parse(text),
                _ => text,
            };
            return true;
        }
        catch (Exception error) when (error is FormatException or JsonException or OverflowException or DecoderFallbackException)
        {
            return false;
        }
    }
}
