using System.Text;

namespace LimoCha.Actors.Files;

/// <summary>Tells what a file is by its first bytes; what the sender says it is does not count.</summary>
public static class FileKind
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private static readonly string[] HeicBrands = ["heic", "heix", "mif1", "msf1", "hevc"];

    /// <summary>The media type, or null for a kind that is not taken.</summary>
    public static string? Of(ReadOnlySpan<byte> content) =>
        content.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]) ? "image/jpeg"
        : content.StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) ? "image/png"
        : content.Length > 12 && content.StartsWith("RIFF"u8) && content[8..].StartsWith("WEBP"u8) ? "image/webp"
        : content.Length > 12 && content[4..].StartsWith("ftyp"u8) && HeicBrands.Contains(Encoding.ASCII.GetString(content[8..12])) ? "image/heic"
        : content.StartsWith("%PDF-"u8) ? "application/pdf"
        : IsText(content) ? "text/plain; charset=utf-8"
        : null;

    private static bool IsText(ReadOnlySpan<byte> content)
    {
        try
        {
            return !Strict.GetString(content).Any(letter => char.IsControl(letter) && letter is not ('\r' or '\n' or '\t'));
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }
}
