using System.Collections;
using System.Globalization;
using System.Resources;
using System.Text.RegularExpressions;
using LimoCha.Actors.Pages;
using LimoCha.Actors.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Localization;
using MudBlazor;

namespace LimoCha.Actors.Unit.Pages;

/// <summary>What the component library says by itself is in the reader's language, too.</summary>
public sealed partial class ComponentTextsTests
{
    // What parts that stand in no page's source bring with them: every field is an input, and what fails its rule a form's part.
    private static readonly string[] Within = ["MudInput", "MudFormComponent", "MudBaseDatePicker", "MudSnackbar"];

    [Fact]
    public void Every_word_of_a_part_that_is_used_has_a_translation()
    {
        var used = Directory.EnumerateFiles(Path.Combine(Repository.Root, "src", "WebApi", "Pages"), "*.razor")
            .SelectMany(file => Part().Matches(File.ReadAllText(file))).Select(part => part.Groups[1].Value).Concat(Within).ToHashSet();
        string[] words = [.. Library().Where(word => used.Contains(word.Split('_')[0]))];
        words.Should().Contain(["MudInput_Clear", "MudTimePicker_Open", "MudDialog_Close"]);

        var texts = Texts();
        words.Where(word => texts[word].ResourceNotFound).Should().BeEmpty();
    }

    [Theory]
    [InlineData("zh-CN", "下个月 十二月", "清除")]
    [InlineData("en", "Next month 十二月", "Clear")]
    public void A_word_is_said_in_the_reader_s_language_with_what_it_names(string language, string next, string clear)
    {
        var before = CultureInfo.CurrentUICulture;
        CultureInfo.CurrentUICulture = new(language);
        try
        {
            var texts = Texts();
            texts["MudBaseDatePicker_NextMonth", "十二月"].Value.Should().Be(next);
            texts["MudInput_Clear"].Value.Should().Be(clear);
        }
        finally
        {
            CultureInfo.CurrentUICulture = before;
        }
    }

    private static ComponentTexts Texts() =>
        new(new ServiceCollection().AddLogging().AddLocalization().BuildServiceProvider().GetRequiredService<IStringLocalizer<Strings>>());

    private static IEnumerable<string> Library() =>
        new ResourceManager("MudBlazor.Resources.LanguageResource", typeof(MudLocalizer).Assembly)
            .GetResourceSet(CultureInfo.InvariantCulture, createIfNotExists: true, tryParents: false)!.Cast<DictionaryEntry>().Select(word => (string)word.Key);

    [GeneratedRegex("<(Mud[A-Za-z]+)")]
    private static partial Regex Part();
}
