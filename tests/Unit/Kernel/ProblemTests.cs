using System.Text.RegularExpressions;
using System.Xml.Linq;
using LimoCha.Actors.Testing;

namespace LimoCha.Actors.Unit.Kernel;

/// <summary>Whoever is refused something can look the problem up, and reads of it in their language.</summary>
public sealed partial class ProblemTests
{
    [Fact]
    public void Every_problem_is_in_the_public_list_and_no_other()
    {
        var listed = Listed().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs", "problems.md"))).Select(line => line.Groups[1].Value).ToArray();
        listed.Should().OnlyHaveUniqueItems().And.BeEquivalentTo(Names(Raised()));
    }

    [Theory]
    [InlineData("Strings.resx"), InlineData("Strings.en.resx")]
    public void Every_refusal_of_a_rule_has_words(string file) =>
        Words(file).Keys.Should().Contain(Names(Refused()).Select(name => $"Problem.{name}"));

    [Fact]
    public void Both_languages_have_the_same_words() => Words("Strings.en.resx").Keys.Should().BeEquivalentTo(Words("Strings.resx").Keys);

    /// <summary>A brace that is no place for the field would be an error when the page says it.</summary>
    [Theory]
    [InlineData("Strings.resx"), InlineData("Strings.en.resx")]
    public void Words_of_problems_take_the_field_and_nothing_else(string file) =>
        Words(file).Where(word => word.Key.StartsWith("Problem.", StringComparison.Ordinal)).Select(word => word.Value.Replace("{0}", "", StringComparison.Ordinal)).Should().NotContainMatch("*{*");

    private static Dictionary<string, string> Words(string file) =>
        XDocument.Load(Path.Combine(Repository.Root, "src", "WebApi", "Pages", file)).Root!.Elements("data").ToDictionary(word => word.Attribute("name")!.Value, word => word.Element("value")!.Value);

    private static string[] Names(Regex pattern)
    {
        string[] names =
        [
            .. Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.cs", SearchOption.AllDirectories)
                .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
                .SelectMany(file => pattern.Matches(File.ReadAllText(file))).Select(match => match.Groups.Values.Skip(1).First(group => group.Success).Value).Distinct(),
        ];
        names.Should().HaveCountGreaterThan(80);
        return names;
    }

    [GeneratedRegex(@"^\| `([a-z-]+)` \|", RegexOptions.Multiline)]
    private static partial Regex Listed();

    /// <summary>Rules refuse by the first two; <c>UseRules</c> by the others.</summary>
    private const string ByRule = """Refusal\.(?:Conflict|Unprocessable)\(\s*"([a-z-]+)"|RefusalKind\.\w+, "([a-z-]+)"|\b(?:No|Refuse)\("([a-z-]+)", |[?:] \("([a-z-]+)", \$?"|(?:\?|:) "(consent-[a-z]+)"\s""";

    [GeneratedRegex(ByRule)]
    private static partial Regex Refused();

    /// <summary>The same, what endpoints answer by themselves, and the framework's by status.</summary>
    [GeneratedRegex(ByRule + """|Problems\.(?:Of|Details)\(\d{3}, "([a-z-]+)"|\b[45]\d\d => "([a-z-]+)",""")]
    private static partial Regex Raised();
}
