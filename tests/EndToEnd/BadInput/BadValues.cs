namespace LimoCha.Actors.EndToEnd;

/// <summary>What a caller may send by mistake or on purpose, whatever is asked for.</summary>
public static class BadValues
{
    private static readonly string Long = new('x', 5_000);

    /// <summary>As they stand in JSON: wrong kinds, limits of numbers and of time, characters that databases, files and terminals stumble over.</summary>
    public static IReadOnlyList<string> Json { get; } =
    [
        "null", "true", "0", "-1", "1.5", "1e400", "2147483648", "-2147483649", "9223372036854775808", "79228162514264337593543950336", "1e-30", "181", "NaN",
        .. Texts.Select(text => $"\"{text}\""),
        "[]", "[null]", "[[]]", "[\"\\u0000\"]", "[\"a\",\"a\"]", $"[{string.Join(',', Enumerable.Repeat("0", 10_001))}]",
        "{}", "{\"$type\":\"none\"}", "{\"a\":{}}", $"{new string('[', 200)}{new string(']', 200)}", "tru", "\"open",
    ];

    /// <summary>As they stand in a query or a path, not yet escaped.</summary>
    public static IReadOnlyList<string> Query { get; } =
    [
        "", " ", "0", "-1", "1.5", "2147483648", "99999999999999999999", "true", "null", "a\0b", "\ud800", "\u202e文", "😀", "%", "_\\", "'; --", Long, "../../etc/passwd", "/\t/example.com", "/\r\nX: 1", "//example.com",
        "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59.9999999-14:00", "0001-01-01", "9999-12-31", "2026-02-30",
        "-", "-createdAt", "--id", "id;drop", "eyJhIjoxfQ", "AAAA", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    ];

    /// <summary>Whole bodies that are none.</summary>
    public static IReadOnlyList<string> Bodies { get; } = ["", " ", "null", "[]", "{", "}", "\"x\"", "1", "{\"a\":1,}", "{\"a\":1}{\"b\":2}", "\ufeff{}", "{\"\":1}", "\0", "/* */{}", $"{{\"a\":{new string('[', 5_000)}"];

    /// <summary>What a header may have.</summary>
    public static IReadOnlyList<string> Headers { get; } = ["", "\"", "W/\"1\"", "\"-1\"", "\"99999999999999999999\"", "*", "\"1\", \"2\"", "x", new('k', 300), "a b"];

    private static IEnumerable<string> Texts =>
    [
        "", " ", "a", "\\u0000", "a\\u0000b", "\\ud800", "x\\udc00", "\\u202e文", "\\ud83d\\ude00", "\\r\\n", "\\u001b[31m", "'; DROP TABLE task; --", "%_\\\\", "=1+1", Long,
        "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff", "01900000-0000-7000-8000-00000000dead",
        "0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59.9999999Z", "9999-12-31T23:59:59.9999999-14:00", "2026-06-30T23:59:60Z", "0001-01-01", "9999-12-31", "2026-02-30",
        "00:00:00", "24:00:00", "23:59:59.9999999", "0", "-1", "999999999999",
        "FREQ=SECONDLY;COUNT=999999999", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=DAILY;INTERVAL=2147483647", "FREQ=DAILY;UNTIL=99991231T235959Z", "http://[::1", "javascript:alert(1)",
    ];
}
