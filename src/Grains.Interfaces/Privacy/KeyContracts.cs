namespace LimoCha.Actors.Privacy;

/// <summary>How many subjects' keys are wrapped under a master key.</summary>
[NotPersonal]
public sealed record MasterKeyUse
{
    /// <summary>The master key's name.</summary>
    public string MasterKey { get; init; } = "";
    /// <summary>Keys under it.</summary>
    public long SubjectKeys { get; init; }
}
