using System.Text.Json;

namespace LimoCha.Actors.Privacy;

/// <summary>Data classes as the API writes them.</summary>
public static class DataClassNames
{
    /// <summary>camelCase.</summary>
    public static string Of(DataClass dataClass) => JsonNamingPolicy.CamelCase.ConvertName(dataClass.ToString());
}
