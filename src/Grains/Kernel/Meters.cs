namespace LimoCha.Actors.Kernel;

/// <summary>Under what name everything is measured here.</summary>
public static class Meters
{
    /// <summary>The meter's name.</summary>
    public const string Name = "LimoCha.Actors";
}
