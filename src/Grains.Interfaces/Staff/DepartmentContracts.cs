using System.ComponentModel.DataAnnotations;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Privacy;

namespace LimoCha.Actors.Staff;

/// <summary>Makes or changes a department.</summary>
[GenerateSerializer, Immutable, Alias("SaveDepartment")]
[NotPersonal]
public sealed record SaveDepartment
{
    /// <summary>1 to 60 characters.</summary>
    [Id(0), Required, StringLength(60, MinimumLength = 1)] public string Name { get; init; } = "";
    /// <summary>The department above, if any.</summary>
    [Id(1)] public Guid? ParentId { get; init; }
}

/// <summary>A department.</summary>
[GenerateSerializer, Immutable, Alias("DepartmentView")]
[NotPersonal]
public sealed record DepartmentView
{
    /// <summary>UUIDv7.</summary>
    [Id(0)] public Guid Id { get; init; }
    /// <summary>Grows by one with each change; the ETag.</summary>
    [Id(1)] public int Version { get; init; }
    /// <summary>Its name.</summary>
    [Id(2)] public string Name { get; init; } = "";
    /// <summary>The department above, if any.</summary>
    [Id(3)] public Guid? ParentId { get; init; }
}

/// <summary>A department of the company.</summary>
[Alias("IDepartmentGrain")]
public interface IDepartmentGrain : IDurableGrain
{
    /// <summary>Makes it under the grain's key.</summary>
    [Alias("CreateAsync")]
    Task<Outcome<DepartmentView>> CreateAsync(SaveDepartment command, CallContext context, CancellationToken cancellationToken = default);

    /// <summary>Changes name or place in the tree.</summary>
    [Alias("ChangeAsync")]
    Task<Outcome<DepartmentView>> ChangeAsync(SaveDepartment command, CallContext context, CancellationToken cancellationToken = default);

    /// <summary>The department.</summary>
    [Alias("GetAsync")]
    Task<Outcome<DepartmentView>> GetAsync(CancellationToken cancellationToken = default);
}
