namespace LimoCha.Actors.Pages;

/// <summary>Names the resource files of the pages: Strings.resx is Chinese (zh-CN), Strings.en.resx English.</summary>
public sealed class Strings;
