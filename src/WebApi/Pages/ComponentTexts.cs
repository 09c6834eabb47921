using Microsoft.Extensions.Localization;
using MudBlazor;

namespace LimoCha.Actors.Pages;

/// <summary>What the component library's own parts say, most of it to screen readers, in the reader's language.</summary>
internal sealed class ComponentTexts(IStringLocalizer<Strings> texts) : MudLocalizer
{
    public override LocalizedString this[string key] => texts[key];

    public override LocalizedString this[string key, params object[] arguments] => texts[key, arguments];
}
