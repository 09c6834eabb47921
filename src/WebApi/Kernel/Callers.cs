namespace LimoCha.Actors.Kernel;

/// <summary>Programs call the API and the hub; people's browsers open pages.</summary>
internal static class Callers
{
    /// <summary>True under /api.</summary>
    public static bool IsApi(this HttpRequest request) => request.Path.StartsWithSegments("/api", StringComparison.Ordinal);

    /// <summary>True under /hubs.</summary>
    public static bool IsHub(this HttpRequest request) => request.Path.StartsWithSegments("/hubs", StringComparison.Ordinal);

    /// <summary>True under both.</summary>
    public static bool IsFromProgram(this HttpRequest request) => request.IsApi() || request.IsHub();
}
