namespace LimoCha.Actors.Testing;

/// <summary>The checkout that the tests run from.</summary>
public static class Repository
{
    /// <summary>The folder with the solution.</summary>
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    private static string Find(string folder) =>
        File.Exists(Path.Combine(folder, "LimoCha.Actors.sln")) ? folder : Find(Path.GetDirectoryName(folder)!);
}
