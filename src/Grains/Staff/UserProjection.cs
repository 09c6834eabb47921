using LimoCha.Actors.Kernel;

namespace LimoCha.Actors.Staff;

/// <summary>A staff member in the read model.</summary>
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
}

/// <summary>A department in the read model.</summary>
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
        CreatedAt = state.CreatedAt,
    };

    /// <summary>The answer of a row.</summary>
    public static UserView View(UserRow row) => new()
    {
        Id = row.Id, Version = row.Version, UserName = row.UserName, DisplayName = row.DisplayName, Role = row.Role,
        DepartmentId = row.DepartmentId, Enabled = row.Enabled, TwoFactorEnabled = row.TwoFactorEnabled, CreatedAt = row.CreatedAt,
    };

    /// <summary>The answer of a department's row.</summary>
    public static DepartmentView View(DepartmentRow row) => new() { Id = row.Id, Version = row.Version, Name = row.Name, ParentId = row.ParentId };
}
