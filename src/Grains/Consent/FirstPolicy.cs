namespace LimoCha.Actors.Consent;

/// <summary>The policy that the product comes with, until the company publishes its own.</summary>
internal static class FirstPolicy
{
    private static readonly DateTimeOffset Written = new(2026, 11, 25, 0, 0, 0, TimeSpan.Zero);

    public static readonly Policy Value = Make();

    private static Policy Make()
    {
        var (zh, en) = (Text("policy-1.zh-CN.md"), Text("policy-1.en.md"));
        return new() { Version = 1, PublishedAt = Written, TextZh = zh, TextEn = en, TextSha256 = CatalogRules.Hash(zh, en) };
    }

    private static string Text(string name)
    {
        var assembly = typeof(FirstPolicy).Assembly;
        var resource = assembly.GetManifestResourceNames().Single(resource => resource.EndsWith(name, StringComparison.Ordinal));
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
        return reader.ReadToEnd();
    }
}
