using System.Text.Json;
using LimoCha.Actors.Kernel;

namespace LimoCha.Actors.Tasks;

/// <summary>A fact as the event log has it.</summary>
internal sealed record LoggedFact(int Version, DateTimeOffset At, Guid By, JsonElement Event)
{
    /// <summary>The facts of one write, oldest first.</summary>
    public static LoggedFact[] Read(string facts) => JsonSerializer.Deserialize<LoggedFact[]>(facts, StateJson.Options)!;
}
