using System.Text.Json;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Privacy;
using LimoCha.Actors.Tasks;

namespace LimoCha.Actors.Staff;

/// <summary>A staff member in the read model.</summary>
[Personal(DataClass.WorkIdentity)]
public sealed record UserRow : IProjectedRow
{
    public Guid Id { get; init; }
    public int Version { get; init; }
    public string UserName { get; init; } = "";
    public string DisplayName { get; init; } = "";
    public Role Role { get; init; }
    public Guid? DepartmentId { get; init; }
    public bool Enabled { get; init; }
    public bool TwoFactorEnabled { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    /// <summary>A JSON array; null for none.</summary>
    public string? Skills { get; init; }
    public int Capacity { get; init; }
}

/// <summary>When a staff member was seen last.</summary>
public sealed record LastSeenRow : IProjectedRow
{
    public Guid Id { get; init; }
    /// <summary>Seconds since 2020, so that the newest stays.</summary>
    public int Version { get; init; }
    public DateTimeOffset At { get; init; }
}

/// <summary>A department in the read model.</summary>
[NotPersonal]
public sealed record DepartmentRow : IProjectedRow
{
    public Guid Id { get; init; }
    public int Version { get; init; }
    public string Name { get; init; } = "";
    public Guid? ParentId { get; init; }
}

/// <summary>A staff member's shapes downstream.</summary>
public static class UserProjection
{
    /// <summary>The row of a state.</summary>
    public static UserRow Row(Guid id, UserState state, int version) => new()
    {
        Id = id, Version = version, UserName = state.UserName, DisplayName = state.DisplayName, Role = state.Role,
        DepartmentId = state.DepartmentId, Enabled = state.Enabled, TwoFactorEnabled = state.Credentials.TwoFactorEnabled,
        CreatedAt = state.CreatedAt, Skills = state.Skills is { Count: > 0 } skills ? JsonSerializer.Serialize(skills, StateJson.Options) : null,
        Capacity = state.Capacity ?? AssignmentRules.DefaultCapacity,
    };

    /// <summary>A row's skills.</summary>
    public static IReadOnlyList<string> Skills(string? json) => json is null ? [] : JsonSerializer.Deserialize<string[]>(json, StateJson.Options)!;

    /// <summary>The answer of a row.</summary>
    public static UserView View(UserRow row) => new()
    {
        Id = row.Id, Version = row.Version, UserName = row.UserName, DisplayName = row.DisplayName, Role = row.Role,
        DepartmentId = row.DepartmentId, Enabled = row.Enabled, TwoFactorEnabled = row.TwoFactorEnabled, CreatedAt = row.CreatedAt,
        Skills = Skills(row.Skills), Capacity = row.Capacity,
    };

    /// <summary>The answer of a department's row.</summary>
    public static DepartmentView View(DepartmentRow row) => new() { Id = row.Id, Version = row.Version, Name = row.Name, ParentId = row.ParentId };
}
