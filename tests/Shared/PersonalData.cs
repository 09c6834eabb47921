using System.Text;
using System.Text.RegularExpressions;

namespace LimoCha.Actors.Testing;

/// <summary>Finds mobile numbers, mail addresses and identity numbers where none may be: in logs and in database files (E1, E3).</summary>
public static partial class PersonalData
{
    /// <summary>What a text has of them.</summary>
    public static IReadOnlyList<string> In(string text) => [.. Sought().Matches(text).Select(match => match.Value)];

    /// <summary>What the files of a folder have of them, each with its file's name.</summary>
    public static IReadOnlyList<string> InFiles(string folder, string pattern) =>
        [.. Directory.EnumerateFiles(folder, pattern).SelectMany(file => In(Encoding.Latin1.GetString(File.ReadAllBytes(file))).Select(found => $"{Path.GetFileName(file)}: {found}"))];

    [GeneratedRegex(@"(?<![0-9A-Za-z-])(\+?86)?1[3-9][0-9]{9}(?![0-9A-Za-z-])|(?<![0-9A-Za-z-])[1-9][0-9]{5}(19|20)[0-9]{2}[01][0-9][0-3][0-9][0-9]{3}[0-9Xx](?![0-9A-Za-z-])|[a-z0-9._]{3,}@[a-z0-9-]{3,}\.[a-z]{2,3}(?![a-z])")]
    private static partial Regex Sought();
}
