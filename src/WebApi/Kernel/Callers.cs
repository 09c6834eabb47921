namespace LimoCha.Actors.Kernel;

/// <summary>Programs call the API and the hub; people's browsers open pages.</summary>
internal static class Callers
{
    /// <summary>True under /api and /hubs.</summary>
    public static bool IsFromProgram(this HttpRequest request) =>
        request.Path.StartsWithSegments("/api", StringComparison.Ordinal) || request.Path.StartsWithSegments("/hubs", StringComparison.Ordinal);
}
